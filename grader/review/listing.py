"""What a person should look at before a result is final."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader.plain_text import one_line, plain
from grader.proposals import Why, judges_readme, unconfirmed, why_waiting
from grader.reports import wording
from grader.results import CriterionResult, Finalised, Report
from grader.review.applying import undecided_flags

WHY_WORDS: dict[Why, str] = {
    "pending": "nothing was scored; a person must look",
    "not assessed": "could not be measured here",
    "low confidence": "the program is unsure",
    "proposal": "README levels are proposals until a person has read the text",
}

BONUS_OPEN = (
    "The bonus stays open, for it could not be determined and no person can set it: to settle it, grade again with "
    "the same command; what was decided is kept."
)


@dataclass(frozen=True)
class Waiting:
    """A criterion that waits for a person, and why."""

    criterion: CriterionResult
    why: Why


def waiting(report: Report) -> tuple[Waiting, ...]:
    """Return the criteria nobody looked at yet that should be: open ones, uncertain ones, README proposals.

    In a practice grading README levels stand as they are.
    """
    judged = judges_readme(report)
    found = [
        Waiting(one, why)
        for part in report.dimensions
        for one in part.criteria
        if (why := why_waiting(one, part.id, judged)) is not None
    ]
    order = tuple(WHY_WORDS)
    return tuple(sorted(found, key=lambda one: (order.index(one.why), one.criterion.confidence)))


def as_json(report: Report, was_final: Finalised | None = None) -> dict[str, object]:
    """Return the list as plain values; `was_final` is who had declared the result final where that ended."""
    return {
        "submission": report.submission.name,
        "total": report.total,
        "verdict": report.verdict,
        "final": report.final,
        "was_final": was_final.model_dump(mode="json") if was_final else None,
        "open": [
            {
                "id": one.criterion.id,
                "why": one.why,
                "level": one.criterion.level,
                "points": one.criterion.points,
                "max": one.criterion.max,
                "confidence": one.criterion.confidence,
                "message": one.criterion.message,
            }
            for one in waiting(report)
        ],
        "bonus": report.bonus if report.bonus_detail.status == "scored" else None,
        "flags": [flag.model_dump(mode="json") for flag in report.red_flags],
        "decided": [
            {"id": one.id, "level": one.level, **one.person.model_dump(mode="json")}
            for part in report.dimensions
            for one in part.criteria
            if one.person is not None
        ],
        "defended": {
            part.id: part.defended.model_dump(mode="json")
            for part in report.dimensions
            if part.defended is not None
        },
    }


def print_listing(report: Report, console: Console, folder: str, was_final: Finalised | None = None) -> None:
    """Print what waits, the flags, what was decided, and how to go on; candidates' text is shown as it is.

    `was_final` is who had declared the result final where that does not hold any more.
    """
    word = wording.VERDICT_WORDS[report.verdict][0]
    state = wording.final_line(report)
    _say(
        console,
        f"{report.submission.name}: {wording.total(report)} of {wording.points(report.max)}, {word}",
        "bold",
    )
    _say(console, state)
    if was_final:
        _say(
            console,
            f"No longer final: {was_final.reviewer} declared it final at {was_final.time}; what was decided or "
            "scored since took that back. Declare it final again with --finalise.",
            "bold",
        )
    if report.bonus_detail.status == "pending":
        _say(console, BONUS_OPEN)
    _print_waiting(report, console)
    _print_flags(report, console)
    _print_decided(report, console)
    if not report.final:
        name = '--reviewer NAME --reason "…"'
        console.print()
        _say(console, "To decide:")
        review = f"takehome review {shlex.quote(folder)}"
        accept = " --accept-proposals" if unconfirmed(report) else ""
        for line in (
            f"{review} --set CRITERION=LEVEL {name}",
            *([f"{review} --flag ID=confirmed {name}"] if report.red_flags else []),
            f"{review}{accept} --finalise --reviewer NAME",
        ):
            console.print(_encoded(console, f"  {plain(line)}"), soft_wrap=True)


def _print_waiting(report: Report, console: Console) -> None:
    found = waiting(report)
    console.print()
    if not found:
        _say(console, "Nothing waits for a person.")
    last: Why | None = None
    for one in found:
        if one.why != last:
            _say(console, f"{one.why.capitalize()}: {WHY_WORDS[one.why]}", "bold")
            last = one.why
        criterion = one.criterion
        sure = "" if criterion.status != "scored" else f", confidence {criterion.confidence:.2f}"
        head = f"{criterion.id}  {wording.standing(criterion)}{sure}"
        console.print(Padding(_text(console, head), (0, 0, 0, 2)))
        console.print(Padding(_text(console, criterion.message, "dim", 200), (0, 0, 0, 6)))


def _print_flags(report: Report, console: Console) -> None:
    if not report.red_flags:
        return
    console.print()
    _say(console, f"Red flags ({len(undecided_flags(report))} to confirm or dismiss)", "bold")
    for flag in report.red_flags:
        who = f" by {flag.person.reviewer}: {flag.person.reason}" if flag.person else ""
        console.print(Padding(_text(console, f"{flag.id}  {flag.state}{who}"), (0, 0, 0, 2)))
        console.print(Padding(_text(console, flag.message, "dim", 200), (0, 0, 0, 6)))


def _print_decided(report: Report, console: Console) -> None:
    decided = [one for part in report.dimensions for one in part.criteria if one.person]
    if decided:
        console.print()
        _say(console, "Set by a person", "bold")
    for one in decided:
        console.print(
            Padding(_text(console, f"{one.id}  {wording.person_line(one)}", longest=400), (0, 0, 0, 2))
        )
    heard = [part for part in report.dimensions if part.defended]
    if heard:
        console.print()
        _say(console, "Defended in the talk", "bold")
    for part in heard:
        line = f"{part.id}  {wording.defended_line(part)}"
        console.print(Padding(_text(console, line, longest=400), (0, 0, 0, 2)))


def _say(console: Console, content: str, style: str = "") -> None:
    console.print(_text(console, content, style), soft_wrap=True)


def _text(console: Console, content: str, style: str = "", longest: int = 300) -> Text:
    return _encoded(console, one_line(content, longest), style)


def _encoded(console: Console, content: str, style: str = "") -> Text:
    encoding = console.encoding or "utf-8"
    return Text(content.encode(encoding, "replace").decode(encoding), style=style)
