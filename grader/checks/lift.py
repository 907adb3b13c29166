"""How far the submitted lift table agrees with the one recomputed from the submitted predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader import metrics
from grader.checks.case import Case
from grader.rounding import is_rounded
from grader.types import Proof, proof


@dataclass(frozen=True)
class LiftAgreement:
    """How many of the table's figures are right, the first that are not, and the credit in 0..1 of the table."""

    right: int
    total: int
    wrong: tuple[Proof, ...]
    credit: float


def lift_bounds(case: Case) -> dict[int, dict[str, tuple[float, float]]]:
    """Return what each figure of the lift table can be under any order among tied scores."""
    low, high = metrics.lift_ranges(case.test.y, case.test.tuned)
    total, rate = float(case.test.y.sum()), float(case.test.y.mean())
    bounds: dict[int, dict[str, tuple[float, float]]] = {}
    before = (0.0, 0.0)
    for least, most in zip(low, high, strict=True):
        after = (least.cumulative_capture * total, most.cumulative_capture * total)
        fewest = max(0.0, after[0] - before[1])
        own = (fewest, max(fewest, min(after[1] - before[0], float(least.customers))))
        bounds[least.decile] = {
            "churners": own,
            "churn_rate": (own[0] / least.customers, own[1] / least.customers),
            "lift": (own[0] / least.customers / rate, own[1] / least.customers / rate),
            "cumulative_capture": (after[0] / total, after[1] / total),
        }
        before = after
    return bounds


def lift_agreement(case: Case, path: str) -> LiftAgreement:
    """Compare the submitted lift table, told under `path`, with ours; deciles without a figure cost in proportion."""
    ours = {row.decile: row for row in metrics.lift_table(case.test.y, case.test.tuned)}
    tied = lift_bounds(case)
    right = total = 0
    told: set[int] = set()
    proofs: list[Proof] = []
    for row in case.evidence.document.evaluation.lift.rows:
        mine = ours.get(row.decile)
        if mine is None:
            continue
        pairs = (
            ("lift", row.lift, mine.lift, 0.05),
            ("churn_rate", row.churn_rate, mine.churn_rate, 0.003),
            ("cumulative_capture", row.cumulative_capture, mine.cumulative_capture, 0.01),
            ("churners", row.churners, float(mine.churners), 2.0),
        )
        for name, said, measured, slack in pairs:
            if said is None:
                continue
            total += 1
            told.add(row.decile)
            nearest = float(np.clip(said, *tied[row.decile][name]))
            good = abs(said - nearest) <= max(slack, 0.03 * abs(nearest))
            good = good or (name == "churn_rate" and is_rounded(said, nearest))
            right += good
            if not good and len(proofs) < 6:
                proofs.append(proof(path, f"decile {row.decile} {name}", f"{said:.4g}", f"{measured:.4g}"))
    credit = (right / total) ** 2 * (len(told) / 10) if total else 0.0
    return LiftAgreement(right, total, tuple(proofs), credit)
