"""Read an opened table into evidence and arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.probes.predictions.columns import pick_columns
from grader.probes.predictions.matching import match
from grader.probes.predictions.tables import Table
from grader.probes.predictions.values import floats, month_codes, split_codes, whole_numbers
from grader.probes.shared.text import Json, clean

SENT_CAP = 1_000_000


def read_table(
    table: Table, shown: str, data: Path, problems: list[str]
) -> tuple[dict[str, Json], dict[str, NDArray[np.float64]]]:
    """Return PredictionsEvidence and the arrays of an opened table; ValueError where it cannot be read."""
    columns = pick_columns(table.names)
    frame = table.load(sorted(set(columns.values())))
    for ours, theirs in columns.items():
        if ours != theirs:
            problems.append(f"{shown}: column {clean(theirs, 80)!r} is taken as {ours}")
    for ours in ("snapshot_month", "split", "p_baseline", "p_tuned"):
        if ours not in columns:
            problems.append(f"{shown}: found no column {ours}, expected one")
    series = {ours: frame[theirs] for ours, theirs in columns.items()}
    length = len(frame)
    ids, valid = whole_numbers(series["customer_id"])
    months = month_codes(series["snapshot_month"]) if "snapshot_month" in series else np.full(length, -1)
    rows, duplicates = match(ids, months, valid, data)
    inside = np.flatnonzero(rows >= 0)
    if len(inside) < length:
        problems.append(
            f"{shown}: found {length - len(inside)} of {length} rows that are not in the issued data"
        )
    if len(inside) > SENT_CAP:
        problems.append(f"{shown}: found {len(inside)} rows, the first {SENT_CAP} are judged")
        inside = inside[:SENT_CAP]
    split = np.full(length, 3.0)
    if "split" in series:
        split = split_codes(series["split"])
        if (split == 4).any():
            problems.append(f"{shown}: split: found {int((split == 4).sum())} rows of no known split")
    else:
        problems.append(f"{shown}: without a split column all rows are taken as test")
    arrays = {"row": rows.astype(np.float64), "split": split}
    for name in ("y_true", "y_used", "p_baseline", "p_tuned"):
        arrays[name] = floats(series.get(name), length)
        if name.startswith("p_") and name in series and length and np.isnan(arrays[name]).all():
            found = clean(series[name].iloc[0], 40)
            problems.append(f"{shown}: {name}: found no number, such as {found!r}, expected numbers")
    arrays = {name: values[inside] for name, values in arrays.items()}
    chances = [arrays[name] for name in ("p_baseline", "p_tuned") if name in columns]
    result = {
        "path": shown,
        "problems": problems,
        "columns": [clean(name, 80) for name in table.names[:100]],
        "rows": length,
        "matched_rows": int((rows >= 0).sum()),
        "duplicate_keys": duplicates,
        "non_finite": int(sum(np.isnan(values).sum() for values in chances)),
        "out_of_range": int(sum(((values < 0) | (values > 1)).sum() for values in chances)),
    }
    return result, arrays
