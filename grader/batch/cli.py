"""The command `takehome batch`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import grader
from grader.batch.inbox import Arrived, arrived, find_vaults, passed_over
from grader.batch.running import Batch, Outcome, exit_code, recorded, run, standing
from grader.batch.table import print_shared, print_table, sharing, table_csv, table_json
from grader.command_line import Json, LimitsPath, OfflineBuild, PhaseCachePath, RubricPath, errors_shown
from grader.errors import SubmissionError, UsageError
from grader.execution.limits import Limits, load_limits
from grader.execution.protocol import Executor
from grader.pipeline.elsewhere import keys_below
from grader.pipeline.grading import Order, grade
from grader.pipeline.phase_cache import PhaseCache, default_cache
from grader.pipeline.phase_key import digest_of, whole_hash
from grader.pipeline.progress import Lines, Progress, Silent
from grader.pipeline.stated_variant import stated_variants
from grader.plain_text import one_line
from grader.reports.exports.spreadsheet import BATCH_TABLE as TABLE
from grader.rescoring import open_truth, remember_vault
from grader.results import Report
from grader.rubric import DEFAULT, Rubric, load_rubric
from grader.whole_file import write_whole

Opened = Callable[[bool, bool, Progress], AbstractContextManager[Executor]]
"""Opens an executor (the local one? building offline?) and closes it whatever happens."""


def register(app: typer.Typer, opened: Opened) -> None:
    """Add `batch` to a command line application."""

    @app.command("batch", epilog="Example: takehome batch inbox --vault issued --out results")
    def batch_command(
        out: Annotated[Path, typer.Option("--out", help="A result folder a submission, and batch.csv.")],
        inbox: Annotated[
            Path | None, typer.Argument(help="A folder with submissions: archives and folders.")
        ] = None,
        vault: Annotated[Path | None, typer.Option("--vault", help="The folder with all vaults.")] = None,
        listed: Annotated[
            Path | None,
            typer.Option(
                "--list",
                help="CSV with submission,variant; else names of files and vaults must fit, or "
                "the submission's contract.yaml.",
            ),
        ] = None,
        local: Annotated[
            bool, typer.Option("--local", help="Not isolated, practice variants only; builds nothing.")
        ] = False,
        offline_build: OfflineBuild = False,
        rubric: RubricPath = DEFAULT,
        limits: LimitsPath = None,
        kept: PhaseCachePath = None,
        again: Annotated[bool, typer.Option("--again", help="Grade everything again.")] = False,
        table: Annotated[
            bool,
            typer.Option(
                "--table", help="Only remake the table from the results in --out, as decided since."
            ),
        ] = False,
        quiet: Annotated[bool, typer.Option("--quiet", help="No progress lines.")] = False,
        as_json: Json = False,
    ) -> None:
        """Grade a whole inbox, one after another, and print one table.

        Interrupted, it goes on where it was. A submission that cannot be graded stops no other; the exit code
        is 0 where all have a result.
        """
        kept_so_far = "finished results are kept" if local else "finished results and phases are kept"
        with errors_shown(f"{kept_so_far}; run the same command again"):
            if table:
                remade(out, load_rubric(rubric), as_json)
                return
            if inbox is None or vault is None:
                missing = "INBOX" if inbox is None else "--vault"
                raise UsageError(f"{missing}: expected a folder; only --table does without")
            if out.resolve().is_relative_to(inbox.resolve()):
                raise UsageError(f"--out {out}: lies in the inbox, where it would be taken for a submission")
            vaults = find_vaults(vault, listed)
            loaded, limited = load_rubric(rubric), load_limits(limits)
            waiting = arrived(inbox)
            for line in vaults.of_nobody([*(one.name for one in waiting), *recorded(out)]):
                typer.echo(one_line(line, 600), err=True)
            progress: Progress = Silent() if quiet else Lines()
            cache = None if local else PhaseCache(kept or default_cache(), fresh=again)
            keys = keys_below(vault, progress.note)

            def one(submission: Arrived, result: Path) -> Report:
                with opened(local, offline_build, progress) as executor:
                    stated = partial(stated_variants, submission.path, result, executor, limited)
                    truth = open_truth(vaults.of(submission.name, stated))
                    order = Order(submission.path, truth, loaded, limited, result, cache, others=keys)
                    try:
                        report = grade(order, executor, progress)
                    except SubmissionError as error:
                        if error.rule != "wrong-variant":
                            raise
                        todo = vaults.advice(submission.name, truth.key.variant, stated)
                        raise SubmissionError(f"{error}; {todo}", error.rule) from error
                remember_vault(result, truth.folder)
                return report

            def stands(submission: Arrived, report: Report) -> bool:
                return vaults.may_be(submission.name, report.variant)

            given = conditions(loaded, limited, local, vault, offline_build)
            batch = Batch(out, given, one, progress.note, again, stands)
            outcomes: list[Outcome] = []
            rows: list[Outcome] = []
            for outcome in run(batch, waiting):
                outcomes.append(outcome)
                rows = [*outcomes, *standing(out, outcomes)]
                write_whole(out / TABLE, table_csv(rows, loaded))
            show(rows, sharing(rows) if len(vaults.names) > 1 else {}, out, as_json)
            for line in earlier_rows(rows[len(outcomes) :], loaded):
                typer.echo(line, err=True)
            if left := passed_over(inbox):
                typer.echo(f"taken for no submission: {', '.join(map(one_line, left))}", err=True)
            if code := exit_code(outcomes):
                raise typer.Exit(code)


def remade(out: Path, rubric: Rubric, as_json: bool) -> None:
    """Make the table of a results folder anew from the reports in it; UsageError where no batch left one."""
    rows = standing(out, ())
    if not rows:
        raise UsageError(f"--out {out}: no result of a batch in it; expected the results folder of one")
    write_whole(out / TABLE, table_csv(rows, rubric))
    shared = sharing(rows)
    show(rows, shared if len({one.report.variant for one in rows if one.report}) > 1 else {}, out, as_json)


def show(rows: Sequence[Outcome], shared: Mapping[str, Sequence[str]], out: Path, as_json: bool) -> None:
    """Print the table, or the rows as JSON."""
    if as_json:
        typer.echo(json.dumps(table_json(rows, shared), ensure_ascii=False))
        return
    print_table(rows, Console())
    print_shared(shared, Console())
    typer.echo(f"table: {out / TABLE}")


def earlier_rows(rows: Sequence[Outcome], rubric: Rubric) -> list[str]:
    """Return what to say of rows that stand from earlier batches; of another grader they do not rank beside these."""
    said = []
    if rows:
        said.append(f"of earlier batches into this folder: {_names(rows)}")
    now = (rubric.sha256, grader.__version__)
    other = [o for o in rows if o.report and (o.report.rubric.sha256, o.report.grader.version) != now]
    if other:
        said.append(f"of another rubric or version than the others: {_names(other)}")
    return said


def _names(rows: Sequence[Outcome]) -> str:
    return ", ".join(one_line(one.submission, 80) for one in rows)


def conditions(rubric: Rubric, limits: Limits, local: bool, vault: Path, offline_build: bool) -> str:
    """Return what results depend on beside the submission; of another grader they would rank beside these."""
    ours = [grader.__version__, whole_hash()]
    asked = [limits.model_dump(mode="json"), local, str(vault.resolve()), offline_build]
    return digest_of([*ours, rubric.sha256, *asked])
