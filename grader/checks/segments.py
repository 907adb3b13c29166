"""Submitted figures by segment, recomputed on the same test rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader import metrics
from grader.checks.case import Case
from grader.evidence.modelling import SegmentRow
from grader.rounding import is_rounded
from grader.statistics import is_categorical, numbers
from grader.types import Proof, proof

NULL = frozenset({"nan", "null", "none", "na", "n/a", "<na>", "missing", ""})
"""What a null is called where it is a level."""
LEAST_ROWS = 30
"""Test rows from which a figure of a segment says anything."""
SLACK = {
    "churn_rate": (0.004, 0.03),
    "mean_score": (0.004, 0.03),
    "pr_auc": (0.01, 0.05),
    "roc_auc": (0.01, 0.02),
}
"""Absolute and relative distance within which a stated figure is ours."""
ENOUGH = 0.8
"""Share of the stated segments that must recompute for full credit."""


@dataclass(frozen=True)
class Segments:
    """How much of what was stated by segment recomputes: `credit` 0..1."""

    credit: float
    shown: Proof


def segments_recompute(case: Case) -> Segments:
    """Recompute every stated segment: a level of an issued column, its rows and figures on the test rows.

    Full where at least two levels of a column are stated, and four fifths of all stated segments hold a rate,
    a mean score or a ranking figure that agrees with ours; in proportion below. The label and the customer's
    number make no segment: the one is the outcome itself, the other names people.
    """
    table = case.evidence.document.evaluation.segments
    path = table.path or "evaluation/metrics.json"
    stated = [row for row in table.rows if row.column not in (case.truth.key.label.column, "customer_id")]
    if not stated:
        return Segments(0.0, proof(path, "segments", measured="no figures by segment"))
    held = [row for row in stated if _holds(case, row)]
    levels = {(row.column, row.level.strip().casefold()) for row in held}
    columns = {column for column, _ in levels if sum(other == column for other, _ in levels) >= 2}
    share = len(held) / len(stated)
    credit = min(1.0, share / ENOUGH) if columns else 0.0
    measured = f"{len(held)} recompute on the test rows, by {', '.join(sorted(columns)) or 'no column twice'}"
    return Segments(credit, proof(path, "segments", f"{len(stated)} segments", measured))


def _of_level(values: pd.Series, level: str) -> npt.NDArray[np.bool_]:
    """Return which rows hold a level as people spell it: 3 for 3.0, true for 1, nan for a null."""
    spelled = np.asarray(values.astype(str).str.casefold() == level)
    if spelled.any():
        return spelled
    if level in NULL:
        return np.asarray(values.isna())
    try:
        amount = float({"true": "1", "false": "0"}.get(level, level))
    except ValueError:
        return spelled
    return spelled if is_categorical(values) else np.asarray(numbers(values) == amount)


def _holds(case: Case, row: SegmentRow) -> bool:
    issued = case.truth.issued
    if row.column not in issued.columns:
        return False
    chosen = _of_level(issued[row.column].iloc[case.test_rows], row.level.strip().casefold())
    size = int(chosen.sum())
    # Rows, or customers, who have a row in each month of the test.
    sizes = (size, np.unique(case.test.customer[chosen]).size)
    if size < LEAST_ROWS or (
        row.rows is not None and all(abs(row.rows - n) > max(2.0, 0.02 * n) for n in sizes)
    ):
        return False
    y, p = case.test.y[chosen], case.test.tuned[chosen]
    ours = {"churn_rate": float(y.mean()), "mean_score": float(p.mean())}
    if 0 < y.sum() < y.size and np.isfinite(p).all():
        ours |= {"pr_auc": metrics.pr_auc(y, p), "roc_auc": metrics.roc_auc(y, p) or 0.5}
    said = {name: getattr(row, name) for name in SLACK}
    stated = {name: float(value) for name, value in said.items() if value is not None and name in ours}
    return bool(stated) and all(
        abs(value - ours[name]) <= max(SLACK[name][0], SLACK[name][1] * abs(ours[name]))
        or is_rounded(value, ours[name])
        for name, value in stated.items()
    )
