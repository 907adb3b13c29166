"""Find the file of predictions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.probes.predictions.columns import pick_columns
from grader.probes.predictions.tables import Table, open_parquet, open_text
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import clean

FILE_CAP = 256 << 20
ENDINGS = (".parquet", ".csv", ".csv.gz", ".pq", ".tsv")


def candidates(root: Path, files: Mapping[str, int]) -> list[str]:
    """Return the files worth opening, the likeliest first."""
    tables = [path for path in files if path.lower().endswith(ENDINGS)]
    stated = stated_path(root, files, {"predictions", "prediction", "predictions_file"})

    def rank(path: str) -> tuple[int, int]:
        name = Path(path).name.lower()
        exact = name.split(".")[0] == "predictions"
        order = (
            0 if path == stated else 1 if path.startswith("evaluation/predictions.") else 2 if exact else 3
        )
        if order == 3:
            order += 0 if "pred" in name else 1 if "score" in name or "proba" in name else 2
        return order, ENDINGS.index(next(end for end in ENDINGS if name.endswith(end)))

    return sorted(tables, key=rank)[:40]


def find_table(root: Path, files: Mapping[str, int], problems: list[str]) -> tuple[str, Table] | None:
    """Return the first table with a customer and a probability; the likely ones that fail are told."""
    for place, path in enumerate(candidates(root, files)):
        likely = "pred" in Path(path).name.lower() or place == 0
        try:
            data = read_file(root, path, FILE_CAP)
            table = open_parquet(data) if data[:4] == b"PAR1" else open_text(data, path)
        except ValueError as error:
            if likely:
                problems.append(f"{clean(path, 300)}: {error}")
            continue
        columns = pick_columns(table.names)
        if "customer_id" in columns and ("p_tuned" in columns or "p_baseline" in columns):
            return path, table
        if likely:
            found = ", ".join(clean(name, 40) for name in table.names[:12])
            problems.append(f"{clean(path, 300)}: found columns {found}; expected customer_id and p_tuned")
    return None
