"""The words and number formats that all reports share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from grader.proposals import unconfirmed
from grader.results import CriterionResult, DimensionResult, Report
from grader.rounding import half_up
from grader.types import Status


class HasDefended(Protocol):
    """A dimension, as scored or as shown to a candidate."""

    @property
    def defended_level(self) -> int | None:
        """Level 1 to 4 of the talk, or null where none was given."""


class HasPoints(Protocol):
    """A dimension, as scored or as shown to a candidate."""

    @property
    def points(self) -> float:
        """Points reached."""

    @property
    def level(self) -> int | None:
        """Level 1 to 4, or null where nothing was scored."""


LEVEL_WORDS = {
    1: "misses most",
    2: "hits some points, goes no deeper",
    3: "covers it and can defend it",
    4: "adds unprompted nuance",
}
VERDICT_WORDS = {
    "pass": ("Pass", "at or above the mark, in total and in every dimension"),
    "borderline": ("Borderline", "within the measurement error of the mark"),
    "fail": ("Fail", "below the mark, in total or in a dimension"),
    "incomplete": ("Incomplete", "not decided until the open points are assessed"),
}
STATUS_WORDS: dict[Status, str] = {"scored": "scored", "pending": "pending", "not_assessed": "not assessed"}
PROPOSAL = "A proposal until a person has reviewed it."
FINAL = "Final: a person has reviewed this result."
DEFENDED = "Level: what the files show. Defended: what was defended in the talk; no point follows from it."
NOT_ISOLATED = (
    "Not isolated: the submission ran as ordinary processes on the grading machine, without containers. "
    "What needs a container was not assessed; use this result for practice only."
)


def points(value: float) -> str:
    """Points with at most one decimal, half up, without a trailing zero.

    >>> points(3.0), points(2.25), points(100)
    ('3', '2.3', '100')
    """
    return f"{half_up(value, 1):.1f}".removesuffix(".0")


def share(value: float) -> str:
    """A share in 0..1 as a percentage: one decimal below ten per cent.

    >>> share(0.0612), share(0.42), share(1.0)
    ('6.1 %', '42 %', '100 %')
    """
    return f"{100 * value:.1f} %" if 0 < abs(value) < 0.0995 else f"{100 * value:.0f} %"


def seconds(value: float) -> str:
    """A duration: tenths below ten seconds, minutes from a hundred and twenty on.

    >>> seconds(3.21), seconds(42.4), seconds(185)
    ('3.2 s', '42 s', '3 min 05 s')
    """
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02d} s"


def mebibytes(value: int) -> str:
    """A size in bytes, shown in MiB, or in GiB from one on.

    >>> mebibytes(5_242_880), mebibytes(1_610_612_736)
    ('5 MiB', '1.5 GiB')
    """
    return f"{value / 2**20:.0f} MiB" if value < 2**30 else f"{value / 2**30:.1f} GiB"


def executor_line(report: Report) -> str:
    """How the submission was run, in one line that scripts may look for."""
    return f"executor: {report.executor}" + ("" if report.isolated else " (not isolated)")


def standing(criterion: CriterionResult) -> str:
    """The level of a scored criterion, or why it has none."""
    if criterion.status != "scored" or criterion.level is None:
        return STATUS_WORDS[criterion.status]
    return f"level {criterion.level}"


def program_level(criterion: CriterionResult) -> str:
    """What the program had given where a person set the level, in words; empty elsewhere."""
    if criterion.person is None:
        return ""
    program = criterion.person.program
    return STATUS_WORDS[program.status] if program.level is None else f"level {program.level}"


def person_line(criterion: CriterionResult) -> str:
    """Both levels of a criterion that a person looked at, with who and why."""
    if criterion.person is None:
        return standing(criterion)
    person = criterion.person
    return f"{standing(criterion)} by {person.reviewer}, program: {program_level(criterion)}. {person.reason}"


def defended_line(dimension: DimensionResult) -> str:
    """The level of the talk with who gave it, why, and the level of the evidence; empty without one."""
    heard = dimension.defended
    if heard is None:
        return ""
    evidence = "none yet" if dimension.level is None else f"level {dimension.level}"
    return f"level {heard.level} by {heard.reviewer}, evidence: {evidence}. {heard.reason}"


def any_defended(dimensions: Iterable[HasDefended]) -> bool:
    """Whether a level of the talk was given to any dimension, so that the second level has to be explained."""
    return any(one.defended_level is not None for one in dimensions)


def told(criterion: CriterionResult) -> str:
    """What was found, in words that fit the level: a person's first, the program's marked as its own."""
    person = criterion.person
    if person is None:
        return criterion.message
    if (person.program.status, person.program.level) == ("scored", criterion.level):
        return f"{criterion.message} (confirmed by {person.reviewer}: {person.reason})"
    return f"set by {person.reviewer}: {person.reason} (program, {program_level(criterion)}: {criterion.message})"


def final_line(report: Report) -> str:
    """Whether a person has declared the result final, and who."""
    if not report.final:
        return PROPOSAL
    who = report.finalised
    return "Final." if who is None else f"Final: {who.reviewer}, {who.time}."


def reached(result: CriterionResult) -> str:
    """The points of a criterion; a dash where it was not scored, for that is no zero."""
    return points(result.points) if result.status == "scored" else "–"


def reached_in(dimension: HasPoints) -> str:
    """The points of a dimension; a dash where none of its criteria was scored."""
    return "–" if dimension.level is None else points(dimension.points)


def nothing_scored(report: Report) -> bool:
    """Whether every point is still open, so that total and level would say nothing."""
    return report.pending + report.not_assessed >= report.max - 1e-9


def findings_judged(report: Report) -> bool:
    """Whether the findings were held against the key; where they were not, nobody found or missed anything."""
    return any(part.level is not None for part in report.dimensions if part.id == "audit")


def total(report: Report) -> str:
    """The total; a dash where nothing was scored."""
    return "–" if nothing_scored(report) else points(report.total)


def bonus(report: Report) -> str:
    """The bonus; a dash where it was not scored."""
    return points(report.bonus) if report.bonus_detail.status == "scored" else "–"


def bonus_standing(status: Status, final: bool) -> str:
    """Why the bonus has no points, in words; a final result leaves it undetermined, since nothing waits any more.

    >>> bonus_standing("pending", False), bonus_standing("pending", True)
    ('pending', 'not determined')
    """
    return "not determined" if final and status == "pending" else STATUS_WORDS[status]


def overall_level(report: Report) -> int | None:
    """The level of the whole; null where nothing was scored."""
    return None if nothing_scored(report) else report.level


def open_points(report: Report) -> str:
    """What is still open, in words.

    Both figures are points out of `report.max`.
    """
    parts = [
        f"{points(amount)} {word}"
        for amount, word in ((report.pending, "pending"), (report.not_assessed, "not assessed"))
        if amount > 0
    ]
    return ", ".join(parts) + " of " + points(report.max) + " points" if parts else "no points"


def still_open(report: Report) -> str:
    """What is still open, with the levels that no person has confirmed; for reviewers.

    What candidates are shown does not tell whose levels they are, so there they could not be counted.
    """
    waiting = len(unconfirmed(report))
    if not waiting:
        return open_points(report)
    return f"{open_points(report)}; {waiting} {'level waits' if waiting == 1 else 'levels wait'} for a person"
