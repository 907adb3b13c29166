"""A report with what people decided, and the same report without it. Pure: no clock, no file."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import UsageError
from grader.proposals import unconfirmed
from grader.results import (
    CriterionResult,
    DefendedLevel,
    DimensionResult,
    Finalised,
    PassMark,
    PersonLevel,
    PersonState,
    RedFlag,
    Report,
)
from grader.review.entries import AnyEntry, FlagDecided, LevelDefended, LevelSet, ResultFinalised
from grader.rounding import half_up
from grader.totals import points_and_level, totals_of

TOTAL_TOLERANCE = 0.05
"""Totals are shown with one decimal; nearer than this they are the same."""
ORPHAN = "Review: "
"""How notes begin that tell of decisions without an object any more."""


def credit_of(level: int) -> float:
    """Credit of a level a person set: the README rubric's (level - 1) / 3, inside each level's band.

    >>> [round(credit_of(level), 2) for level in (1, 2, 3, 4)]
    [0.0, 0.33, 0.67, 1.0]
    """
    return (level - 1) / 3


def reviewed(report: Report, entries: Sequence[AnyEntry]) -> Report:
    """Return the report with the entries applied; of several on one thing the last counts.

    A level equal to the program's confirms it and keeps its points. Entries on another submission are left
    out; those whose criterion or flag is not there any more are told of in the notes. The result is final when
    the last entry says so, nothing is open, no level is a proposal any more, and rubric and total are what they
    were then. What was defended in the talk is shown beside the levels: it moves neither points nor finality.
    """
    plain = as_scored(report)
    mine = [one for one in entries if one.submission == plain.submission.sha256]
    if not mine:
        return plain
    levels = {one.criterion: one for one in mine if isinstance(one, LevelSet)}
    states = {one.flag: one for one in mine if isinstance(one, FlagDecided)}
    heard = {one.dimension: one for one in mine if isinstance(one, LevelDefended)}
    dimensions = tuple(_dimension(one, levels, heard.get(one.id)) for one in plain.dimensions)
    flags = tuple(_flag(one, states) for one in plain.red_flags)
    made = _summed(
        plain.model_copy(
            update={"red_flags": flags, "notes": (*plain.notes, *_orphans(plain, levels, states, heard))}
        ),
        dimensions,
    )
    return made.model_copy(update=_finality(made, mine))


def as_scored(report: Report) -> Report:
    """Return the report as the program made it."""
    unheard = tuple(one.model_copy(update={"defended": None}) for one in report.dimensions)
    dimensions = tuple(_with(one, tuple(_as_scored(line) for line in one.criteria)) for one in unheard)
    flags = tuple(
        flag.model_copy(update={"state": "raised", "person": None}) if flag.person else flag
        for flag in report.red_flags
    )
    notes = tuple(note for note in report.notes if not note.startswith(ORPHAN))
    bare = report.model_copy(
        update={
            "dimensions": unheard,
            "red_flags": flags,
            "notes": notes,
            "final": False,
            "finalised": None,
        }
    )
    return _summed(bare, dimensions) if any(_touched(one) for one in report.dimensions) else bare


def mark_of(report: Report) -> PassMark:
    """Return the mark of the rubric; UsageError for a report that did not keep it."""
    if report.rubric.mark is None:
        raise UsageError(
            f"the report of {report.submission.name} does not hold the mark of its rubric; "
            "score it again first: takehome score RESULT_DIR --vault DIR"
        )
    return report.rubric.mark


def open_criteria(report: Report) -> tuple[CriterionResult, ...]:
    """Return the criteria that wait for a person."""
    return tuple(one for part in report.dimensions for one in part.criteria if one.status == "pending")


def lapsed(report: Report, entries: Sequence[AnyEntry]) -> Finalised | None:
    """Return who last declared this submission final where that does not hold any more; null elsewhere."""
    if report.final:
        return None
    declared = [
        one
        for one in entries
        if isinstance(one, ResultFinalised) and one.submission == report.submission.sha256
    ]
    return Finalised(reviewer=declared[-1].reviewer, time=declared[-1].time) if declared else None


def undecided_flags(report: Report) -> tuple[RedFlag, ...]:
    """Return the flags that nobody confirmed or dismissed."""
    return tuple(flag for flag in report.red_flags if flag.state == "raised")


def _summed(report: Report, dimensions: tuple[DimensionResult, ...]) -> Report:
    totals = totals_of(dimensions, mark_of(report))
    return report.model_copy(
        update={
            "dimensions": dimensions,
            "total": totals.total,
            "pending": totals.pending,
            "not_assessed": totals.not_assessed,
            "level": totals.level,
            "verdict": totals.verdict,
        }
    )


def _dimension(
    dimension: DimensionResult, levels: dict[str, LevelSet], heard: LevelDefended | None
) -> DimensionResult:
    criteria = tuple(_set(one, levels[one.id]) if one.id in levels else one for one in dimension.criteria)
    made = _with(dimension, criteria)
    return made if heard is None else made.model_copy(update={"defended": _defended(heard)})


def _defended(entry: LevelDefended) -> DefendedLevel:
    return DefendedLevel(level=entry.level, reviewer=entry.reviewer, time=entry.time, reason=entry.reason)


def _with(dimension: DimensionResult, criteria: tuple[CriterionResult, ...]) -> DimensionResult:
    points, level = points_and_level(criteria)
    return dimension.model_copy(update={"criteria": criteria, "points": points, "level": level})


def _set(criterion: CriterionResult, entry: LevelSet) -> CriterionResult:
    program = {"points": criterion.points, "level": criterion.level, "status": criterion.status}
    person = PersonLevel.model_validate(
        {"reviewer": entry.reviewer, "time": entry.time, "reason": entry.reason, "program": program}
    )
    if entry.level == criterion.level and criterion.status == "scored":
        return criterion.model_copy(update={"person": person})
    points = half_up(credit_of(entry.level) * criterion.max, 2)
    return criterion.model_copy(
        update={"points": points, "level": entry.level, "status": "scored", "person": person}
    )


def _as_scored(criterion: CriterionResult) -> CriterionResult:
    if criterion.person is None:
        return criterion
    return criterion.model_copy(update={**dict(criterion.person.program), "person": None})


def _touched(dimension: DimensionResult) -> bool:
    return any(one.person is not None for one in dimension.criteria)


def _flag(flag: RedFlag, states: dict[str, FlagDecided]) -> RedFlag:
    entry = states.get(flag.id)
    if entry is None:
        return flag
    person = PersonState(reviewer=entry.reviewer, time=entry.time, reason=entry.reason)
    return flag.model_copy(update={"state": entry.state, "person": person})


def _orphans(
    report: Report,
    levels: dict[str, LevelSet],
    states: dict[str, FlagDecided],
    heard: dict[str, LevelDefended],
) -> tuple[str, ...]:
    criteria = {one.id for part in report.dimensions for one in part.criteria}
    flags = {flag.id for flag in report.red_flags}
    gone = [
        f"{ORPHAN}{name} was set to level {entry.level} by a person; this rubric has no such criterion."
        for name, entry in levels.items()
        if name not in criteria
    ]
    dimensions = {part.id for part in report.dimensions}
    return (
        *gone,
        *(
            f"{ORPHAN}{name} was defended at level {entry.level}; this rubric has no such dimension."
            for name, entry in heard.items()
            if name not in dimensions
        ),
        *(
            f"{ORPHAN}the flag {name} was {entry.state} by a person; it is not raised any more."
            for name, entry in states.items()
            if name not in flags
        ),
    )


def _finality(report: Report, entries: Sequence[AnyEntry]) -> dict[str, object]:
    # The talk may come after the review: what was heard there changes nothing that was declared final.
    deciding = [one for one in entries if not isinstance(one, LevelDefended)]
    last = deciding[-1] if deciding else None
    holds = (
        isinstance(last, ResultFinalised)
        and last.rubric == report.rubric.sha256
        and abs(last.total - report.total) < TOTAL_TOLERANCE
        and not open_criteria(report)
        and not undecided_flags(report)
        and not unconfirmed(report)
    )
    if not holds or last is None:
        return {"final": False, "finalised": None}
    return {"final": True, "finalised": Finalised(reviewer=last.reviewer, time=last.time)}
