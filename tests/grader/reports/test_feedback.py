"""Tests of `grader.reports.feedback`: useful to a candidate, silent about the key."""

from __future__ import annotations

import pytest

from grader.reports.advice import advice_for
from grader.reports.exports.audience import Audience, for_audience
from grader.reports.feedback import candidate_view, render_feedback
from grader.results import CriterionResult, Report
from grader.types import Suggestion

from . import builders
from .reading import read

CANARY = "canary_7d1f"


def with_canaries() -> Report:
    """A report whose every reviewer-only field names the canary."""
    report = builders.report()
    plants = tuple(
        line.model_copy(update={"summary": CANARY, "said": CANARY, "columns": (f"{CANARY}_{index}",)})
        for index, line in enumerate(report.figures.plants)
    )
    audit = report.dimensions[0].model_copy(
        update={
            "criteria": tuple(
                one.model_copy(update={"message": CANARY}) for one in report.dimensions[0].criteria
            )
        }
    )
    return report.model_copy(
        update={
            "figures": report.figures.model_copy(update={"plants": plants}),
            "dimensions": (audit, *report.dimensions[1:]),
            "notes": (CANARY,),
            "environment": {"CPU": CANARY},
            "bonus_detail": report.bonus_detail.model_copy(update={"message": CANARY}),
            "red_flags": tuple(flag.model_copy(update={"message": CANARY}) for flag in report.red_flags),
        }
    )


def test_nothing_of_the_key_is_on_the_page() -> None:
    """Neither a planted column nor a summary, an answer, a note, a flag or an audit message reaches the candidate."""
    report = builders.report()
    page = render_feedback(report)
    for plant in report.figures.plants:
        for word in (plant.id, *plant.columns, plant.summary):
            assert word not in page
    assert CANARY not in render_feedback(with_canaries())
    assert "Oracle" not in page
    assert "0.331" not in page


def test_no_evidence_is_on_the_page() -> None:
    """What was measured stays with the reviewer: a measured figure can name a host column."""
    report = builders.report()
    page = read(render_feedback(report)).text
    for dimension in report.dimensions:
        for criterion in dimension.criteria:
            for proof in criterion.evidence:
                assert proof.measured not in page


@pytest.mark.parametrize(
    "message",
    [
        "A null in usage_avg_3m gave a 500.",
        "A null in Usage Avg 3m gave a 500.",
        "The model leans on `save-desk-minutes`.",
        "It is a unit_change.",
    ],
)
def test_messages_that_name_a_plant_become_advice(message: str) -> None:
    """A message of another dimension that names a host or a kind is replaced, however it is spelt."""
    assert message not in read(render_feedback(_with_serving_message(message))).text


def test_other_messages_stay() -> None:
    """What tells nothing of the key reaches the candidate word for word."""
    message = "A null in owner_age gave a 500; answer 422."
    assert message in read(render_feedback(_with_serving_message(message))).text


def _with_serving_message(message: str) -> Report:
    report = builders.report()
    serving = report.dimensions[2]
    criteria: tuple[CriterionResult, ...] = tuple(
        one.model_copy(update={"message": message}) if one.id == "serving.bad_input" else one
        for one in serving.criteria
    )
    changed = serving.model_copy(update={"criteria": criteria})
    return report.model_copy(update={"dimensions": (*report.dimensions[:2], changed, report.dimensions[3])})


def test_every_criterion_has_points_level_and_words() -> None:
    """The candidate sees the same rubric as the reviewer."""
    report = builders.report()
    articles = read(render_feedback(report)).all("article")
    criteria = [criterion for dimension in report.dimensions for criterion in dimension.criteria]
    for article, criterion in zip(articles, criteria, strict=True):
        assert criterion.title in article.text
        assert f"/ {criterion.max:g}" in article.text
        assert ("Pending" if criterion.level is None else f"Level {criterion.level}") in article.text


def test_advice_depends_on_the_level() -> None:
    """Full marks are told so; less gets what to do; a criterion of a company's own gets its dimension's advice."""
    assert advice_for("audit.leakage", "audit", 4) == "Done well."
    assert "when its value was known" in advice_for("audit.leakage", "audit", 2)
    assert "what follows from it" in advice_for("audit.of_our_own", "audit", 1)
    assert advice_for("audit.leakage", "audit", None) == "Not scored."


def test_phase_output_that_names_a_plant_is_withheld() -> None:
    """A phase's sentence is checked like a message."""
    phase = builders.phases()[0].model_copy(update={"detail": "dropping save_desk_minutes failed"})
    view = candidate_view(builders.report(phases=(phase,)))
    assert "save_desk_minutes" not in view.phases[0].detail


@pytest.mark.parametrize("moved", [False, True])
def test_a_suggestion_stays_with_the_reviewer(moved: bool) -> None:
    """Candidates read the program's own message, or advice for a level it would contradict, here and in exports."""
    report = builders.report()
    told = Suggestion(
        level=4, answers=(4,), program_level=2, program_message="Say how often you look.", moved=moved
    )
    lines = tuple(
        one.model_copy(update={"suggestion": told, "message": f"It suggests {CANARY}."})
        for one in report.dimensions[3].criteria
    )
    last = report.dimensions[3].model_copy(update={"criteria": lines})
    report = report.model_copy(update={"dimensions": (*report.dimensions[:3], last)})
    page = render_feedback(report)
    exported = for_audience(report, Audience.candidate).model_dump_json()
    for shown in (page, exported):
        assert CANARY not in shown
        assert ("Say how often you look." in shown) is not moved
    if moved:
        for one in lines:
            assert advice_for(one.id, "readme", one.level) in read(page).text
