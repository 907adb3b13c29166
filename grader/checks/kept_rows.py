"""Which of several issued rows of one customer-month a submission kept: the one whose label it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.metrics import Floats

Integers = npt.NDArray[np.int64]


def rows_as_stated(
    rows: Integers, stated: Floats, key: Integers, held: npt.NDArray[Any], label: Floats
) -> Integers:
    """Return the issued row of every prediction; of a key issued more often and given once, the one that was kept.

    `rows` holds the row that is taken without a word, `stated` the label that the submission gives (NaN: none). Of
    every issued row `key` numbers its customer-month, `held` says how often that was issued, and `label` is its label.
    Where no issued row has the stated label, the row stays.
    """
    other = (held[rows] > 1) & np.isfinite(stated) & (label[rows] != stated)
    other &= ~pd.Series(key[rows]).duplicated(keep=False).to_numpy()
    if not other.any():
        return rows
    twins = np.flatnonzero(held > 1)
    places = pd.Series(twins, index=pd.MultiIndex.from_arrays([key[twins], label[twins]]))
    wanted = pd.MultiIndex.from_arrays([key[rows[other]], stated[other]])
    found = places[~places.index.duplicated()].reindex(wanted).to_numpy(dtype=np.float64)
    kept = rows.copy()
    kept[other] = np.where(np.isfinite(found), found, rows[other])
    return kept
