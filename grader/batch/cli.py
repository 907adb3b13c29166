"""The command `takehome batch`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch.inbox import Arrived, arrived, find_vaults
from grader.batch.running import Batch, exit_code, run
from grader.batch.table import print_table, table_csv, table_json
from grader.command_line import Json, LimitsPath, PhaseCachePath, RubricPath, errors_shown
from grader.execution.limits import load_limits
from grader.execution.protocol import Executor
from grader.pipeline.grading import Order, grade
from grader.pipeline.phase_cache import PhaseCache, default_cache
from grader.pipeline.phase_key import digest_of
from grader.pipeline.progress import Lines, Progress, Silent
from grader.reports.exports.files import write_whole
from grader.rescoring import open_truth
from grader.results import Report
from grader.rubric import DEFAULT, load_rubric

TABLE = "batch.csv"
Opened = Callable[[bool, Progress], AbstractContextManager[Executor]]
"""Opens an executor, the local one where True, and closes it whatever happens."""


def register(app: typer.Typer, opened: Opened) -> None:
    """Add `batch` to a command line application."""

    @app.command("batch", epilog="Example: takehome batch inbox --vault issued --out results")
    def batch_command(
        inbox: Annotated[Path, typer.Argument(help="A folder with submissions: archives and folders.")],
        vault: Annotated[Path, typer.Option("--vault", help="The folder with all vaults.")],
        out: Annotated[Path, typer.Option("--out", help="A result folder a submission, and batch.csv.")],
        listed: Annotated[
            Path | None,
            typer.Option(
                "--list", help="CSV with submission,variant; else names of files and vaults must fit."
            ),
        ] = None,
        local: Annotated[
            bool, typer.Option("--local", help="Not isolated, practice variants only; builds nothing.")
        ] = False,
        rubric: RubricPath = DEFAULT,
        limits: LimitsPath = None,
        kept: PhaseCachePath = None,
        again: Annotated[bool, typer.Option("--again", help="Grade everything again.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", help="No progress lines.")] = False,
        as_json: Json = False,
    ) -> None:
        """Grade a whole inbox, one after another, and print one table.

        Interrupted, it goes on where it was. A submission that cannot be graded stops no other; the exit code
        is 0 where all have a result.
        """
        with errors_shown():
            vaults = find_vaults(vault, listed)
            loaded, limited = load_rubric(rubric), load_limits(limits)
            waiting = arrived(inbox)
            progress: Progress = Silent() if quiet else Lines()
            cache = None if local else PhaseCache(kept or default_cache(), fresh=again)

            def one(submission: Arrived, result: Path) -> Report:
                truth = open_truth(vaults.of(submission.name))
                order = Order(submission.path, truth, loaded, limited, result, cache)
                with opened(local, progress) as executor:
                    return grade(order, executor, progress)

            conditions = digest_of(
                [loaded.sha256, limited.model_dump(mode="json"), local, str(vault.resolve())]
            )
            batch = Batch(out, conditions, one, progress.note, again)
            outcomes = []
            for outcome in run(batch, waiting):
                outcomes.append(outcome)
                write_whole(out / TABLE, table_csv(outcomes))
            if as_json:
                typer.echo(json.dumps(table_json(outcomes), ensure_ascii=False))
            else:
                print_table(outcomes, Console())
                typer.echo(f"table: {out / TABLE}")
            if code := exit_code(outcomes):
                raise typer.Exit(code)
