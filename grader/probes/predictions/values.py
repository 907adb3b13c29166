"""Values of a column as whole numbers, months, floats and splits."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from grader.probes.shared.text import word

SPLITS = {
    0: ("train", "training", "tr", "fit"),
    1: ("validation", "valid", "val", "dev", "eval", "tune", "tuning"),
    2: ("calibration", "calib", "cal"),
    3: ("test", "testing", "holdout", "hold_out", "oot", "out_of_time", "tst"),
}
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip


def whole_numbers(values: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return int64 values without loss where text or floats hold them, and which ones are valid."""
    if pd.api.types.is_bool_dtype(values):
        return np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=bool)
    if pd.api.types.is_signed_integer_dtype(values) and not values.isna().any():
        return values.to_numpy(np.int64), np.ones(len(values), dtype=bool)
    text = values.astype("string").str.strip().str.replace(r"\.0+$", "", regex=True)
    valid = text.str.fullmatch(r"-?\d{1,19}").fillna(False).to_numpy(bool)
    found = np.zeros(len(values), dtype=np.int64)
    if valid.any():
        numbers = text[valid].map(int).to_numpy(object)
        inside = np.array([-(2**63) <= n < 2**63 for n in numbers], dtype=bool)
        valid[np.flatnonzero(valid)[~inside]] = False
        found[valid] = numbers[inside].astype(np.int64)
    return found, valid


def month_codes(values: pd.Series) -> NDArray[np.int64]:
    """Return 12 * year + month of dates, periods or the usual spellings, -1 where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values) or isinstance(values.dtype, pd.PeriodDtype):
        stamps = (values.dt.year * 12 + values.dt.month).where(values.notna(), -1)
        return np.asarray(stamps, dtype=np.int64)
    codes, unique = pd.factorize(values.astype("string"))
    if len(unique) > 50_000:
        return np.full(len(values), -1, dtype=np.int64)
    table = np.full(len(unique) + 1, -1, dtype=np.int64)
    for place, text in enumerate(unique):
        year, month = _month(str(text)[:40].strip().lower())
        if 1 <= month <= 12:
            table[place] = 12 * year + month
    return np.asarray(table[codes])


def _month(text: str) -> tuple[int, int]:
    """Return year and month of a spelling that leaves no doubt which is which, else zeros.

    >>> _month("2024-03-31"), _month("march 2024"), _month("mar-24"), _month("31.03.2024"), _month("03/04/2024")
    ((2024, 3), (2024, 3), (2024, 3), (2024, 3), (0, 0))
    """
    if found := re.match(r"((?:19|20)\d\d)\s*[-/._m ]?\s*(\d{1,2})(?!\d)|((?:19|20)\d\d)(\d\d)\d\d$", text):
        return int(found[1] or found[3]), int(found[2] or found[4])
    if found := re.fullmatch(r"(?:\d{1,2}\.)?(\d{1,2})\s*[-/._ ]\s*((?:19|20)\d\d)", text):
        return int(found[2]), int(found[1])
    if found := re.fullmatch(r"(?:\d{1,2}[-/._ ]+)?([a-z]{3,9})[-/._, ]*'?((?:19|20)?\d\d)", text):
        names = [place for place, name in enumerate(MONTHS, 1) if name.startswith(found[1])]
        return (int(found[2]) + 2000 * (len(found[2]) == 2), names[0]) if names else (0, 0)
    return 0, 0


def floats(values: pd.Series | None, length: int) -> NDArray[np.float64]:
    """Return float64 values, NaN where they are no finite numbers.

    Truth values, percentages and decimal commas are read: a comma that parts thousands is none of a chance.
    """
    if values is None:
        return np.full(length, np.nan)
    if not pd.api.types.is_numeric_dtype(values):
        text = values.astype("string").str.strip().str.lower()
        share = text.str.endswith("%").fillna(False).to_numpy(bool)
        text = text.replace({"true": "1", "false": "0", "yes": "1", "no": "0"}).str.rstrip("%")
        text = text.str.replace(r"^([+-]?\d*),(\d+(?:e[+-]?\d+)?)\s*$", r"\1.\2", regex=True)
        found = pd.to_numeric(text, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        found = np.where(share, found / 100, found)
    else:
        found = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def split_codes(values: pd.Series) -> NDArray[np.float64]:
    """Return the codes 0..4 of split names."""
    codes, unique = pd.factorize(values.astype("string"))
    table = np.full(len(unique) + 1, 4.0)
    for place, text in enumerate(unique[:10_000]):
        name = re.sub(r"^(is|x|y|df|set)_|_(set|split|fold|data|rows)$", "", word(text))
        table[place] = next((float(code) for code, words in SPLITS.items() if name in words), 4.0)
    return np.asarray(table[codes])
