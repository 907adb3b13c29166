"""The candidate's page: the same rubric, what to improve, and nothing from which the key could be learned."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.reports.advice import (
    BONUS_EARNED,
    BONUS_MISSED,
    BONUS_OPEN,
    BONUS_UNDETERMINED,
    PENDING,
    SETTLED,
    advice_for,
    next_level,
)
from grader.reports.pages import render_page
from grader.reports.plots import Plot, missing_plots, model_plots
from grader.reports.wording import open_points, overall_level, reached, total
from grader.results import CriterionResult, DimensionResult, PlantLine, Report
from grader.types import PhaseRecord, Status

HIDDEN_PHASE = "The phase did not end well; ask us for its output."
OUR_PHASE = "This failed on our side; it does not count against you."


@dataclass(frozen=True)
class Line:
    """A criterion as candidates see it: no evidence, and advice where the message might tell of the key."""

    title: str
    points: str
    max: float
    level: int | None
    status: Status
    message: str


@dataclass(frozen=True)
class Part:
    """A dimension as candidates see it."""

    id: str
    title: str
    points: float
    max: float
    level: int | None
    defended_level: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Phase:
    """A phase as candidates see it."""

    id: str
    verdict: str
    seconds: float
    detail: str


@dataclass(frozen=True)
class Feedback:
    """All that the template of the page can reach; copied field by field, so a new field of `Report` stays out."""

    name: str
    variant: str
    total: str
    max: float
    level: int | None
    verdict: str
    final: bool
    executor: str
    isolated: bool
    open_points: str
    bonus: float
    bonus_max: float
    bonus_status: Status
    bonus_message: str
    parts: tuple[Part, ...]
    plots: tuple[Plot, ...]
    missing: tuple[str, ...]
    phases: tuple[Phase, ...]
    limits: tuple[tuple[str, str], ...]


def render_feedback(report: Report) -> str:
    """One self-contained HTML page without evidence, planted columns, oracle or notes of ours."""
    return render_page("page_feedback.html", feedback=candidate_view(report))


def candidate_view(report: Report) -> Feedback:
    """The report reduced to what a candidate may know.

    Messages of the audit are always replaced by advice that fits every variant; any other message is, where it
    names a planted column, a planted kind, or repeats a line of the key.
    """
    secrets = _secrets(report.figures.plants)
    return Feedback(
        name=report.submission.name,
        variant=report.variant,
        total=total(report),
        max=report.max,
        level=overall_level(report),
        verdict=report.verdict,
        final=report.final,
        executor=report.executor,
        isolated=report.isolated,
        open_points=open_points(report),
        bonus=report.bonus,
        bonus_max=report.bonus_detail.max,
        bonus_status=report.bonus_detail.status,
        bonus_message=_bonus_message(report),
        parts=tuple(_part(dimension, secrets) for dimension in report.dimensions),
        plots=model_plots(report.figures, with_oracle=False),
        missing=missing_plots(report.figures),
        phases=tuple(
            Phase(
                id=phase.id,
                verdict=phase.verdict.value if phase.assessed else "not assessed",
                seconds=phase.seconds,
                detail=_detail(phase, secrets),
            )
            for phase in report.phases
        ),
        limits=tuple(report.limits.items()),
    )


def _bonus_message(report: Report) -> str:
    if report.final and report.bonus_detail.status == "pending":
        return BONUS_UNDETERMINED
    known = BONUS_EARNED if report.bonus > 0 else BONUS_MISSED
    return BONUS_OPEN.get(report.bonus_detail.status, known)


def _detail(phase: PhaseRecord, secrets: tuple[str, ...]) -> str:
    """What a phase has to say; an error of ours may name folders of ours, and with them other candidates."""
    if phase.failed_on_our_side:
        return OUR_PHASE
    return HIDDEN_PHASE if _tells(phase.detail, secrets) else phase.detail


def _part(dimension: DimensionResult, secrets: tuple[str, ...]) -> Part:
    return Part(
        id=dimension.id,
        title=dimension.title,
        points=dimension.points,
        max=dimension.max,
        level=dimension.level,
        defended_level=dimension.defended_level,
        lines=tuple(_line(criterion, dimension.id, secrets) for criterion in dimension.criteria),
    )


def _line(criterion: CriterionResult, dimension: str, secrets: tuple[str, ...]) -> Line:
    # A message of the program would contradict the level that a person, or a language model, set.
    overruled = criterion.person is not None and criterion.person.program.level != criterion.level
    suggestion = criterion.suggestion
    overruled |= suggestion is not None and suggestion.moved
    # A model's own words may repeat the facts it was given, so none of them is shown.
    message = criterion.message if suggestion is None else suggestion.program_message
    # What held the program's level down explains no other one.
    reasons = () if overruled else criterion.reasons
    guarded = dimension == "audit" or overruled or _tells(message, secrets)
    shown = advice_for(criterion.id, dimension, criterion.level, reasons) if guarded else message
    if criterion.status == "pending":
        shown = f"{PENDING} {SETTLED}"
    further = next_level(criterion.id, criterion.level)
    return Line(
        title=criterion.title,
        points=reached(criterion),
        max=criterion.max,
        level=criterion.level,
        status=criterion.status,
        message=f"{shown.rstrip('.')}. {further}" if further else shown,
    )


def _secrets(plants: tuple[PlantLine, ...]) -> tuple[str, ...]:
    """Words of the key: columns and ids of plants and decoys, and their summaries."""
    words = {word for plant in plants for word in (plant.id, *plant.columns, plant.summary)}
    # An id may be made of a kind and a host; either part tells.
    words |= {part for plant in plants for part in re.split(r"[^A-Za-z0-9_]+", plant.id) if "_" in part}
    return tuple(sorted(word for word in words if _spoken(word)))


def _tells(message: str, secrets: tuple[str, ...]) -> bool:
    """Whether the message holds a secret as a whole word, in whatever case and with any sign for the underscore."""
    spoken = _spoken(message)
    return any(f" {_spoken(secret)} " in f" {spoken} " for secret in secrets)


def _spoken(words: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", words.lower()))
