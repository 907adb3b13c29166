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
    """Return 12 * year + month of dates or the usual spellings, -1 where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        stamps = values.dt.year * 12 + values.dt.month
        return np.asarray(stamps.fillna(-1), dtype=np.int64)
    codes, unique = pd.factorize(values.astype("string"))
    if len(unique) > 50_000:
        return np.full(len(values), -1, dtype=np.int64)
    table = np.full(len(unique) + 1, -1, dtype=np.int64)
    for place, text in enumerate(unique):
        found = re.match(
            r"\s*((?:19|20)\d\d)\s*[-/._mM ]?\s*(\d{1,2})(?!\d)|\s*((?:19|20)\d\d)(\d\d)\d\d$", str(text)
        )
        if found:
            year, month = int(found[1] or found[3]), int(found[2] or found[4])
        else:
            moment = pd.to_datetime(str(text)[:40], errors="coerce", format="%b %Y")
            year, month = (0, 0) if pd.isna(moment) else (moment.year, moment.month)
        if 1 <= month <= 12:
            table[place] = 12 * year + month
    return np.asarray(table[codes])


def floats(values: pd.Series | None, length: int) -> NDArray[np.float64]:
    """Return float64 values, NaN where they are no finite numbers; truth values and percentages are read."""
    if values is None:
        return np.full(length, np.nan)
    if not pd.api.types.is_numeric_dtype(values):
        text = values.astype("string").str.strip().str.lower()
        share = text.str.endswith("%").fillna(False).to_numpy(bool)
        text = text.replace({"true": "1", "false": "0", "yes": "1", "no": "0"}).str.rstrip("%")
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
