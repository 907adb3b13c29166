"""What a reviewer asks for on the command line, checked against the report and turned into entries of the log."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from grader.errors import UsageError
from grader.proposals import unconfirmed
from grader.results import ProgramValue, Report
from grader.review.applying import as_scored, mark_of, open_criteria, reviewed, undecided_flags
from grader.review.entries import LONGEST, AnyEntry, FlagDecided, LevelDefended, LevelSet, ResultFinalised

LEVELS = ("1", "2", "3", "4")
STATES = ("confirmed", "dismissed")
ACCEPTED = "accepted as proposed"
"""The reason of a level that stands because a person accepted all remaining proposals."""


@dataclass(frozen=True)
class Decision:
    """One call of the command: levels as CRITERION=LEVEL, flags as ID=STATE, and who, why and when (UTC).

    `accept` takes every proposal that still waits at the level the program gave. `defended` are the levels of the
    talk as DIMENSION=LEVEL; `reasons` are those of single dimensions, in the place of `reason`.
    """

    levels: tuple[str, ...]
    flags: tuple[str, ...]
    finalise: bool
    reviewer: str
    reason: str
    time: str
    accept: bool = False
    defended: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def entries_of(report: Report, log: Sequence[AnyEntry], asked: Decision) -> tuple[AnyEntry, ...]:
    """Return the entries to add, not yet chained.

    Raises UsageError where a criterion, level, flag or state does not exist, where reviewer or reason is
    missing, or where the result is to be final while something is open or a level is still a proposal.
    """
    mark_of(report)
    if not re.search(r"\S", asked.reviewer):
        raise UsageError("--reviewer: say who decides; expected a name")
    if (asked.levels or asked.flags or asked.defended) and not re.search(r"\S", asked.reason):
        raise UsageError("--reason: say why; a decision without a reason is not recorded")
    reasons = (("--reason", text) for text in (asked.reason, *asked.reasons.values()))
    for name, text in (("--reviewer", asked.reviewer), *reasons):
        if len(text) > LONGEST:
            raise UsageError(f"{name}: {len(text):,} characters; expected at most {LONGEST:,}")
    plain = as_scored(report)
    made: list[AnyEntry] = [
        *(_level(plain, text, asked) for text in asked.levels),
        *(_flag(plain, text, asked) for text in asked.flags),
        *(_defended(plain, text, asked) for text in asked.defended),
    ]
    if asked.accept:
        made += _accepted(plain, reviewed(report, [*log, *made]), asked)
    if asked.finalise:
        made.append(_final(reviewed(report, [*log, *made]), asked))
    return tuple(made)


def _signed(report: Report, asked: Decision) -> dict[str, str]:
    return {
        "time": asked.time,
        "reviewer": asked.reviewer,
        "submission": report.submission.sha256,
        "previous": "",
    }


def _level(report: Report, text: str, asked: Decision) -> LevelSet:
    name, _, wanted = text.partition("=")
    known = {one.id: one for part in report.dimensions for one in part.criteria}
    if name not in known:
        raise UsageError(f"--set {text}: no criterion {name!r}; expected one of {', '.join(known)}")
    if wanted not in LEVELS:
        raise UsageError(f"--set {text}: found level {wanted!r}; expected CRITERION=LEVEL, level 1 to 4")
    found = known[name]
    program = ProgramValue(points=found.points, level=found.level, status=found.status)
    return LevelSet(
        **_signed(report, asked), criterion=name, program=program, level=int(wanted), reason=asked.reason
    )


def _defended(report: Report, text: str, asked: Decision) -> LevelDefended:
    name, _, wanted = text.partition("=")
    known = [part.id for part in report.dimensions]
    if name not in known:
        raise UsageError(f"--defended {text}: no dimension {name!r}; expected one of {', '.join(known)}")
    if wanted not in LEVELS:
        raise UsageError(f"--defended {text}: found level {wanted!r}; expected DIMENSION=LEVEL, level 1 to 4")
    reason = asked.reasons.get(name, asked.reason)
    return LevelDefended(**_signed(report, asked), dimension=name, level=int(wanted), reason=reason)


def _accepted(plain: Report, report: Report, asked: Decision) -> list[LevelSet]:
    reason = f"{ACCEPTED}: {asked.reason}" if asked.reason.strip() else ACCEPTED
    levels = [f"{one.id}={one.level}" for one in unconfirmed(report) if one.level is not None]
    if not levels and not asked.finalise:
        raise UsageError("--accept-proposals: no proposal waits for a person; there is nothing to accept")
    return [_level(plain, text, replace(asked, reason=reason[:LONGEST])) for text in levels]


def _flag(report: Report, text: str, asked: Decision) -> FlagDecided:
    name, _, state = text.partition("=")
    raised = [flag.id for flag in report.red_flags]
    if name not in raised:
        raise UsageError(
            f"--flag {text}: no flag {name!r} is raised; expected one of {', '.join(raised) or 'none'}"
        )
    if state not in STATES:
        raise UsageError(f"--flag {text}: found {state!r}; expected ID=confirmed or ID=dismissed")
    decided = cast(Literal["confirmed", "dismissed"], state)
    return FlagDecided(**_signed(report, asked), flag=name, state=decided, reason=asked.reason)


def _final(report: Report, asked: Decision) -> ResultFinalised:
    waiting = [one.id for one in open_criteria(report)]
    if waiting:
        raise UsageError(
            f"--finalise: still pending: {', '.join(waiting)}; give each a level with --set, or grade again"
        )
    flags = [flag.id for flag in undecided_flags(report)]
    if flags:
        raise UsageError(
            f"--finalise: flags nobody decided: {', '.join(flags)}; confirm or dismiss each with --flag"
        )
    proposals = [one.id for one in unconfirmed(report)]
    if proposals:
        raise UsageError(
            f"--finalise: levels no person has confirmed: {', '.join(proposals)}; read them and give each a level "
            "with --set, or accept all that remain as they stand with --accept-proposals"
        )
    return ResultFinalised(
        **_signed(report, asked), rubric=report.rubric.sha256, total=report.total, reason=asked.reason
    )
