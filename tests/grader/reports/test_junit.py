"""Tests of `grader.reports.junit`."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from grader.reports.junit import render_junit

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


@pytest.mark.parametrize("case", [builders.hostile_report, builders.pending_report, builders.empty_report])
def test_always_valid_xml(case: object) -> None:
    """Control characters, markup and surrogates of a candidate never make the file unreadable."""
    made = render_junit(case())  # type: ignore[operator]  # a builder
    ET.fromstring(made.encode("utf-8"))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]", made)
