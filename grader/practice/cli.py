"""The command `takehome open-key`, and what `grade --practice` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import Json, errors_shown
from grader.errors import UsageError
from grader.practice.page import write_practice
from grader.reports.read import read_report
from grader.rescoring import open_truth
from grader.results import Report
from grader.truth import Truth


def refuse_unless_open(report: Report, truth: Truth) -> None:
    """Refuse to open the key of an issued variant before people have decided."""
    if report.variant != truth.key.variant:
        raise UsageError(f"the result is of variant {report.variant}; the vault is {truth.key.variant}")
    if truth.key.origin != "practice" and not report.final:
        raise UsageError(
            f"variant {truth.key.variant} was issued and its result is not final; "
            "open the key after the decision: takehome review RESULT_DIR --finalise"
        )


def register(app: typer.Typer) -> None:
    """Add `open-key` to a command line application."""

    @app.command("open-key", epilog="Example: takehome open-key results/ada --vault issued/ada/vault")
    def open_key_command(
        result: Annotated[Path, typer.Argument(help="The result folder of a grading.")],
        vault: Annotated[
            Path, typer.Option("--vault", help="The folder with key.json, or a folder of vaults.")
        ],
        as_json: Json = False,
    ) -> None:
        """Write practice.html: every defect with a plot, the lines that show it, and what was reported.

        For practice variants at any time; for issued ones once the result is final.
        """
        with errors_shown():
            report = read_report(result)
            truth = open_truth(vault, report.variant)
            refuse_unless_open(report, truth)
            page = write_practice(report, truth, result)
            typer.echo(json.dumps({"page": str(page)}) if as_json else f"the key, opened: {page}")
