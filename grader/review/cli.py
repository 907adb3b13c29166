"""The command `takehome review`."""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.command_line import Json, errors_shown
from grader.errors import SandboxError, UsageError
from grader.reports.exports.spreadsheet import BATCH_TABLE
from grader.reports.read import read_report
from grader.reports.write import write_reports
from grader.results import Finalised, Report
from grader.review import log
from grader.review.applying import lapsed, reviewed
from grader.review.deciding import Decision, entries_of
from grader.review.keeping import anchored
from grader.review.listing import as_json as listing_json
from grader.review.listing import print_listing

Remake = Callable[[Report], Report]
"""What follows from the levels and is made by a part above this one: the questions for the talk."""


def unchanged(report: Report) -> Report:
    """Return the report as it is."""
    return report


def decide(folder: Path, asked: Decision, remake: Remake = unchanged) -> tuple[Report, Finalised | None]:
    """Record a decision and write the reports anew; whoever comes second waits.

    Returns the report, and who had declared it final where that ended. The log is written first: should the
    reports fail, the next review or scoring makes them from it; on a full disk a SandboxError says so.
    """
    with log.locked(folder):
        report, known = read_report(folder), log.read_log(folder)
        entries = log.chained(entries_of(report, known, asked), log.last_digest(folder))
        decided = (*known, *entries)
        made = remake(reviewed(report, decided))
        log.append(folder, entries)
        made = anchored(made, folder)
        try:
            write_reports(made, folder)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise SandboxError(
                f"{folder}: the decision is recorded in {log.NAME}; the reports could not be written: "
                f"{error.strerror}; make room, and the next `takehome review {folder}` writes them"
            ) from error
        return made, lapsed(made, decided)


def current(folder: Path, remake: Remake = unchanged) -> tuple[Report, Finalised | None]:
    """Return the report with the whole log applied, and who had declared it final where that ended.

    Reports that lack a recorded decision, because writing them failed, are written anew.
    """
    with log.locked(folder):
        report, known = read_report(folder), log.read_log(folder)
        made = anchored(reviewed(report, known), folder)
        if made.review != report.review:
            # A folder that cannot be written to can still be looked at.
            with suppress(OSError):
                made = remake(made)
                write_reports(made, folder)
        return made, lapsed(made, known)


def record_defended(
    folder: Path,
    levels: tuple[str, ...],
    reviewer: str,
    reasons: Mapping[str, str],
    remake: Remake = unchanged,
) -> Report:
    """Record levels of the talk as DIMENSION=LEVEL, each for the reason of its dimension.

    The reports then show them beside those of the evidence.
    """
    asked = Decision((), (), False, reviewer, "panel", _now(), defended=levels, reasons=reasons)
    return decide(folder, asked, remake)[0]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def of_batch(result: Path) -> str | None:
    """Return how to remake the table of a batch that lies beside a result; null where there is none."""
    results = result.resolve().parent if result.name in ("", "..") else result.parent
    if not (results / BATCH_TABLE).is_file():
        return None
    remake = f"takehome batch --table --out {shlex.quote(str(results))}"
    return f"{results / BATCH_TABLE} was made before this decision; remake it: {remake}"


def register(app: typer.Typer, remake: Remake = unchanged) -> None:
    """Add `review` to a command line application; `remake` brings what follows from the levels in line with them."""

    @app.command(
        "review",
        epilog='Example: takehome review results/ada --set readme.communication=3 --reason "clear" --reviewer Grace',
    )
    def review_command(
        result: Annotated[Path, typer.Argument(help="The result folder of a grading.")],
        levels: Annotated[
            list[str] | None,
            typer.Option("--set", metavar="CRITERION=LEVEL", help="Set a level 1 to 4; may be repeated."),
        ] = None,
        flags: Annotated[
            list[str] | None,
            typer.Option("--flag", metavar="ID=STATE", help="confirmed or dismissed; may be repeated."),
        ] = None,
        defended: Annotated[
            list[str] | None,
            typer.Option(
                "--defended",
                metavar="DIMENSION=LEVEL",
                help="The level defended in the talk, 1 to 4, beside that of the evidence; may be repeated.",
            ),
        ] = None,
        finalise: Annotated[
            bool,
            typer.Option(
                "--finalise", help="Declare the result final; nothing may be open, no level a proposal."
            ),
        ] = False,
        accept: Annotated[
            bool,
            typer.Option(
                "--accept-proposals", help="Accept every level that is still a proposal, as it stands."
            ),
        ] = False,
        reason: Annotated[str, typer.Option("--reason", help="Why; goes into the log and the report.")] = "",
        reviewer: Annotated[
            str, typer.Option("--reviewer", envvar="TAKEHOME_REVIEWER", help="Who decides.")
        ] = "",
        as_json: Json = False,
    ) -> None:
        """List what waits for a person, and record what a person decides.

        Decisions go to review.jsonl in the result folder, which is only ever added to; the reports then show
        the program's level and the person's. Scoring again applies them again.
        """
        with errors_shown():
            if not result.is_dir():
                raise UsageError(f"{result}: no such folder; expected the result folder of a grading")
            stale = None
            if levels or flags or defended or finalise or accept:
                asked = Decision(
                    tuple(levels or ()),
                    tuple(flags or ()),
                    finalise,
                    reviewer,
                    reason,
                    _now(),
                    accept,
                    tuple(defended or ()),
                )
                report, was_final = decide(result, asked, remake)
                stale = of_batch(result)
            elif reason:
                raise UsageError(
                    "--reason: nothing to decide; expected --set, --flag, --defended, --accept-proposals or "
                    "--finalise with it"
                )
            else:
                report, was_final = current(result, remake)
            if as_json:
                typer.echo(json.dumps(listing_json(report, was_final), ensure_ascii=False))
            else:
                print_listing(report, Console(), str(result), was_final)
            if stale is not None:
                typer.echo(stale, err=True)
