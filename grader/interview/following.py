"""The follow-up questions of a report: what its evidence asks for, and what to listen for."""

from __future__ import annotations

from grader.interview.choosing import Chosen, choose, without_question
from grader.interview.kit import DEFAULT, Seniority, load_kit
from grader.results import FollowUp, Report

SENIORITY: Seniority = "mid"
"""Whom the questions of a page are for; `takehome interview` chooses for the others."""


def with_follow_up(report: Report) -> Report:
    """Return the report with the five to eight questions that its evidence asks for, and what they leave out."""
    chosen = choose(report, load_kit(DEFAULT), SENIORITY)
    questions = tuple(_follow_up(one) for one in chosen)
    return report.model_copy(
        update={"follow_up": questions, "without_question": without_question(report, chosen)}
    )


def _follow_up(one: Chosen) -> FollowUp:
    question = one.question
    asked = f"{one.opening} {question.ask}".strip()
    because = tuple(f"{cause.about}: {cause.what}"[:400] for cause in one.because)
    return FollowUp(
        id=question.id,
        title=question.title,
        ask=asked,
        because=because,
        listen_for=question.listen_for,
        levels=question.levels.lines(),
    )
