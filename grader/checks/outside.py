"""Findings outside the key: what is true of the issued data and not of its twin is no false alarm."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from grader.checks.matching import MATCH_FLOOR, Matching, alarm_weight
from grader.checks.recompute import Recomputer, agrees
from grader.evidence.notebook import FindingClaim
from grader.truth import MonthSpan, Truth

KEYS = ("customer_id", "snapshot_month")
CLEAR = 2.0
"""How many times the tolerance of a quoted statistic issued and twin data must be apart."""


def excuse_true_findings(matching: Matching, truth: Truth, issued: Recomputer) -> Matching:
    """Return the matching without the false alarms whose statistic the plants really moved.

    The statistic must be quoted, be one of all that is accused, recompute on the issued rows, and be clearly
    another one on the twin, which is the same world without any plant. It costs nothing and earns nothing; the
    report names it, since a trace that no entry of the key explains may be a defect of ours. One figure excuses one
    finding, and none where the key explains it by what is known anyway.
    """
    if truth.twin is None or not matching.false_alarms:
        return matching
    quoted = [i for i in matching.false_alarms if matching.claims[i].statistic is not None]
    twin = Recomputer(truth, truth.twin) if quoted else issued
    moved: dict[Hashable, int] = {}
    rest = cache(lambda columns: _rest(columns, matching, truth))
    for i in quoted:
        claim = matching.claims[i]
        if _moved(claim, issued, twin) and _moved_elsewhere(claim, rest(_counted(claim, issued))):
            moved.setdefault(_figure(claim, issued), i)
    excused = tuple(moved.values())
    features = frozenset(truth.key.columns)
    return replace(
        matching,
        false_alarms=tuple(i for i in matching.false_alarms if i not in excused),
        wrong=matching.wrong - sum(alarm_weight(matching.claims[i], features) for i in excused),
        outside=excused,
    )


def _moved(claim: FindingClaim, issued: Recomputer, twin: Recomputer) -> bool:
    statistic = claim.statistic
    ours = issued.value(claim)
    if statistic is None or statistic.value is None or ours is None or not agrees(statistic.value, ours):
        return False
    if any(column not in twin.frame.columns for column in claim.columns):
        return False
    if not _is_of_what_is_accused(_name(claim), claim, issued):
        return False
    return _differs(ours, twin.value(claim))


def _differs(ours: float | None, null: float | None) -> bool:
    return ours is not None and null is not None and abs(ours - null) > CLEAR * max(0.02, 0.10 * abs(null))


def _name(claim: FindingClaim) -> str:
    return claim.statistic.name.lower().strip() if claim.statistic else ""


def _figure(claim: FindingClaim, issued: Recomputer) -> Hashable:
    """What a statistic is of: one figure bears out one finding, whatever number of them quote it."""
    return _name(claim), frozenset(claim.columns) - {issued.label, *KEYS}, issued.current(claim).tobytes()


def _moved_elsewhere(claim: FindingClaim, rest: tuple[Recomputer, Recomputer] | None) -> bool:
    """Whether the figure moves also outside the months in which it is known to."""
    if rest is None:
        return True
    here, there = rest
    return bool(here.month.size and there.month.size) and _differs(here.value(claim), there.value(claim))


def _counted(claim: FindingClaim, issued: Recomputer) -> frozenset[str]:
    """Return the label or the keys, where a statistic is the churn rate or the number of repeated rows."""
    if _name(claim) == "rate":
        return frozenset({issued.label})
    return frozenset(KEYS) if _name(claim) == "count" and not claim.where else frozenset()


def _rest(counted: frozenset[str], matching: Matching, truth: Truth) -> tuple[Recomputer, Recomputer] | None:
    """Return issued rows and twin without the months in which these columns are known to move; None without any.

    Known are facts of every variant, such as labels that are not ripe yet, and what another finding is paid for: a
    figure that moves with them alone is right without a look at what the finding says.
    """
    spans = [
        span
        for m in matching.matches
        if m.plant.family != "leakage" and counted & set(m.plant.columns)
        and (m.plant.inherent or m.credit >= MATCH_FLOOR)
        for span in (m.plant.months, m.plant.label_months)
        if span is not None
    ]  # fmt: skip
    if not spans or truth.twin is None:
        return None
    return Recomputer(truth, _without(truth.issued, spans)), Recomputer(truth, _without(truth.twin, spans))


def _without(rows: pd.DataFrame, spans: Sequence[MonthSpan]) -> pd.DataFrame:
    month = rows["snapshot_month"]
    inside = [month.between(span.from_month, span.to_month or month.max()) for span in spans]
    return pd.DataFrame(rows[~np.any(inside, axis=0)])


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
