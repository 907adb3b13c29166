"""A customer's values of the months before or after, row by row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.plants.draft import months_of

Floats = npt.NDArray[np.float64]
ENOUGH_ROWS = 40_000
MONTHS = 64  # more than the months of any frame, so that customer and month make one number


def neighbours(frame: pd.DataFrame, values: Floats, *steps: int) -> list[Floats]:
    """Return each row's value of so many months before (negative steps) or after, NaN where there is no such row.

    A gap of a month ends the search. Of a repeated customer-month the first row supplies the value, as the
    brief says.
    """
    code = frame["customer_id"].to_numpy() * MONTHS + months_of(frame)
    order = np.argsort(code, kind="stable")
    code = code[order]
    first = np.append(True, code[1:] != code[:-1])
    heads = np.flatnonzero(first)
    month_of_head, known = code[heads], values[order[heads]]
    group = np.empty(len(frame), dtype=np.int64)
    group[order] = np.cumsum(first) - 1
    return [_shifted(month_of_head, known, step)[group] for step in steps]


def _shifted(code: npt.NDArray[np.int64], values: Floats, step: int) -> Floats:
    found, width = np.full(values.size, np.nan), abs(step)
    # Codes grow by at least one, so a distance of `width` over `width` places leaves no gap.
    whole = code[width:] - code[: code.size - width] == width
    early, late = slice(0, max(values.size - width, 0)), slice(width, None)
    target, source = (late, early) if step < 0 else (early, late)
    found[target] = np.where(whole, values[source], np.nan)
    return found


def some_customers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of some customers, about as many as it takes to see a leak: all of a small frame."""
    parts = len(frame) // ENOUGH_ROWS
    return frame if parts < 2 else frame[frame["customer_id"].to_numpy() % parts == 0]
