"""The statistics a finding may quote, by the definitions of the brief (assignment/contract.yaml)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

PSI_BINS = 10
PSI_FLOOR = 1e-4
MATCH_ABSOLUTE = 0.05
MATCH_RELATIVE = 0.001


def numbers(values: Any) -> Floats:
    """Return a column as float64, nulls as NaN; text that is no number becomes NaN."""
    series = pd.Series(values)
    if not pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        series = pd.to_numeric(series, errors="coerce")
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))


def is_categorical(values: pd.Series) -> bool:
    """Return whether a column is compared by level (text or boolean) instead of by value."""
    return pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values)


def auc(values: pd.Series, label: pd.Series) -> float | None:
    """max(a, 1-a) of the ROC area of one column; nulls lowest, text by the churn rate of its levels."""
    y = np.asarray(label) == 1
    positives, negatives = int(y.sum()), int((~y).sum())
    if not positives or not negatives:
        return None
    if is_categorical(values) and not pd.api.types.is_bool_dtype(values):
        rates = pd.Series(y.astype(float)).groupby(values.to_numpy(), dropna=True).mean()
        values = values.map(rates)
    x = numbers(values)
    ranks = pd.Series(np.where(np.isnan(x), -np.inf, x)).rank().to_numpy()
    area = (ranks[y].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    return float(max(area, 1 - area))


def psi(reference: pd.Series, current: pd.Series) -> float | None:
    """Population stability index with ten equal-frequency bins of the reference, or a bin per level."""
    if reference.empty or current.empty:
        return None
    if is_categorical(reference):
        shares = [
            part.astype(object).where(part.notna(), "\0null").value_counts(normalize=True)
            for part in (reference, current)
        ]
        levels = sorted(set(shares[0].index) | set(shares[1].index), key=str)
        a, b = (share.reindex(levels, fill_value=0.0).to_numpy(dtype=float) for share in shares)
    else:
        a, b = _binned(numbers(reference), numbers(current))
    a, b = np.maximum(a, PSI_FLOOR), np.maximum(b, PSI_FLOOR)
    return float(np.sum((b - a) * np.log(b / a)))


def _binned(reference: Floats, current: Floats) -> tuple[Floats, Floats]:
    known = reference[~np.isnan(reference)]
    edges = np.unique(np.quantile(known, np.linspace(0.1, 0.9, PSI_BINS - 1))) if known.size else np.empty(0)
    shares: list[Floats] = []
    for values in (reference, current):
        present = values[~np.isnan(values)]
        counts = np.bincount(np.searchsorted(edges, present, side="left"), minlength=edges.size + 1)
        shares.append(np.append(counts, values.size - present.size) / values.size)
    return shares[0], shares[1]


def ks(reference: pd.Series, current: pd.Series) -> float | None:
    """Two-sample Kolmogorov-Smirnov distance of the non-null values."""
    a, b = (x[~np.isnan(x)] for x in (numbers(reference), numbers(current)))
    if not a.size or not b.size:
        return None
    seen = np.sort(np.concatenate([a, b]))
    shares = [np.searchsorted(np.sort(x), seen, side="right") / x.size for x in (a, b)]
    return float(np.max(np.abs(shares[0] - shares[1])))


def median_ratio(reference: pd.Series, current: pd.Series) -> float | None:
    """Median of current over median of reference, nulls left out; None where the latter is 0."""
    a, b = (x[~np.isnan(x)] for x in (numbers(reference), numbers(current)))
    if not a.size or not b.size or np.median(a) == 0:
        return None
    return float(np.median(b) / np.median(a))


def correlation(first: pd.Series, second: pd.Series) -> float | None:
    """Pearson correlation over rows in which neither value is null."""
    x, y = numbers(first), numbers(second)
    known = ~(np.isnan(x) | np.isnan(y))
    if known.sum() < 3 or np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return None
    return float(np.corrcoef(x[known], y[known])[0, 1])


def match_rate(history: pd.DataFrame, rows: pd.Series, columns: list[str]) -> float | None:
    """Share of rows whose value equals the trailing 3-month mean of a second column, or last month's value.

    `history` has customer_id, an integer month `_month` and the columns; `rows` is the mask of current rows.
    """
    first = history.drop_duplicates(["customer_id", "_month"])
    source = first.assign(_source=first[columns[-1]]).set_index(["customer_id", "_month"])["_source"]
    current = history.assign(_value=history[columns[0]]).loc[rows, ["customer_id", "_month", "_value"]]
    lags = (0, 1, 2) if len(columns) == 2 else (1,)
    past = [
        numbers(source.reindex(pd.MultiIndex.from_arrays([current["customer_id"], current["_month"] - lag])))
        for lag in lags
    ]
    expected = np.sum(past, axis=0) / len(lags)
    value = numbers(current["_value"])
    known = ~(np.isnan(expected) | np.isnan(value))
    if not known.any():
        return None
    slack = MATCH_ABSOLUTE + MATCH_RELATIVE * np.abs(expected[known])
    return float(np.mean(np.abs(value[known] - expected[known]) <= slack))
