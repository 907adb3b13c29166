"""The result as Gradescope's `results.json`, with the fields its autograder specification documents."""

from __future__ import annotations

import json

from grader.plain_text import one_line
from grader.reports import wording
from grader.results import CriterionResult, DimensionResult, Report

PASSED_LEVEL = 3
"""From this level on a criterion is shown as passed."""
VISIBILITY = "after_published"
"""Candidates see a test once the grades are published, never before a person has decided."""


def render_gradescope(report: Report) -> str:
    """JSON with `score`, `output`, `tests` and their visibility; all text is declared plain, none as markup.

    A test per criterion; one that is pending or not assessed has no status. The bonus is told of in the output
    and in `extra_data`, not added to the score.
    """
    made = {
        "score": report.total,
        "output": _output(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": VISIBILITY,
        "stdout_visibility": "hidden",
        "extra_data": {
            "submission": one_line(report.submission.name, 200),
            "sha256": report.submission.sha256,
            "variant": report.variant,
            "rubric": report.rubric.version,
            "level": wording.overall_level(report),
            "verdict": report.verdict,
            "final": report.final,
            "pending": report.pending,
            "not_assessed": report.not_assessed,
            "bonus": report.bonus if report.bonus_detail.status == "scored" else None,
        },
        "tests": [
            _test(f"{part}.{line}", dimension, criterion)
            for part, dimension in enumerate(report.dimensions, start=1)
            for line, criterion in enumerate(dimension.criteria, start=1)
        ],
    }
    return json.dumps(made, indent=2, ensure_ascii=True) + "\n"


def _output(report: Report) -> str:
    word, reason = wording.VERDICT_WORDS[report.verdict]
    lines = [
        f"{wording.total(report)} of {wording.points(report.max)} points. {word}: {reason}.",
        f"Open: {wording.open_points(report)}.",
        f"Bonus, not in the score: {wording.bonus(report)} of {wording.points(report.bonus_detail.max)}. "
        f"{one_line(report.bonus_detail.message, 400)}",
        wording.FINAL if report.final else wording.PROPOSAL,
    ]
    return "\n".join(lines)


def _test(number: str, dimension: DimensionResult, criterion: CriterionResult) -> dict[str, object]:
    test: dict[str, object] = {
        "name": one_line(f"{criterion.id}: {criterion.title}", 200),
        "name_format": "text",
        "number": number,
        "score": criterion.points,
        "max_score": criterion.max,
        "output": f"{wording.standing(criterion)}. {one_line(criterion.message, 1_000)}",
        "output_format": "text",
        "tags": [dimension.id],
        "visibility": VISIBILITY,
        "extra_data": {"level": criterion.level, "status": criterion.status},
    }
    if criterion.status == "scored" and criterion.level is not None:
        test["status"] = "passed" if criterion.level >= PASSED_LEVEL else "failed"
    return test
