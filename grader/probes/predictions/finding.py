"""Find the file of predictions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from grader.probes.predictions.columns import contested, pick_columns
from grader.probes.predictions.tables import Table, joined, open_parquet, open_text
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import clean

FILE_CAP, PARTS = 256 << 20, 500
ENDINGS = (".parquet", ".csv", ".csv.gz", ".pq", ".tsv")


def candidates(root: Path, files: Mapping[str, int]) -> list[str]:
    """Return the files worth opening, the likeliest first."""
    tables = [path for path in files if path.lower().endswith(ENDINGS)]
    stated = stated_path(root, files, {"predictions", "prediction", "predictions_file"})

    def rank(path: str) -> tuple[int, int]:
        name = Path(path).name.lower()
        exact = name.split(".")[0] == "predictions"
        told = path == stated or path.startswith(f"{stated}/")
        order = 0 if told else 1 if path.startswith("evaluation/predictions.") else 2 if exact else 3
        if order == 3:
            order += 0 if "pred" in name else 1 if "score" in name or "proba" in name else 2
        return order, ENDINGS.index(next(end for end in ENDINGS if name.endswith(end)))

    return sorted(tables, key=rank)[:40]


def folder_of_parts(path: str) -> str | None:
    """Return the folder named like a table that a part of it lies in; None for a file that is a table by itself.

    >>> folder_of_parts("evaluation/predictions.parquet/split=test/part-0.parquet"), folder_of_parts("p.csv")
    ('evaluation/predictions.parquet', None)
    """
    found = re.match(r"(.*?\.(?:parquet|pq|csv))/", path, re.I)
    return found[1] if found else None


def open_table(root: Path, path: str, cap: int = FILE_CAP) -> Table:
    """Open a file; ValueError says why not."""
    data = read_file(root, path, cap)
    return open_parquet(data) if data[:4] == b"PAR1" else open_text(data, path)


def open_parts(root: Path, folder: str, files: Mapping[str, int]) -> Table:
    """Open a folder of parts as one table, as readers of Parquet do; ValueError says why not."""
    paths = [path for path in files if path.startswith(f"{folder}/") and path.lower().endswith(ENDINGS)]
    paths = [path for path in paths if Path(path).name[0] not in "._" and files[path]]
    if len(paths) > PARTS or sum(files[path] for path in paths) > FILE_CAP:
        raise ValueError(f"found {len(paths)} parts, expected at most {PARTS} of {FILE_CAP} bytes in all")
    parts = []
    for path in sorted(paths):
        spelled = [level.partition("=") for level in path[len(folder) :].split("/")[:-1]]
        parts.append((open_table(root, path), {name: value for name, sign, value in spelled if sign}))
    return joined(parts)


def find_table(root: Path, files: Mapping[str, int], problems: list[str]) -> tuple[str, Table] | None:
    """Return the first table with a customer and a probability; the likely ones that fail are told."""
    seen: set[str | None] = set()
    for place, path in enumerate(candidates(root, files)):
        likely = "pred" in Path(path).name.lower() or place == 0
        folder = folder_of_parts(path)
        if folder in seen:
            continue
        seen |= {folder} - {None}
        try:
            table = open_table(root, path) if folder is None else open_parts(root, folder, files)
        except ValueError as error:
            if likely:
                problems.append(f"{clean(path, 300)}: {error}")
            continue
        columns = pick_columns(table.names)
        if "customer_id" in columns and ("p_tuned" in columns or "p_baseline" in columns):
            return folder or path, table
        if likely:
            found = ", ".join(clean(name, 40) for name in table.names[:12])
            wanted = (
                "`p_baseline` and `p_tuned` to tell a champion and a challenger apart"
                if contested(table.names)
                else "customer_id and p_tuned"
            )
            problems.append(f"{clean(path, 300)}: found columns {found}; expected {wanted}")
    return None
