"""Rows by the values and months that a key entry names, as a finding's `where` and windows do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import months_of

Mask = npt.NDArray[np.bool_]
Where = Mapping[str, Sequence[str]]

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "<": np.less,
    ">": np.greater,
}


def rows_where(frame: pd.DataFrame, where: Where) -> Mask:
    """Return the rows that match every column of `where`; nulls match nothing.

    An entry is a list of levels or numbers of which one must be equal, or of one comparison with a number or
    with another column (`> 30`, `> seats_purchased`).
    """
    mask = np.ones(len(frame), dtype=bool)
    for column, wanted in where.items():
        mask &= np.logical_or.reduce([_matches(frame, column, text) for text in wanted])
    return mask


def rows_within(frame: pd.DataFrame, window: Mapping[str, str]) -> Mask:
    """Return the rows of the months `from` to `to`, both included."""
    month = months_of(frame)
    return np.asarray((month >= month_index(window["from"])) & (month <= month_index(window["to"])))


def rows_of_key(frame: pd.DataFrame, key: PlantKey) -> Mask:
    """Return the rows of the key entry's months."""
    assert key.months is not None
    return rows_within(frame, {"from": key.months.first, "to": key.months.last})


def window(first: int, last: int = EXTRACTION_MONTH) -> dict[str, str]:
    """Return the months `first` to `last` (indices) as a key entry holds them."""
    return {"from": month_name(first), "to": month_name(last)}


def _matches(frame: pd.DataFrame, column: str, text: str) -> Mask:
    values = frame[column]
    for sign, compare in _COMPARISONS.items():
        if text.startswith(sign):
            other = text[len(sign) :].strip()
            against = frame[other].to_numpy(dtype=np.float64) if other in frame.columns else float(other)
            return np.asarray(compare(values.to_numpy(dtype=np.float64), against))
    if isinstance(values.dtype, pd.CategoricalDtype):
        return np.asarray(values.cat.codes == values.cat.categories.get_indexer(pd.Index([text]))[0]) & (
            values.cat.codes.to_numpy() >= 0
        )
    return np.asarray(values.to_numpy(dtype=np.float64) == float(text))
