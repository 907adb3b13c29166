"""Tests of `grader.reports.junit`."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from grader.reports.junit import render_junit
from grader.results import PersonLevel, ProgramValue, Report
from grader.types import Proof

from . import builders


def test_a_suite_per_dimension_and_a_case_per_criterion() -> None:
    """A continuous-integration reader finds every criterion under its dimension, with right counts."""
    report = builders.report()
    root = ET.fromstring(render_junit(report))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [dimension.title for dimension in report.dimensions]
    for suite, dimension in zip(suites, report.dimensions, strict=True):
        names = [case.get("name", "").split(":")[0] for case in suite.findall("testcase")]
        assert names == [criterion.id for criterion in dimension.criteria]
        for kind, tag in (("failures", "failure"), ("skipped", "skipped"), ("tests", ".")):
            assert suite.get(kind) == str(
                sum(case.find(tag) is not None for case in suite.findall("testcase"))
            )
    assert root.get("tests") == "27"


def test_low_levels_fail_and_open_ones_are_skipped() -> None:
    """Level 1 and 2 are failures with the message, pending is skipped, level 3 and 4 pass."""
    cases = {
        case.get("name", "").split(":")[0]: case
        for case in ET.fromstring(render_junit(builders.report())).iter("testcase")
    }
    weak = cases["serving.bad_input"].find("failure")
    assert weak is not None
    assert weak.get("message", "").startswith("Seven of eleven")
    assert "expected 422" in (weak.text or "")
    open_ = cases["serving.latency"].find("skipped")
    assert open_ is not None
    assert open_.get("message", "").startswith("pending: ")
    assert cases["audit.leakage"].find("failure") is None


def overruled(name: str, level: int) -> Report:
    """A report in which a person set one level against a program that gave 4, with half a proof."""
    report = builders.report()
    person = PersonLevel(
        reviewer="Grace",
        time="t",
        reason="the alert never fires",
        program=ProgramValue(points=3.0, level=4, status="scored"),
    )
    change = {
        "level": level,
        "points": 0.0,
        "message": "All of it is there.",
        "person": person,
        "evidence": (Proof(file="README.md", measured="two claims"),),
    }
    return report.model_copy(
        update={
            "dimensions": tuple(
                part.model_copy(
                    update={
                        "criteria": tuple(
                            one.model_copy(update=change) if one.id == name else one for one in part.criteria
                        )
                    }
                )
                for part in report.dimensions
            )
        }
    )


def test_a_failure_set_by_a_person_was_told_in_the_programs_praise() -> None:
    """The person's reason stands first, the program's words are marked as its own; no empty `said`."""
    made = ET.fromstring(render_junit(overruled("readme.communication", 1)))
    (failure,) = (
        case.find("failure")
        for case in made.iter("testcase")
        if case.get("name", "").startswith("readme.communication")
    )
    assert failure is not None
    assert failure.get("message") == (
        "set by Grace: the alert never fires (program, level 4: All of it is there.)"
    )
    assert (failure.text or "").splitlines()[1] == "README.md: measured two claims"


@pytest.mark.parametrize("case", [builders.hostile_report, builders.pending_report, builders.empty_report])
def test_always_valid_xml(case: object) -> None:
    """Control characters, markup and surrogates of a candidate never make the file unreadable."""
    made = render_junit(case())  # type: ignore[operator]  # a builder
    ET.fromstring(made.encode("utf-8"))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]", made)
