"""Grade what arrived one after another; a result that is there already is kept, a failure stops nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.inbox import Arrived
from grader.errors import GraderError, SandboxError
from grader.reports.exports.files import write_whole
from grader.reports.read import read_report
from grader.results import Report

RECORD = "batch.json"
"""Which bytes each result was made from."""


@dataclass(frozen=True)
class Outcome:
    """What came of a submission: its report, or why there is none; `kept` where it was graded before."""

    submission: str
    result: Path
    report: Report | None
    error: str = ""
    exit_code: int = 0
    kept: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Batch:
    """Where results go, what they depend on beside the submission, how one is graded; `again`: keep none.

    `stands` is whether a kept report is of the variant that the submission would be graded against now.
    """

    out: Path
    conditions: str
    grade: Callable[[Arrived, Path], Report]
    say: Callable[[str], None]
    again: bool = False
    stands: Callable[[Arrived, Report], bool] = lambda one, report: True


def run(batch: Batch, waiting: Sequence[Arrived]) -> Iterator[Outcome]:
    """Yield an outcome a submission, in order; what is finished is recorded at once, so a batch can go on."""
    batch.out.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(waiting, start=1):
        batch.say(f"{one.name} ({number} of {len(waiting)})")
        result = batch.out / one.name
        known = _kept(batch, one, result)
        if known is not None:
            batch.say("  graded before, kept")
            yield Outcome(one.path.name, result, known, kept=True)
            continue
        started = time.monotonic()
        try:
            report = batch.grade(one, result)
        except Exception as error:  # noqa: BLE001 -- whatever becomes of one submission, it stops no other
            said, code = _said(error)
            batch.say(f"  {said}")
            yield Outcome(one.path.name, result, None, said, code, seconds=time.monotonic() - started)
            continue
        _record(batch, one)
        yield Outcome(one.path.name, result, report, seconds=time.monotonic() - started)


def _said(error: Exception) -> tuple[str, int]:
    """Return why a submission has no result, and the exit code; what nobody foresaw is on our side."""
    if isinstance(error, GraderError):
        return " ".join(str(error).split()), error.exit_code
    return (
        f"failed on our side: {type(error).__name__}: {' '.join(str(error).split())}",
        SandboxError.exit_code,
    )


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0 where every submission has a result; 4 where the sandbox failed, else the first other code."""
    codes = [one.exit_code for one in outcomes if one.report is None]
    return SandboxError.exit_code if SandboxError.exit_code in codes else next(iter(codes), 0)


def _kept(batch: Batch, one: Arrived, result: Path) -> Report | None:
    """Return the report made from the same bytes under the same conditions, unless something of ours was pending."""
    if batch.again or not one.digest or _read(batch.out).get(one.name) != [one.digest, batch.conditions]:
        return None
    try:
        report = read_report(result)
    except GraderError:
        return None
    stands = batch.stands(one, report) and not any(phase.ours for phase in report.phases)
    return report if stands else None


def _read(out: Path) -> dict[str, list[str]]:
    try:
        found = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _record(batch: Batch, one: Arrived) -> None:
    known = {**_read(batch.out), one.name: [one.digest, batch.conditions]}
    write_whole(batch.out / RECORD, json.dumps(known, indent=2, sort_keys=True) + "\n")
