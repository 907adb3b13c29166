"""Findings outside the key: what is true of the issued data and not of its twin is no false alarm."""

from __future__ import annotations

from dataclasses import replace

from grader.checks.matching import Matching, alarm_weight
from grader.checks.recompute import Recomputer, agrees
from grader.evidence.notebook import FindingClaim
from grader.truth import Truth

KEYS = ("customer_id", "snapshot_month")
CLEAR = 2.0
"""How many times the tolerance of a quoted statistic issued and twin data must be apart."""


def excuse_true_findings(matching: Matching, truth: Truth, issued: Recomputer) -> Matching:
    """Return the matching without the false alarms whose statistic the plants really moved.

    The statistic must be quoted, be one of all that is accused, recompute on the issued rows, and be clearly
    another one on the twin, which is the same world without any plant. It costs nothing and earns nothing; the
    report names it, since a trace that no entry of the key explains may be a defect of ours.
    """
    if truth.twin is None or not matching.false_alarms:
        return matching
    quoted = [i for i in matching.false_alarms if matching.claims[i].statistic is not None]
    twin = Recomputer(truth, truth.twin) if quoted else issued
    moved = tuple(i for i in quoted if _moved(matching.claims[i], issued, twin))
    return replace(
        matching,
        false_alarms=tuple(i for i in matching.false_alarms if i not in moved),
        wrong=matching.wrong
        - sum(alarm_weight(matching.claims[i], frozenset(truth.key.columns)) for i in moved),
        outside=moved,
    )


def _moved(claim: FindingClaim, issued: Recomputer, twin: Recomputer) -> bool:
    statistic = claim.statistic
    ours = issued.value(claim)
    if statistic is None or statistic.value is None or ours is None or not agrees(statistic.value, ours):
        return False
    if any(column not in twin.frame.columns for column in claim.columns):
        return False
    if not _is_of_what_is_accused(statistic.name.lower().strip(), claim, issued):
        return False
    null = twin.value(claim)
    return null is not None and abs(ours - null) > CLEAR * max(0.02, 0.10 * abs(null))


def _is_of_what_is_accused(name: str, claim: FindingClaim, issued: Recomputer) -> bool:
    """Whether a statistic is computed on every column that is accused, and not on other columns or on rows alone.

    The churn rate and the number of rows move for all columns where labels are unripe or rows repeat, so they
    speak of the label and the rows; a share speaks of the columns whose values it counts.
    """
    accused = set(claim.columns) - {issued.label, *KEYS}
    if name in ("rate", "count"):
        return not accused
    if name == "share":
        return accused <= set(claim.where)
    return len(claim.columns) == (2 if name == "correlation" else 1)
