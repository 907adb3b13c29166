"""What the page of the opened key says of a defect's months, in words and in the shading of its plot."""

from __future__ import annotations

import pytest

from grader.practice.lessons import Opened, _months, _reading, _span, _word
from grader.practice.lines import look_at
from grader.reports.pages import render_page
from grader.truth import LabelClock, MonthSpan, Plant
from tests.grader.reports import builders

LABEL = LabelClock(column="churned_90d", horizon_days=90, horizon_months=3, last_mature_month="2024-09")


def span(first: str, last: str | None = "2024-12") -> MonthSpan:
    """Months from the first to the last."""
    return MonthSpan.model_validate({"from": first, "to": last})


def plant(**changes: object) -> Plant:
    """A drift of a column since September 2023."""
    fields = {
        "id": "d",
        "family": "change",
        "kind": "concept_drift",
        "columns": ("usage",),
        "severity": 1,
        "months": span("2023-09"),
    }
    return Plant.model_validate({**fields, **changes})


def test_a_page_dated_one_defect_twice() -> None:
    """The months are those of the summary; that labels show it earlier is said, and why the plot shades them."""
    drift = plant(label_months=span("2023-07"))
    assert _months(drift) == "2023-09 to 2024-12 (in the labels 2023-07 to 2024-12)"
    assert _span(drift) == ("2023-07", "2024-12")
    reading = _reading(drift, look_at(drift, LABEL, {"usage": True}), LABEL)
    assert "Labels look 3 months ahead, so they show what changes in 2023-09 from 2023-07 on" in reading


def test_months_that_are_the_same_are_said_once() -> None:
    """Without label months, or with the same, nothing is added."""
    for one in (plant(), plant(label_months=span("2023-09"))):
        look = look_at(one, LABEL, {"usage": True})
        assert _months(one) == "2023-09 to 2024-12"
        assert _span(one) == ("2023-09", "2024-12")
        assert _reading(one, look, LABEL) == look.reading
    assert _months(plant(months=None)) == "all months"
    assert _months(plant(months=span("2023-09", None))) == "2023-09 to the end"


@pytest.mark.parametrize("judged", [True, False])
def test_nobody_missed_what_was_not_judged(judged: bool) -> None:
    """Where grading failed on our side the page of the key says so instead of counting defects as missed."""
    line = (
        builders.report()
        .figures.plants[0]
        .model_copy(update={"family": "change", "found": False, "credit": 0.0})
    )
    assert _word(line, judged) == ("missed" if judged else "not judged")
    opened = Opened("ada", "v", 0, judged, (), ())
    page = render_page("page_practice.html", opened=opened, report=builders.report())
    assert ("0 of 0 defects found" in page) is judged
    assert ("could not be judged on our side" in page) is not judged
