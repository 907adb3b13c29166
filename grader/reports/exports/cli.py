"""The command `takehome export`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import Json, errors_shown
from grader.errors import UsageError
from grader.reports.exports.audience import Audience, for_audience
from grader.reports.exports.gradescope import render_gradescope
from grader.reports.exports.markdown import render_markdown
from grader.reports.exports.spreadsheet import render_csv
from grader.reports.junit import render_junit
from grader.reports.read import read_report
from grader.results import Report
from grader.whole_file import write_whole


class Format(StrEnum):
    """What another system reads."""

    junit = "junit"
    gradescope = "gradescope"
    markdown = "markdown"
    csv = "csv"


READERS = {
    Format.junit: Audience.reviewer,
    Format.gradescope: Audience.candidate,
    Format.markdown: Audience.candidate,
    Format.csv: Audience.reviewer,
}
"""Who usually sees it: Gradescope and pull requests are open to candidates."""


def export(report: Report, wanted: Format, audience: Audience | None = None, header: bool = False) -> str:
    """Return the report in a format, for its usual readers unless said otherwise."""
    shown = for_audience(report, audience or READERS[wanted])
    if wanted is Format.junit:
        return render_junit(shown)
    if wanted is Format.gradescope:
        return render_gradescope(shown)
    return render_markdown(shown) if wanted is Format.markdown else render_csv(shown, header)


def register(app: typer.Typer) -> None:
    """Add `export` to a command line application."""

    @app.command("export", epilog="Example: takehome export results/ada --format markdown --out comment.md")
    def export_command(
        result: Annotated[Path, typer.Argument(help="The result folder of a grading.")],
        wanted: Annotated[Format, typer.Option("--format", help="What another system reads.")],
        out: Annotated[Path | None, typer.Option("--out", help="The file; default: standard output.")] = None,
        audience: Annotated[
            Audience | None,
            typer.Option(
                "--for",
                help="Who will read it; default: candidate for gradescope and markdown, else reviewer. "
                "For candidates it holds no evidence and nothing of the key.",
            ),
        ] = None,
        header: Annotated[bool, typer.Option("--header", help="csv: a line of column names first.")] = False,
        as_json: Json = False,
    ) -> None:
        """Write a result as JUnit XML, Gradescope's results.json, a pull-request comment, or a CSV row."""
        with errors_shown():
            if header and wanted is not Format.csv:
                raise UsageError(f"--header: for --format csv only; found --format {wanted.value}")
            made = export(read_report(result), wanted, audience, header)
            if out is not None:
                write_whole(out, made)
            if as_json:
                shown = {"format": wanted.value, "out": None if out is None else str(out)}
                typer.echo(json.dumps({**shown, "content": made}))
            elif out is None:
                typer.echo(made, nl=False)
            else:
                typer.echo(f"{out}: {wanted.value}, {len(made.encode()):,} bytes")
