"""The log on its way from an earlier result to the one that takes its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.reports.read import read_report
from grader.results import Report
from grader.review.entries import AnyEntry
from grader.review.log import NAME, last_digest, locked, read_log

_ELSEWHERE = "expected another --out, or that folder moved away"


def anchored(report: Report, folder: Path) -> Report:
    """Return the report with the digest of the folder's log, so that a change of its last line is seen."""
    return report.model_copy(update={"review": last_digest(folder)})


@contextmanager
def carried_over(earlier: Path, fresh: Path) -> Iterator[tuple[AnyEntry, ...]]:
    """Copy the log of an earlier result into a fresh one and hold the earlier until that one took its place.

    Without an earlier result there is nothing to hold. Raises UsageError where the log was changed by hand.
    """
    if not (earlier / "report.json").is_file():
        yield ()
        return
    with locked(earlier):
        entries = read_log(earlier)
        if (earlier / NAME).is_file():
            shutil.copyfile(earlier / NAME, fresh / NAME)
        yield entries


def refuse_other_decided(earlier: Path, sha256: str, name: str) -> None:
    """Refuse to let another submission take the place of a result on which people decided.

    Its evidence and reports would be gone, and what was decided would stand beside a result that it is not about.
    """
    try:
        held = read_report(earlier).submission
    except UsageError:
        return  # no report that anybody could have decided on
    decided = [one for one in read_log(earlier) if one.submission == held.sha256]
    if held.sha256 != sha256 and decided:
        raise UsageError(
            f"{earlier}: holds the result of {held.name}, on which {decided[-1].reviewer} decided; found {name}, "
            f"another submission; {_ELSEWHERE}"
        )


def refuse_lost_decisions(earlier: Path, carried: Sequence[AnyEntry]) -> None:
    """Refuse to let another result folder take the place of one whose decisions are not all in `carried`.

    `carried` is the log that comes in the place of this one, whichever submission the two are about.
    """
    lost = [one for one in read_log(earlier) if one not in carried]
    if lost:
        raise UsageError(
            f"{earlier}: holds a result on which {lost[-1].reviewer} decided, and the log that would take the "
            f"place of its own lacks that; {_ELSEWHERE}"
        )
