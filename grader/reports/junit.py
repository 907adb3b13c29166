"""The result as JUnit XML: a suite per dimension, a case per criterion, for continuous integration."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grader.plain_text import one_line, plain
from grader.reports.wording import STATUS_WORDS, points, program_level, told
from grader.results import CriterionResult, DimensionResult, Report
from grader.types import Proof

WEAK_LEVEL = 2
"""A criterion at this level or below is a failure."""


def render_junit(report: Report) -> str:
    """An XML document: level 1 or 2 is a failure, pending and not assessed are skipped.

    Characters that XML forbids, and terminal codes, are removed from all text.
    """
    suites = [_suite(dimension) for dimension in report.dimensions]
    root = Element(
        "testsuites", {"name": one_line(report.submission.name, 200), "time": "0", **_totals(suites)}
    )
    for suite in suites:
        root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _totals(suites: list[Element]) -> dict[str, str]:
    # The schema that readers check against knows no count of skipped cases at the root.
    kinds = ("tests", "failures", "errors")
    return {kind: str(sum(int(suite.get(kind, "0")) for suite in suites)) for kind in kinds}


def _suite(dimension: DimensionResult) -> Element:
    cases = [_case(dimension, criterion) for criterion in dimension.criteria]
    suite = Element(
        "testsuite",
        {
            "name": one_line(dimension.title, 200),
            "tests": str(len(cases)),
            "failures": str(sum(case.find("failure") is not None for case in cases)),
            "errors": "0",
            "skipped": str(sum(case.find("skipped") is not None for case in cases)),
            "time": "0",
        },
    )
    properties = SubElement(suite, "properties")
    level = "none" if dimension.level is None else str(dimension.level)
    for name, value in (
        ("points", points(dimension.points)),
        ("max", points(dimension.max)),
        ("level", level),
    ):
        SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(cases)
    return suite


def _case(dimension: DimensionResult, criterion: CriterionResult) -> Element:
    name = one_line(f"{criterion.id}: {criterion.title}", 200)
    case = Element("testcase", {"classname": f"takehome.{dimension.id}", "name": name, "time": "0"})
    message = one_line(told(criterion), 500)
    if criterion.status != "scored" or criterion.level is None:
        SubElement(case, "skipped", {"message": f"{STATUS_WORDS[criterion.status]}: {message}"})
    elif criterion.level <= WEAK_LEVEL:
        failure = SubElement(case, "failure", {"message": message, "type": f"level {criterion.level}"})
        failure.text = "\n".join([_scored(criterion), *_evidence(criterion)])
    else:
        SubElement(case, "system-out").text = f"{_scored(criterion)}: {message}"
    return case


def _scored(criterion: CriterionResult) -> str:
    scored = f"{points(criterion.points)} of {points(criterion.max)} points, level {criterion.level}"
    return f"{scored} (a person; program: {program_level(criterion)})" if criterion.person else scored


def _evidence(criterion: CriterionResult) -> list[str]:
    return [_proof(one) for one in criterion.evidence]


def _proof(proof: Proof) -> str:
    place = ", ".join(one_line(one) for one in (proof.file, proof.where) if one)
    found = (("said", one_line(proof.said)), ("measured", proof.measured))
    words = "; ".join(f"{name} {value}" for name, value in found if value)
    return plain(": ".join(one for one in (place, words) if one))
