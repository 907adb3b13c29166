"""Match submitted rows to the issued ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.probes.predictions.tables import arrow, parquet
from grader.probes.predictions.values import month_codes, whole_numbers
from grader.probes.shared.text import clean


class IssuedDataUnreadError(Exception):
    """The issued data, which are not the submission's, could not be read."""


def issued_keys(data: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return customer ids and month codes of the issued rows; IssuedDataUnreadError where they cannot be read."""
    path = data / "snapshots.parquet"
    try:
        frame = parquet.read_table(path, columns=["customer_id", "snapshot_month"]).to_pandas()
    except (OSError, ValueError, KeyError, arrow.ArrowException) as error:
        raise IssuedDataUnreadError(f"{path.name}: {clean(error, 200)}") from error
    return whole_numbers(frame["customer_id"])[0], month_codes(frame["snapshot_month"])


def match(
    ids: NDArray[np.int64], months: NDArray[np.int64], valid: NDArray[np.bool_], data: Path
) -> tuple[NDArray[np.int64], int]:
    """Return for each submitted row the first issued row of its key or -1, and the excess duplicates."""
    own_ids, own_months = issued_keys(data)
    known = np.unique(own_ids)
    keys, first, held = np.unique(
        np.searchsorted(known, own_ids) * 100_000 + own_months, return_index=True, return_counts=True
    )
    rows = np.full(len(ids), -1, dtype=np.int64)
    if not len(known):
        return rows, 0
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    valid = valid & (known[place] == ids) & (months >= 0)
    wanted = place * 100_000 + months
    spot = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    valid &= keys[spot] == wanted
    rows[valid] = first[spot[valid]]
    sent = np.bincount(spot[valid], minlength=len(keys))
    return rows, int(np.maximum(sent - held, 0).sum())
