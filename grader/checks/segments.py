"""Submitted figures by segment, recomputed on the same test rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader import metrics
from grader.checks.case import Case
from grader.evidence.modelling import SegmentRow
from grader.types import Proof, proof

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
    a mean score or a ranking figure that agrees with ours; in proportion below.
    """
    table = case.evidence.document.evaluation.segments
    path = table.path or "evaluation/metrics.json"
    if not table.rows:
        return Segments(0.0, proof(path, "segments", measured="no figures by segment"))
    held = [row for row in table.rows if _holds(case, row)]
    columns = {row.column for row in held if sum(other.column == row.column for other in held) >= 2}
    share = len(held) / len(table.rows)
    credit = min(1.0, share / ENOUGH) if columns else 0.0
    measured = f"{len(held)} recompute on the test rows, by {', '.join(sorted(columns)) or 'no column twice'}"
    return Segments(credit, proof(path, "segments", f"{len(table.rows)} segments", measured))


def _holds(case: Case, row: SegmentRow) -> bool:
    issued = case.truth.issued
    if row.column not in issued.columns:
        return False
    level = issued[row.column].iloc[case.test_rows].astype(str).str.casefold().to_numpy()
    chosen = level == row.level.strip().casefold()
    size = int(chosen.sum())
    if size < LEAST_ROWS or (row.rows is not None and abs(row.rows - size) > max(2.0, 0.02 * size)):
        return False
    y, p = case.test.y[chosen], case.test.tuned[chosen]
    ours = {"churn_rate": float(y.mean()), "mean_score": float(p.mean())}
    if 0 < y.sum() < y.size and np.isfinite(p).all():
        ours |= {"pr_auc": metrics.pr_auc(y, p), "roc_auc": metrics.roc_auc(y, p) or 0.5}
    said = {name: getattr(row, name) for name in SLACK}
    stated = {name: float(value) for name, value in said.items() if value is not None and name in ours}
    return bool(stated) and all(
        abs(value - ours[name]) <= max(SLACK[name][0], SLACK[name][1] * abs(ours[name]))
        for name, value in stated.items()
    )
