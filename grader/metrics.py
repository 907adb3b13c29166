"""Recomputed figures: ranking, calibration, lift, capacity, and customer-resampled uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def cut_counts(y: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Rows and positives at or above each distinct score, highest score first; ties are one cut.

    ValueError where a score is not finite. Written out, as are the areas below, because loading a package for
    them takes longer than scoring a submission.
    """
    if not np.isfinite(p).all():
        raise ValueError("scores: found NaN or infinity, expected finite numbers")
    order = np.argsort(-p, kind="stable")
    last = np.append(np.flatnonzero(np.diff(p[order])), p.size - 1)
    return (last + 1).astype(np.float64), np.cumsum(y[order] > 0)[last].astype(np.float64)


def pr_curve(y: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Precision and recall at each cut, recall rising to 1; both empty where there is no positive."""
    if not np.any(y > 0):
        return np.empty(0), np.empty(0)
    rows, hits = cut_counts(y, p)
    return hits / rows, hits / hits[-1]


def pr_auc(y: Floats, p: Floats) -> float:
    """Average precision: precision at each cut, weighted by the recall gained there; 0.0 without a positive."""
    precision, recall = pr_curve(y, p)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def roc_auc(y: Floats, p: Floats) -> float | None:
    """Area under the ROC curve, or None with one class only."""
    if not 0 < y.sum() < y.size:
        return None
    rows, hits = cut_counts(y, p)
    true, false = (np.concatenate([[0.0], counts]) for counts in (hits, rows - hits))
    return float(np.trapezoid(true / true[-1], false / false[-1]))


def chi_squared_tail(value: float, *, half_degrees: int) -> float:
    """Chance that chi-squared on an even number of degrees of freedom exceeds `value` (the Poisson sum)."""
    if not math.isfinite(value):
        return 0.0
    term = total = math.exp(-value / 2)
    for k in range(1, half_degrees):
        term *= value / 2 / k
        total += term
    return total


def brier(y: Floats, p: Floats) -> float:
    """Mean squared difference of probability and outcome, 0..1."""
    return float(np.mean((p - y) ** 2))


def expected_pr_auc(probability: Floats, p: Floats) -> float:
    """Average precision with true probabilities in place of labels (expected counts at each cut)."""
    order = np.argsort(-p, kind="stable")
    weight = probability[order]
    gained = np.cumsum(weight)
    precision = gained / np.arange(1, weight.size + 1)
    return float(np.sum(precision * weight) / gained[-1]) if weight.size and gained[-1] > 0 else 0.0


def called_within_capacity(p: Floats, month: npt.NDArray[np.str_], share: float) -> npt.NDArray[np.bool_]:
    """Rows on the call list: per month the floor(share x rows) highest scores, ties by position."""
    called = np.zeros(p.size, dtype=bool)
    for value in np.unique(month):
        rows = np.flatnonzero(month == value)
        size = int(np.floor(share * rows.size + 1e-9))
        called[rows[np.argsort(-p[rows], kind="stable")[:size]]] = True
    return called


def capacity_figures(y: Floats, p: Floats, month: npt.NDArray[np.str_], share: float) -> tuple[float, float]:
    """Precision and recall of the call list filled to the capacity of each month, both 0..1."""
    called = called_within_capacity(p, month, share)
    hits = float(y[called].sum())
    return hits / max(int(called.sum()), 1), hits / max(float(y.sum()), 1.0)


def capacity_ranges(
    y: Floats, p: Floats, month: npt.NDArray[np.str_], share: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Lowest and highest precision and recall at the capacity that any order among tied scores gives."""
    figures = []
    for sign in (1.0, -1.0):
        order = np.argsort(sign * y, kind="stable")
        figures.append(capacity_figures(y[order], p[order], month[order], share))
    (low_p, low_r), (high_p, high_r) = figures
    return (low_p, high_p), (low_r, high_r)


def lift_ranges(y: Floats, p: Floats) -> tuple[tuple[Decile, ...], tuple[Decile, ...]]:
    """The lift tables that the least and the most favourable order among tied scores give."""
    low, high = (np.argsort(sign * y, kind="stable") for sign in (1.0, -1.0))
    return lift_table(y[low], p[low]), lift_table(y[high], p[high])


@dataclass(frozen=True)
class Decile:
    """A tenth of the rows by descending score; decile 1 holds the highest."""

    decile: int
    customers: int
    churners: int
    churn_rate: float
    lift: float
    cumulative_capture: float


def lift_table(y: Floats, p: Floats) -> tuple[Decile, ...]:
    """Lift by decile: rows sorted by score (stable), cut into ten parts whose sizes differ by one at most."""
    if y.size < 10:
        return ()
    rows: list[Decile] = []
    seen = 0.0
    total, rate = float(y.sum()), float(y.mean())
    for number, part in enumerate(np.array_split(np.argsort(-p, kind="stable"), 10), start=1):
        churners = float(y[part].sum())
        seen += churners
        own = churners / part.size
        rows.append(
            Decile(number, part.size, int(churners), own, own / rate if rate else 0.0, seen / max(total, 1.0))
        )
    return tuple(rows)


def equal_count_bins(p: Floats, count: int = 10, lot: Ints | None = None) -> Ints:
    """Bin number 0..count-1 of each row by rank of p, sizes differing by one at most; ties by `lot`, then position."""
    order = np.argsort(p, kind="stable") if lot is None else np.lexsort((lot, p))
    bins = np.empty(p.size, dtype=np.int64)
    for number, part in enumerate(np.array_split(order, count)):
        bins[part] = number
    return bins


@dataclass(frozen=True)
class Calibration:
    """Agreement of probabilities with frequencies, judged with customers as the unit of sampling.

    `ece` is over ten equal-count bins; `null_ece` the mean ECE that sampling alone would give, `p_value` the
    chance of straying as far from a calibrated model; `low`/`high` the 95 % band of a calibrated bin.
    """

    predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    rows: Ints
    ece: float
    null_ece: float
    p_value: float


def calibration(y: Floats, p: Floats, customer: npt.NDArray[np.int64]) -> Calibration:
    """Measure calibration against a null in which only the sampling of customers moves the bins.

    Rows of a customer share overlapping label windows, so independent rows would reject perfect models. The
    variance of a bin's residual (observed minus predicted) is that of independent draws, sum p(1-p), times one
    design effect: residuals summed by customer and bin, squared, over the same sum, pooled over the bins (at
    least 1). Pooling keeps bins with hardly any churner from looking certain, as resampling them would. The
    studentised sum of squares is compared with chi-squared on ten degrees of freedom (Hosmer-Lemeshow on
    held-out data, with the Rao-Scott correction for clusters). Tied scores are parted by a lot of the customers:
    in the order of a file outcomes may lie together, and then equal scores would seem to mean different rates.
    """
    _, owner = np.unique(customer, return_inverse=True)
    bins = equal_count_bins(p, lot=np.random.default_rng(0).permutation(int(owner.max()) + 1)[owner])
    rows = np.bincount(bins, minlength=10)
    predicted = np.bincount(bins, p, minlength=10) / rows
    observed = np.bincount(bins, y, minlength=10) / rows
    residual = observed - predicted
    clustered = np.bincount(owner * 10 + bins, y - p)
    independent = np.bincount(bins, p * (1 - p), minlength=10)
    independent = np.maximum(independent, 0.0)  # a "probability" outside 0..1 has no variance
    design = max(1.0, float(np.sum(clustered**2) / max(independent.sum(), 1e-12)))
    spread = np.maximum(np.sqrt(design * independent) / rows, 1e-9)
    share = rows / rows.sum()
    return Calibration(
        predicted=predicted,
        observed=observed,
        low=np.clip(predicted - 1.96 * spread, 0, 1),
        high=np.clip(predicted + 1.96 * spread, 0, 1),
        rows=rows,
        ece=float(np.sum(share * np.abs(residual))),
        null_ece=float(np.sum(share * spread) * np.sqrt(2 / np.pi)),
        p_value=chi_squared_tail(float(np.sum((residual / spread) ** 2)), half_degrees=5),
    )


def customer_resamples(
    customer: npt.NDArray[np.int64], resamples: int, seed: int
) -> list[npt.NDArray[np.int64]]:
    """Row positions of customer resamples (with replacement), one array each."""
    order = np.argsort(customer, kind="stable")
    _, start, size = np.unique(customer[order], return_index=True, return_counts=True)
    rng = np.random.default_rng(seed)
    drawn: list[npt.NDArray[np.int64]] = []
    for _ in range(resamples):
        pick = rng.integers(0, start.size, start.size)
        lengths = size[pick]
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        drawn.append(order[np.repeat(start[pick], lengths) + offsets])
    return drawn


def pr_auc_se(
    y: Floats, p: Floats, customer: npt.NDArray[np.int64], *, resamples: int = 60, seed: int = 0
) -> float:
    """Standard error of PR-AUC from customer resamples."""
    values = [pr_auc(y[rows], p[rows]) for rows in customer_resamples(customer, resamples, seed)]
    return float(np.std(values, ddof=1))


def pr_auc_difference(
    y: Floats, p: Floats, q: Floats, customer: npt.NDArray[np.int64], *, resamples: int = 60, seed: int = 0
) -> tuple[float, float]:
    """PR-AUC of p minus that of q, and its standard error from paired customer resamples."""
    drawn = customer_resamples(customer, resamples, seed)
    values = [pr_auc(y[rows], p[rows]) - pr_auc(y[rows], q[rows]) for rows in drawn]
    return pr_auc(y, p) - pr_auc(y, q), float(np.std(values, ddof=1))


def log_loss_gain(y: Floats, p: Floats, q: Floats, customer: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean log loss of q minus that of p (positive: p is better), and its standard error.

    Rows of a customer are summed before the variance is taken (cluster-robust standard error of a mean);
    probabilities are clipped to 1e-6 from 0 and 1.
    """
    losses = [-np.log(np.clip(np.where(y > 0, x, 1 - x), 1e-6, 1)) for x in (p, q)]
    better = losses[1] - losses[0]
    _, owner = np.unique(customer, return_inverse=True)
    strays = np.bincount(owner, better - better.mean())
    return float(better.mean()), float(np.sqrt(np.sum(strays**2)) / y.size)


def profit(
    p: Floats,
    chance: Floats,
    month: npt.NDArray[np.str_],
    *,
    threshold: float,
    share: float,
    call_cost: float,
    gain: float,
) -> float:
    """Expected EUR of calling the rows with p >= threshold inside each month's capacity.

    `chance` is each row's probability of leaving, `gain` the EUR a call is worth for a row that would leave.
    """
    called = called_within_capacity(p, month, share) & (p >= threshold)
    return float(np.sum(chance[called] * gain - call_cost))


def month_index(month: str) -> int:
    """Months since year 0 of a `YYYY-MM` string.

    >>> month_index("2024-01") - month_index("2023-10")
    3
    """
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def month_name(index: int) -> str:
    """Inverse of month_index.

    >>> month_name(month_index("2024-12") + 1)
    '2025-01'
    """
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
