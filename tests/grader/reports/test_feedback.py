"""Tests of `grader.reports.feedback`: useful to a candidate, silent about the key."""

from __future__ import annotations

import re

import pytest

from grader.reports.advice import (
    ADVICE,
    DISCOUNTED,
    FALSE_ALARMS,
    OPENINGS,
    README_LEVEL_3,
    advice_for,
    next_level,
)
from grader.reports.exports.audience import Audience, for_audience
from grader.reports.feedback import candidate_view, render_feedback
from grader.results import CriterionResult, PersonLevel, ProgramValue, Report
from grader.types import Reason, Suggestion, Verdict

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


def test_where_we_keep_what_is_ours_is_not_on_the_page() -> None:
    """An error of ours named folders of ours, and in them whom else a variant was issued to."""
    error = "[Errno 28] No space left on device: '/srv/issued/ada-lovelace/vault/7902699be42c'"
    phase = builders.phases()[0].model_copy(
        update={"verdict": Verdict.INFRA_ERROR, "ours": True, "detail": error}
    )
    waiting = f"The phase service failed on our side ({error}); it will be graded again."
    report = builders.report(phases=(phase,), dimensions=builders.unscored("pending", waiting))
    page = read(render_feedback(report)).text
    assert "lovelace" not in page
    assert page.count("on our side; it does not count against you.") > len(report.dimensions)
    for part in for_audience(report, Audience.candidate).dimensions:
        assert not any("lovelace" in one.message for one in part.criteria)


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


def test_false_alarms_are_told_and_not_that_little_was_found() -> None:
    """All 16 plants found and seven inventions: the page said to run the notebook again and to look at columns once."""
    report = builders.report()
    audit = report.dimensions[0]
    held_down: dict[str, tuple[Reason, ...]] = {"audit.reproducible": ("false_alarms", "worth_of_findings")}
    lines = tuple(
        one.model_copy(update={"level": 2, "reasons": held_down.get(one.id, ("false_alarms",))})
        for one in audit.criteria
    )
    report = report.model_copy(
        update={"dimensions": (audit.model_copy(update={"criteria": lines}), *report.dimensions[1:])}
    )
    shown = candidate_view(report).parts[0].lines
    assert all(line.message.startswith((DISCOUNTED, FALSE_ALARMS)) for line in shown)
    assert sum(FALSE_ALARMS in line.message for line in shown) == 1
    assert not any(
        OPENINGS[2] in line.message or ADVICE["audit.reproducible"] in line.message for line in shown
    )
    assert not re.search(r"\d", FALSE_ALARMS + DISCOUNTED)
    assert '"false_alarms"' not in for_audience(report, Audience.candidate).model_dump_json()


def test_a_person_s_level_is_not_explained_by_what_the_program_saw() -> None:
    """Who overrules the program is not taken to discount for false alarms, too."""
    report = builders.report()
    audit = report.dimensions[0]
    person = PersonLevel(
        reviewer="r", time="2026-01-01T00:00:00Z", reason="seen",
        program=ProgramValue(points=0.0, level=1, status="scored"),
    )  # fmt: skip
    line = audit.criteria[1].model_copy(update={"reasons": ("false_alarms",), "person": person})
    changed = audit.model_copy(update={"criteria": (audit.criteria[0], line, *audit.criteria[2:])})
    view = candidate_view(report.model_copy(update={"dimensions": (changed, *report.dimensions[1:])}))
    assert DISCOUNTED not in view.parts[0].lines[1].message


def test_a_readme_below_level_four_is_told_what_the_next_level_asks_for() -> None:
    """Candidates were promised what to improve and read "found: ..." at level 3, and nothing else."""
    report = builders.report()
    shown = candidate_view(report).parts[3].lines
    for one, line in zip(report.dimensions[3].criteria, shown, strict=True):
        assert line.message.startswith(one.message.rstrip("."))
        assert next_level(one.id, one.level) in line.message
        assert (f"Level {(one.level or 0) + 1} asks for" in line.message) is (one.level != 4)
        assert README_LEVEL_3[one.id] in next_level(one.id, 1)
        assert next_level(one.id, 4) == next_level(one.id, None) == ""
    assert next_level("serving.bad_input", 2) == ""
