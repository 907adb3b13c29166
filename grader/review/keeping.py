"""The log on its way from an earlier result to the one that takes its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.results import Report
from grader.review.entries import AnyEntry
from grader.review.log import NAME, last_digest, locked, read_log


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
