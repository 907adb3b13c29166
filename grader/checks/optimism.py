"""How far a test figure lies above what the served model does later, and what is ordinary of that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader import metrics
from grader.checks.case import Case
from grader.types import Proof, proof

FAR, FAR_ERRORS = 2.0, 3.5
"""How many times the ordinary gap, and how many standard errors of the two figures, a gap exceeds to be far."""
ENOUGH_ANSWERS = 0.5
"""Share of the replay that must be answered for its ranking to refute anything."""


@dataclass(frozen=True)
class Optimism:
    """PR-AUC on the test rows and on the replay; up to `ordinary` apart is ordinary, `se` is the yardstick's error."""

    tested: float
    served: float
    ordinary: float
    se: float

    @property
    def gap(self) -> float:
        """Return the test figure minus the replay's."""
        return self.tested - self.served

    def credit(self, most: float) -> float:
        """Return 1 up to a gap of `most`, 0 from four standard errors beyond it, linear between."""
        return float(np.clip(1 - (self.gap - most) / (4 * self.se), 0, 1))

    @property
    def shown(self) -> Proof:
        """Return the figures as a proof."""
        return proof(
            "evaluation/predictions.parquet",
            "test rows",
            f"PR-AUC {self.tested:.3f} on test",
            f"{self.gap:+.3f} above the replay; up to {self.ordinary:.3f} is ordinary",
        )


def optimism(case: Case, served: float, scores: metrics.Floats) -> Optimism | None:
    """Return how far these scores of the test rows rank above a PR-AUC on the replay; None where not known."""
    key = case.truth.key
    if not case.test.usable or key.reference.test is None or not np.isfinite(scores).all():
        return None
    se = key.reference.replay.pr_auc_se or 0.01
    ordinary = max(0.0, key.reference.test.pr_auc - key.reference.replay.pr_auc) + 2 * se
    return Optimism(metrics.pr_auc(case.test.y, scores), served, ordinary, se)


def refuted_by_replay(case: Case) -> tuple[float, Proof] | None:
    """Return what is left, 0..1, of a win on test rows that the replay refutes; None where it refutes nothing.

    Only a gap far beyond the ordinary one refutes, in the ranking of the answered rows, of a service that answers
    with the submitted model: of another one, or a broken one, the replay says nothing about how test came about.
    """
    near = case.served_near
    if near is None or near < 0.5 or case.replay_answered < ENOUGH_ANSWERS or not case.replay.usable:
        return None
    test, replay = case.test, case.replay
    scores = test.baseline if case.served_model == "baseline" else test.tuned
    found = optimism(case, metrics.pr_auc(replay.y, replay.tuned), scores)
    if found is None:
        return None
    both = float(np.hypot(found.se, metrics.pr_auc_se(test.y, scores, test.customer)))
    far = max(FAR * found.ordinary, found.ordinary - 2 * found.se + FAR_ERRORS * both)
    return (found.credit(far), found.shown) if found.gap > far else None
