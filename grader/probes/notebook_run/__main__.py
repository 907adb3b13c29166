"""Run the audit notebook of a submission from a fresh kernel, in order, and keep what came of it.

Runs beside code of the submission, so nothing it prints or writes is believed: what counts is its exit code
(0 the run ended, with or without an error in a cell; 3 the kernel died; 4 a cell ran over its time; 5 the
kernel was not ready in time; 6, before anything ran, that the submission cannot be read here) and what
is later read from `executed.ipynb`, in a container of its own.

The kernel starts in the notebook's folder of a private, writable copy of the submission without its
findings.json; in its `data`, where the brief's default looks, what is missing is linked to the files of DATA_DIR.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from grader.probes.notebook_run.kernel import execute, normalised
from grader.probes.notebook_run.private_copy import copy_submission
from grader.probes.notebook_run.processes import end_descendants, shield
from grader.probes.notebook_run.results import keep_findings, write_whole
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import list_files, read_file
from grader.probes.shared.notebooks import NOTEBOOK_CAP, find_notebook, read_cells
from grader.probes.shared.output import emit
from grader.probes.shared.text import clean

UNREADABLE = 6


def link_data(data: Path, place: Path) -> None:
    """Let the issued files be found in `place`, a folder to write in; files of the submission there are kept."""
    if not os.path.lexists(place):
        place.mkdir()
    if not place.is_dir():
        return
    for path in data.iterdir():
        target = place / path.name
        if os.path.lexists(target):
            continue
        if path.is_dir():
            link_data(path, target)
        else:
            target.symlink_to(path)


def main() -> int:
    """Find, run and keep the notebook; the exit codes are in the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    parser.add_argument("--cell-seconds", type=float, default=600)
    options = parser.parse_args()
    root, output = Path(os.environ["SUBMISSION_DIR"]).resolve(), Path(os.environ["OUTPUT_DIR"]).resolve()
    data = os.environ.get("DATA_DIR")
    try:
        files = list_files(root)
        for place in Path(data).resolve().iterdir() if data else ():
            with place.open("rb") if place.is_file() else nullcontext():
                pass
        path = find_notebook(root, files, options.notebook)
        if path is None:
            told = {"state": "absent", "notebook": None, "error": "no notebook in the submission"}
            emit({**told, "seconds": 0.0})
            return 0
        book = normalised(read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP))), path)
    except ValueError as error:
        emit({"state": "unreadable", "notebook": clean(path), "error": clean(error), "seconds": 0.0})
        return 0
    except OSError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    shield()
    started = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="notebook-"))
    work = scratch / "submission"
    work.mkdir()
    copy_submission(root, files, work)
    folder = (work / path).parent
    for place in {work, folder} if data else ():
        link_data(Path(str(data)).resolve(), place / "data")
    os.environ["OUTPUT_DIR"] = str(output)
    if data:
        os.environ["DATA_DIR"] = str(Path(data).resolve())
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        os.environ[name] = str(scratch / name.lower())
        (scratch / name.lower()).mkdir()
    try:
        code, state, reason = execute(book, folder, options.cell_seconds)
    finally:
        end_descendants()
        write_whole(output, "executed.ipynb", json.dumps(book))
    keep_findings([folder, work], output)
    shutil.rmtree(scratch, ignore_errors=True)
    seconds = round(time.monotonic() - started, 3)
    emit({"state": state, "notebook": clean(path), "error": reason, "seconds": seconds})
    return code


if __name__ == "__main__":
    sys.exit(main())
