"""Totals add up as people add them: in decimal, halves up, on every page the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.reports.wording import points
from grader.results import CriterionResult, DimensionResult, PassMark
from grader.rounding import decimal_sum, half_up
from grader.totals import points_and_level, totals_of

MARK = PassMark(total=60, lowest_level=2)
PARTS = (24.4, 22.59, 22.14, 22.02)


def dimension(*reached: float) -> DimensionResult:
    """A dimension of criteria of 25 points each."""
    lines = tuple(
        CriterionResult(
            id=f"a.{i}", title="A", points=one, max=25, level=3, status="scored", message="", confidence=1.0
        )
        for i, one in enumerate(reached)
    )
    made, level = points_and_level(lines)
    return DimensionResult(
        id="audit", title="A", points=made, max=25.0 * len(lines), level=level, criteria=lines
    )


def test_incident_a_total_is_what_its_criteria_add_up_to() -> None:
    """Criteria of 91.15 were shown as 91.1, for their binary sum is a little less."""
    parts = [dimension(one) for one in PARTS]
    assert sum(PARTS) < 91.15
    assert totals_of(parts, MARK).total == 91.2
    assert points(91.15) == "91.2"
    assert points(28.15) == "28.2"


@given(st.lists(st.integers(min_value=0, max_value=2_500), min_size=1, max_size=30))
def test_sums_equal_those_of_whole_hundredths(cents: list[int]) -> None:
    """Whatever the points are, the total is the one that whole hundredths give, rounded half up."""
    total = totals_of([dimension(one / 100) for one in cents], MARK).total
    assert total == (sum(cents) + 5) // 10 / 10
    assert points(decimal_sum(one / 100 for one in cents)) == f"{total:.1f}".removesuffix(".0")
    assert half_up(sum(cents) / 100, 2) == sum(cents) / 100
