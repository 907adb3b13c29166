"""The commands `takehome interview` and `takehome panel`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import Json, errors_shown
from grader.errors import UsageError
from grader.interview.guide import guide_json, guide_markdown, make_guide, pool_markdown
from grader.interview.kit import AREA_WORDS, DEFAULT, load_kit
from grader.interview.panel import (
    MARK,
    Decision,
    blank_sheet,
    decide,
    defended_by_dimension,
    defended_reasons,
    load_sheet,
)
from grader.plain_text import one_line
from grader.reports.read import read_report
from grader.results import Report
from grader.whole_file import write_whole


class SeniorityChoice(StrEnum):
    """What is hired for."""

    junior = "junior"
    mid = "mid"
    senior = "senior"


Record = Callable[[Path, tuple[str, ...], str, Mapping[str, str]], Report]
"""Keeps levels of the talk (DIMENSION=LEVEL) in a result folder with who gave them, and why for each dimension."""
KitPath = Annotated[Path, typer.Option("--kit", help="Another kit of questions.")]


def panel_lines(decision: Decision) -> list[str]:
    """Return the panel's decision as lines of text."""
    shown = "none" if decision.average is None else f"{decision.average:.2f}"
    return [
        f"{decision.candidate}: {decision.outcome.upper()}",
        *(
            f"  {AREA_WORDS[area]:<12} {'not rated' if score is None else f'{score:.2f}'}"
            for area, score in decision.areas.items()
        ),
        f"  {'Average':<12} {shown} (mark {MARK})",
        f"  {'Practical':<12} {decision.practical}",
        *(f"  against: {one}" for one in decision.against),
        *(f"  missing: {one}" for one in decision.missing),
        *(f"  talk about it: {one}" for one in decision.to_discuss),
        *(
            f"  {one.question}: defended {one.defended:.1f}, evidence "
            + ", ".join(f"{name} {'-' if level is None else level}" for name, level in one.evidence.items())
            for one in decision.defended
        ),
    ]


def register(app: typer.Typer, record: Record) -> None:
    """Add `interview` and `panel` to a command line application; `record` keeps what was defended."""

    @app.command(
        "interview",
        epilog="Example: takehome interview results/ada --seniority senior --out guide.md --sheet panel.yaml",
    )
    def interview_command(
        result: Annotated[
            Path | None, typer.Argument(help="The result folder of a grading; without one: --pool.")
        ] = None,
        seniority: Annotated[SeniorityChoice, typer.Option(help="What is hired for.")] = SeniorityChoice.mid,
        pool: Annotated[bool, typer.Option("--pool", help="Print the whole kit instead.")] = False,
        out: Annotated[Path | None, typer.Option("--out", help="A file; default: standard output.")] = None,
        sheet: Annotated[
            Path | None, typer.Option("--sheet", help="Also write a panel sheet to fill in.")
        ] = None,
        kit: KitPath = DEFAULT,
        as_json: Json = False,
    ) -> None:
        """Choose interview questions by the evidence of a result, with what each level's answer sounds like."""
        with errors_shown():
            loaded = load_kit(kit)
            if pool or result is None:
                if not pool:
                    raise UsageError("which result? expected a result folder, or --pool for the whole kit")
                if sheet is not None:
                    raise UsageError("--sheet: needs a result folder; found --pool")
                made = json.dumps(loaded.model_dump(by_alias=True)) if as_json else pool_markdown(loaded)
            else:
                guide = make_guide(read_report(result), loaded, seniority.value)
                made = json.dumps(guide_json(guide), ensure_ascii=False) if as_json else guide_markdown(guide)
                if sheet is not None:
                    place = os.path.relpath(result.resolve(), sheet.resolve().parent)
                    if sheet.exists():
                        raise UsageError(
                            f"{sheet}: exists; expected a new file, ratings are never overwritten"
                        )
                    write_whole(sheet, blank_sheet(guide, place))
            if out is None:
                typer.echo(made.rstrip("\n"))
            else:
                write_whole(out, made)
                typer.echo(f"{out}: written", err=as_json)

    @app.command("panel", epilog="Example: takehome panel panel.yaml")
    def panel_command(
        sheet: Annotated[Path, typer.Argument(help="The filled-in panel sheet (YAML).")],
        kit: KitPath = DEFAULT,
        recorded: Annotated[
            bool,
            typer.Option(
                "--record", help="Keep the levels defended in the talk in the result and its reports."
            ),
        ] = False,
        reviewer: Annotated[
            str, typer.Option("--reviewer", envvar="TAKEHOME_REVIEWER", help="Who records them.")
        ] = "",
        as_json: Json = False,
    ) -> None:
        """Combine the panel's ratings with the practical test by the hire rule, and say what speaks against.

        Hire: the mean of technical, behavioural and role-fit is 3.0 or more, no red flag is confirmed, and the
        practical test is passed and final. With --record each dimension that was asked about gets the level it was
        defended at, the mean of its questions; it is shown beside the level of the evidence and moves no point.
        """
        with errors_shown():
            filled, loaded = load_sheet(sheet), load_kit(kit)
            folder = None if filled.result is None else sheet.parent / filled.result
            report = None if folder is None else read_report(folder)
            try:
                decision = decide(filled, report, loaded)
            except UsageError as error:
                raise UsageError(f"{sheet}: {error}") from error
            levels = defended_by_dimension(filled, loaded)
            if recorded:
                if folder is None:
                    raise UsageError(f"{sheet}: --record needs a result folder; the sheet names none")
                if not levels:
                    raise UsageError(f"{sheet}: --record: no technical question is rated")
                named = tuple(f"{name}={level}" for name, level in levels.items())
                record(folder, named, reviewer, defended_reasons(filled, loaded))
            if as_json:
                kept = {"recorded": levels} if recorded else {}
                typer.echo(json.dumps({**asdict(decision), **kept}, ensure_ascii=False))
                return
            for line in panel_lines(decision):
                typer.echo(one_line(line) if line[:1] != " " else f"  {one_line(line)}")
            if recorded:
                told = ", ".join(f"{name} level {level}" for name, level in levels.items())
                typer.echo(f"  recorded as defended: {told}")
