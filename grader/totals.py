"""What follows from the criteria alone: points and level of a dimension, and total, level and verdict of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.results import CriterionResult, DimensionResult, PassMark
from grader.rounding import decimal_sum, half_up
from grader.types import level_of

MEASUREMENT_ERROR = 2.0
"""Points within which a total is called borderline: twice the aim for its test-retest deviation."""


@dataclass(frozen=True)
class Totals:
    """Figures of a whole report; points are out of the sum of all criteria's maxima."""

    total: float
    pending: float
    not_assessed: float
    level: int
    verdict: Literal["pass", "borderline", "fail", "incomplete"]


def points_and_level(criteria: Sequence[CriterionResult]) -> tuple[float, int | None]:
    """Return the points of a dimension, and the level of points over assessable points; null without any."""
    assessable = decimal_sum(one.max for one in criteria if one.status == "scored")
    points = decimal_sum(one.points for one in criteria)
    return half_up(points, 2), level_of(points / assessable) if assessable else None


def totals_of(dimensions: Sequence[DimensionResult], mark: PassMark) -> Totals:
    """Add up the dimensions and judge them by the mark."""
    lines = [one for dimension in dimensions for one in dimension.criteria]
    most = decimal_sum(dimension.max for dimension in dimensions)
    total = decimal_sum(dimension.points for dimension in dimensions)
    pending = decimal_sum(one.max for one in lines if one.status == "pending")
    unassessed = decimal_sum(one.max for one in lines if one.status == "not_assessed")
    return Totals(
        total=half_up(total, 1),
        pending=half_up(pending, 1),
        not_assessed=half_up(unassessed, 1),
        level=level_of(total / max(most - pending - unassessed, 1e-9)),
        verdict=_verdict(total, dimensions, pending + unassessed, mark),
    )


def _verdict(
    total: float, dimensions: Sequence[DimensionResult], open_points: float, mark: PassMark
) -> Literal["pass", "borderline", "fail", "incomplete"]:
    if open_points > 0:
        return "incomplete"
    low = any(one.level is None or one.level < mark.lowest_level for one in dimensions)
    if abs(total - mark.total) <= MEASUREMENT_ERROR and not low:
        return "borderline"
    return "pass" if total >= mark.total and not low else "fail"
