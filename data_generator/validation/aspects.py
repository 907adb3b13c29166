"""The aspects of a column that could carry something: its rank, its spread, its nulls, its levels, its last digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from data_generator.schema import Column
from data_generator.validation.exhibit import Exhibit

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
DIGIT_LEVELS = 30  # integers with fewer levels are all digit
FEW_VALUES = 12


def is_text(column: pd.Series[Any]) -> bool:
    """Return whether a column has levels instead of numbers."""
    return not pd.api.types.is_numeric_dtype(column)


def numbers(column: pd.Series[Any]) -> Floats:
    """Return a column as float64, levels as their codes, nulls as NaN."""
    if is_text(column):
        codes = pd.factorize(column.astype(object), sort=True)[0].astype(np.float64)
        return np.where(codes < 0, np.nan, codes)
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def monthly_ranks(values: Floats, month: Integers) -> Floats:
    """Return each value's mid-rank among its month's known values, −0.5 to 0.5; 0 for nulls."""
    if month.size and (np.diff(month) < 0).any():
        order = np.argsort(month, kind="stable")
        ranked = np.empty(values.size)
        ranked[order] = monthly_ranks(values[order], month[order])
        return ranked
    ranked = np.zeros(values.size)
    ends = (
        np.flatnonzero(np.append(np.diff(month) > 0, True)) + 1 if month.size else np.empty(0, dtype=np.int64)
    )
    start = 0
    for end in ends.tolist():
        here = start + np.flatnonzero(~np.isnan(values[start:end]))
        if here.size > 1:
            ranked[here] = (rankdata(values[here]) - (here.size + 1) / 2) / here.size
        start = end
    return ranked


def column_ranks(exhibit: Exhibit, name: str) -> Floats:
    """Return `monthly_ranks` of a column over all rows, computed once."""
    if name not in exhibit.ranks:
        exhibit.ranks[name] = monthly_ranks(numbers(exhibit.frame[name]), exhibit.month)
    return exhibit.ranks[name]


def last_digits(values: Floats, column: Column) -> Floats | None:
    """Return the last printed digit, 0 to 9, NaN for nulls; None for a column with hardly any digits."""
    if column.kind == "category" or (column.decimals == 0 and np.unique(values[:5000]).size < DIGIT_LEVELS):
        return None
    return np.asarray(np.mod(np.round(np.abs(values) * 10**column.decimals), 10))


def steps(values: Floats, exhibit: Exhibit) -> Floats:
    """Return each value minus that of the customer's row one month earlier, NaN where there is none."""
    order, follows = exhibit.histories
    x = values[order]
    result = np.full(x.size, np.nan)
    result[order] = np.where(follows, np.append(np.nan, x[1:] - x[:-1]), np.nan)
    return result


def aspects(exhibit: Exhibit, column: Column) -> Iterator[tuple[str, Floats]]:
    """Yield name and value of every aspect of a column, each bounded and known from the rows up to the snapshot."""
    series = exhibit.frame[column.name]
    values, month = numbers(series), exhibit.month
    known = ~np.isnan(values)
    if is_text(series):
        for code in range(int(np.nanmax(values)) + 1 if known.any() else 0):
            yield f"level {code}", (values == code).astype(np.float64)
    else:
        ranked = column_ranks(exhibit, column.name)
        yield "rank", ranked
        yield "spread", np.where(known, ranked**2 - 1 / 12, 0.0)
        yield "step", monthly_ranks(steps(values, exhibit), month)
        found = np.unique(values[known])
        for number in found[:6].tolist() if found.size <= FEW_VALUES else ():
            yield f"value {number:g}", (values == number).astype(np.float64)
        digit = last_digits(values, column)
        if digit is not None:
            yield "last digit 0", (digit == 0).astype(np.float64)
            yield "last digit odd", np.where(known, np.mod(digit, 2) - 0.5, 0.0)
            yield "last digit 5-9", np.where(known, (digit >= 5) - 0.5, 0.0)
            yield (
                "last two digits 0",
                (np.mod(np.round(np.abs(values) * 10**column.decimals), 100) == 0).astype(np.float64),
            )
    if not known.all():
        yield "null", (~known).astype(np.float64)
