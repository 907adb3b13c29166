"""Questions follow the evidence: what was missed, what was odd, what was strong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.interview.choosing import Chosen, choose
from grader.interview.following import with_follow_up
from grader.interview.guide import guide_markdown, make_guide
from grader.interview.kit import AREAS, SENIORITIES, Seniority, load_kit
from grader.reports.exports.audience import Audience, for_audience
from grader.reports.html import render_html
from grader.results import RedFlag, Report
from grader.types import level_of
from tests.grader.reports import builders
from tests.grader.reports.test_junit import overruled

KIT = load_kit()


def with_credit(report: Report, **credits: float) -> Report:
    """The report with other credits; `audit_leakage=0.2` is criterion audit.leakage."""
    wanted = {name.replace("_", ".", 1): credit for name, credit in credits.items()}
    parts = tuple(
        part.model_copy(
            update={
                "criteria": tuple(
                    one.model_copy(
                        update={
                            "points": wanted[one.id] * one.max,
                            "level": level_of(wanted[one.id]),
                            "status": "scored",
                        }
                    )
                    if one.id in wanted
                    else one
                    for one in part.criteria
                )
            }
        )
        for part in report.dimensions
    )
    return report.model_copy(update={"dimensions": parts})


def perfect() -> Report:
    """Everything at level 4, nothing odd."""
    names = {one.id.replace(".", "_"): 1.0 for part in builders.dimensions() for one in part.criteria}
    figures = builders.figures()
    assert figures.replay is not None
    level = figures.model_copy(update={"replay": figures.replay.model_copy(update={"claimed": 0.241})})
    return with_credit(builders.report(red_flags=(), figures=level), **names)


def by_id(chosen: tuple[Chosen, ...]) -> dict[str, Chosen]:
    """The chosen questions by id."""
    return {one.question.id: one for one in chosen}


@pytest.mark.parametrize("seniority", SENIORITIES)
@pytest.mark.parametrize(
    "case",
    [builders.report, builders.empty_report, builders.pending_report, builders.hostile_report, perfect],
)
def test_five_to_eight_whatever_came(case: Callable[[], Report], seniority: Seniority) -> None:
    """There is always something to talk about, fair for the seniority, and the plan is full."""
    guide = make_guide(case(), KIT, seniority)
    assert 5 <= len(guide.evidence) <= 8
    assert all(one.question in KIT.fair("technical", seniority) for one in guide.evidence)
    assert [len(guide.planned[area]) for area in AREAS] == [
        getattr(KIT.plans[seniority], area) for area in AREAS
    ]


@pytest.mark.parametrize(
    ("criterion", "question"),
    [
        ("audit_leakage", "leakage"), ("evaluation_calibration", "calibration"),
        ("evaluation_decision", "capacity_threshold"), ("serving_latency", "latency_bound"),
        ("readme_retraining_triggers", "rollback"), ("evaluation_split", "random_folds"),
    ],
)  # fmt: skip
def test_what_was_missed_is_asked_first(criterion: str, question: str) -> None:
    """One weak result among perfect ones leads to its question, opened with it."""
    first = choose(with_credit(perfect(), **{criterion: 0.1}), KIT, "senior")[0]
    assert (first.question.id, first.situation) == (question, "missed")
    assert first.opening == first.question.missed
    assert first.because[0].about == criterion.replace("_", ".", 1)


def test_a_flag_is_asked_before_all_else_and_a_dismissed_one_not_at_all() -> None:
    """What is odd comes first; a person's dismissal is respected."""
    flag = RedFlag(id="model_uses_leak", state="raised", message="It moves.")
    weak = with_credit(perfect(), readme_retraining_triggers=0.0)
    first = choose(weak.model_copy(update={"red_flags": (flag,)}), KIT, "mid")[0]
    assert (first.question.id, first.situation) == ("leakage", "odd")
    assert first.opening == first.question.odd["model_uses_leak"]
    dismissed = flag.model_copy(update={"state": "dismissed"})
    assert (
        choose(weak.model_copy(update={"red_flags": (dismissed,)}), KIT, "mid")[0].question.id == "rollback"
    )


@pytest.mark.parametrize(
    ("flag", "question"),
    [("copied_findings", "week_one_audit"), ("accuracy_called_great", "class_imbalance")],
)
def test_flags_by_comparison_open_the_talk_without_the_other_variant(flag: str, question: str) -> None:
    """The candidate is asked to show it; which variant it looks like is the panel's to know."""
    raised = RedFlag(id=flag, state="raised", message="5 of 6 findings fit variant ffffffffffff.")
    first = choose(perfect().model_copy(update={"red_flags": (raised,)}), KIT, "mid")[0]
    assert (first.question.id, first.situation) == (question, "odd")
    assert "variant" not in first.opening


def test_a_replay_far_below_the_claim_is_odd() -> None:
    """A model that is worse later than claimed is talked about even where it scored well."""
    report = perfect()
    assert report.figures.replay is not None
    band = report.figures.replay.model_copy(update={"claimed": 0.40})
    gap = report.model_copy(update={"figures": report.figures.model_copy(update={"replay": band})})
    first = choose(gap, KIT, "mid")[0]
    assert (first.question.id, first.situation) == ("random_folds", "odd")
    assert "0.400" in first.because[0].what


def test_something_strong_is_confirmed_within_the_plan() -> None:
    """One question confirms depth, and it is asked, not spare."""
    for seniority in SENIORITIES:
        guide = make_guide(builders.report(), KIT, seniority)
        assert any(one.situation == "strong" for one in guide.planned["technical"])


def test_what_eight_questions_leave_out_is_said() -> None:
    """Every criterion weak: what no chosen question takes up is named on page and in guide; nothing is else."""
    report = with_follow_up(builders.empty_report())
    asked = {
        name for one in KIT.technical for name in one.criteria if one.id in {q.id for q in report.follow_up}
    }
    every = {one.id for part in report.dimensions for one in part.criteria}
    assert len(report.follow_up) == 8
    assert set(report.without_question) == every - asked
    assert report.without_question
    named = f"Weak, and no question here takes it up: {', '.join(report.without_question)}."
    assert named in render_html(report)
    assert named in guide_markdown(make_guide(report, KIT, "mid")).replace("`", "")
    assert "takes it up" not in render_html(with_follow_up(perfect()))
    assert not for_audience(report, Audience.candidate).without_question


def test_openings_claim_only_what_was_seen() -> None:
    """A question reached through a side result is not opened with a reproach about its main one."""
    chosen = by_id(choose(with_credit(perfect(), audit_precision=0.1), KIT, "mid"))
    assert chosen["leakage"].situation == "missed"
    assert chosen["leakage"].opening == ""


def test_the_guide_shows_anchors_and_inert_text() -> None:
    """Every question has its four levels; what candidates wrote stands in code spans."""
    guide = make_guide(builders.hostile_report(), KIT, "mid")
    text = guide_markdown(guide)
    asked = len(guide.evidence) + len(guide.planned["behavioural"]) + len(guide.planned["role_fit"])
    assert text.count("- Level 4: ") == asked
    assert "<script" not in "".join(text.split("`")[::2])
    assert "\x1b" not in text


def test_the_guide_gave_a_persons_level_with_the_programs_opposite_words() -> None:
    """Where a person set the level, the person's reason says why, and the program's doubt is no cause."""
    report = overruled("readme.retraining_triggers", 1)
    because = [
        cause
        for one in choose(report, KIT, "mid")
        for cause in one.because
        if cause.about == "readme.retraining_triggers"
    ]
    assert because
    assert all(
        one.what.startswith("level 1: set by Grace: the alert never fires (program") for one in because
    )
