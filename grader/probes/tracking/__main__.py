"""Read the MLflow store of a submission without MLflow: SQLite by plain SQL, or the files of `mlruns`.

Prints TrackingEvidence. Of several stores the stated one, else that with most runs, is read, and the others are
told of. The database is opened read-only, or a copy of it, so nothing is migrated. Artefact addresses hold the
author's own paths; a model counts where its file is really in the submission.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from pathlib import Path

from grader.probes.shared.files import list_files
from grader.probes.shared.output import emit
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, clean
from grader.probes.tracking.database import MERGE_CAP
from grader.probes.tracking.file_store import read_folders
from grader.probes.tracking.models import place_models
from grader.probes.tracking.searches import place_searches
from grader.probes.tracking.selection import finish
from grader.probes.tracking.sqlite_store import read_database


def main() -> None:
    """Print TrackingEvidence."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    root = Path(os.environ["SUBMISSION_DIR"])
    files = list_files(root)
    problems: list[str] = []
    stated = stated_path(root, files, {"tracking", "mlflow", "mlflow_db", "tracking_store", "store"})
    endings = (".db", ".sqlite", ".sqlite3")
    databases = [p for p in files if p.lower().endswith(endings) or (p == stated and files.get(p))]
    databases.sort(key=lambda path: (path != stated, Path(path).name != "mlflow.db"))
    stores: list[tuple[str, str, dict[str, dict[str, Json]]]] = []
    for path in databases[:20]:
        try:
            runs = read_database(root, path)
        except (ValueError, sqlite3.Error) as error:
            problems.append(f"{clean(path, 300)}: {clean(error, 200)}")
            continue
        if files.get(path + "-wal") and max(files[path], files[path + "-wal"]) > MERGE_CAP:
            problems.append(f"{clean(path, 300)}-wal: found writes that were never merged; they are not read")
        stores.append((path, "sqlite", runs))
    folder, in_folder = read_folders(root, files)
    if stated is not None and stated not in files:
        own = read_folders(root, {path: files[path] for path in files if path.startswith(f"{stated}/")})[1]
        folder, in_folder = (stated, own) if own else (folder, in_folder)
    if in_folder:
        stores.append((folder, "file", in_folder))
    if not stores:
        problems.append("mlflow.db: found no tracking store (no database, no mlruns), expected one")
        emit({"path": None, "store": None, "problems": problems[:100], "runs": []})
        return

    def meant(place: str) -> bool:
        return stated is not None and f"{place}/".startswith(f"{stated}/")

    # Where submission.yaml says, else the one with most runs; the first of equal ones.
    place, kind, runs = max(stores, key=lambda store: (meant(store[0]) and bool(store[2]), len(store[2])))
    for other, _, unread in stores:
        if more := len(unread.keys() - runs.keys()):
            why = "is where submission.yaml says" if meant(place) and not meant(other) else "has most runs"
            told = f"found {more} runs that are not in {clean(place, 300)}, which {why} and is the one read"
            problems.append(f"{clean(other, 300)}: {told}")
    place_models(runs, root, files)
    place_searches(runs, root, files, problems)
    found = finish(runs, clean(place, 300), problems)
    emit({"path": clean(place, 300), "store": kind, "problems": problems[:100], "runs": found})


if __name__ == "__main__":
    main()
