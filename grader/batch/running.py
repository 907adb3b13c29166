"""Grade what arrived one after another; a result that is there already is kept, a failure stops nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.batch.inbox import Arrived
from grader.errors import GraderError, SandboxError, UsageError
from grader.reports.read import read_report
from grader.results import Report
from grader.whole_file import write_whole

RECORD = "batch.json"
"""Which bytes each result was made from, under what conditions, and what the submission was called."""


@dataclass(frozen=True)
class Outcome:
    """What came of a submission: its report, or why there is none; `kept` where it was graded before.

    With both, grading failed, and the report is that of the earlier result, which stands.
    """

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
            _record(batch, one)
            yield Outcome(one.path.name, result, known, kept=True)
            continue
        started = time.monotonic()
        try:
            if one.trouble:
                raise UsageError(one.trouble)
            report = batch.grade(one, result)
        except Exception as error:  # noqa: BLE001 -- whatever becomes of one submission, it stops no other
            said, code = _said(error)
            earlier = _earlier(result)
            if earlier is not None:
                said = f"{_of_earlier(batch, one, earlier)} stands; now: {said}"
            batch.say(f"  {said}")
            seconds = time.monotonic() - started
            yield Outcome(one.path.name, result, earlier, said, code, earlier is not None, seconds)
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
    codes = [one.exit_code for one in outcomes if one.report is None or one.error]
    return SandboxError.exit_code if SandboxError.exit_code in codes else next(iter(codes), 0)


def _kept(batch: Batch, one: Arrived, result: Path) -> Report | None:
    """Return the report made from the same bytes under the same conditions, unless something of ours was pending."""
    if (
        batch.again
        or not one.digest
        or recorded(batch.out).get(one.name, [])[:2] != [one.digest, batch.conditions]
    ):
        return None
    report = _earlier(result)
    if report is None:
        return None
    stands = batch.stands(one, report) and not any(phase.failed_on_our_side for phase in report.phases)
    return report if stands else None


def _earlier(result: Path) -> Report | None:
    try:
        return read_report(result)
    except GraderError:
        return None


def _of_earlier(batch: Batch, one: Arrived, report: Report) -> str:
    known = recorded(batch.out).get(one.name, [""])[0]
    other = ", of other files," if known and one.digest and known != one.digest else ""
    return f"the earlier result (variant {report.variant}){other}"


@lru_cache(maxsize=4096)
def _read_once(result: Path, stamp: int) -> Report:
    """Read a report that is asked for after each submission; the time of its last change tells another one."""
    return read_report(result)


def standing(out: Path, done: Sequence[Outcome]) -> list[Outcome]:
    """Return what earlier batches finished in a results folder and this one has not come to, read from the reports.

    It may be of another inbox, or wait for its turn. A result whose folder is gone is no result.
    """
    seen = {one.result for one in done}
    found = []
    for name, of in recorded(out).items():
        result = out / name
        report = result / "report.json"
        if result in seen or not report.is_file():
            continue
        called = of[2] if len(of) > 2 else name
        try:
            found.append(Outcome(called, result, _read_once(result, report.stat().st_mtime_ns), kept=True))
        except GraderError as error:
            found.append(Outcome(called, result, None, *_said(error), kept=True))
    return found


def recorded(out: Path) -> dict[str, list[str]]:
    """Return what is noted of each result of a results folder by its name; nothing where no batch left a note."""
    try:
        found = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: of for name, of in found.items() if isinstance(of, list)} if isinstance(found, dict) else {}


def _record(batch: Batch, one: Arrived) -> None:
    earlier, now = recorded(batch.out), [one.digest, batch.conditions, one.path.name]
    if earlier.get(one.name) == now:
        return
    known = {**earlier, one.name: now}
    write_whole(batch.out / RECORD, json.dumps(known, indent=2, sort_keys=True) + "\n")
