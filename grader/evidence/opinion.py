"""What a language model said of the README, word for word, and whether that may move points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from grader.types import Model, ReadmeCriterion


class Exchange(Model):
    """One question and what came back; ``error`` says why an answer was not used and is empty otherwise.

    ``received`` is the beginning of what came back where that was no answer; ``without`` names what the endpoint
    refuses and was asked without.
    """

    criterion: ReadmeCriterion
    sample: int
    messages: tuple[dict[str, str], ...]
    answer: str
    error: str
    received: str = ""
    without: tuple[str, ...] = ()
    level: int | None
    seconds: float


class CriterionOpinion(Model):
    """The middle of the usable levels with the statements that one such answer quotes, or ``pending``."""

    id: ReadmeCriterion
    status: Literal["suggested", "pending"]
    level: int | None
    levels: tuple[int, ...]
    disagreement: int
    quotes: tuple[str, ...]
    message: str


class Opinion(Model):
    """All criteria, and every exchange word for word."""

    model: str
    criteria: tuple[CriterionOpinion, ...]
    exchanges: tuple[Exchange, ...]


class SecondOpinion(Model):
    """An opinion as a grading keeps it, with the company's setting of that day: may it move points."""

    opinion: Opinion
    moves_points: bool = False


def pending(
    criterion: ReadmeCriterion, message: str, levels: tuple[int, ...] = (), apart: int = 0
) -> CriterionOpinion:
    """Return an opinion without a level; ``message`` says why there is none."""
    return CriterionOpinion(
        id=criterion,
        status="pending",
        level=None,
        levels=levels,
        disagreement=apart,
        quotes=(),
        message=message,
    )


def by_criterion(opinion: Opinion) -> Mapping[ReadmeCriterion, CriterionOpinion]:
    """The opinions by criterion id."""
    return {one.id: one for one in opinion.criteria}
