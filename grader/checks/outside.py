"""Findings outside the key: what is true of the issued data and not of its twin is no false alarm."""

from __future__ import annotations

from dataclasses import replace

from grader.checks.matching import Matching, alarm_weight
from grader.checks.recompute import Recomputer, agrees
from grader.evidence.notebook import FindingClaim
from grader.truth import Truth

CLEAR = 2.0
"""How many times the tolerance of a quoted statistic issued and twin data must be apart."""


def excuse_true_findings(matching: Matching, truth: Truth, issued: Recomputer) -> Matching:
    """Return the matching without the false alarms whose statistic the plants really moved.

    The statistic must be quoted, recompute on the issued rows, and be clearly another one on the twin, which is
    the same world without any plant. It costs nothing and earns nothing; the report names it, since a trace that
    no entry of the key explains may be a defect of ours.
    """
    if truth.twin is None or not matching.false_alarms:
        return matching
    quoted = [i for i in matching.false_alarms if matching.claims[i].statistic is not None]
    twin = Recomputer(truth, truth.twin) if quoted else issued
    moved = tuple(i for i in quoted if _moved(matching.claims[i], issued, twin))
    return replace(
        matching,
        false_alarms=tuple(i for i in matching.false_alarms if i not in moved),
        wrong=matching.wrong - sum(alarm_weight(matching.claims[i]) for i in moved),
        outside=moved,
    )


def _moved(claim: FindingClaim, issued: Recomputer, twin: Recomputer) -> bool:
    said = claim.statistic.value if claim.statistic is not None else None
    ours = issued.value(claim)
    if said is None or ours is None or not agrees(said, ours):
        return False
    if any(column not in twin.frame.columns for column in claim.columns):
        return False
    null = twin.value(claim)
    return null is not None and abs(ours - null) > CLEAR * max(0.02, 0.10 * abs(null))
