"""The command ``takehome judge-readme``: the README dimension alone."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from grader.readme.facts import Facts, FactsError, read_facts
from grader.readme.judge import judge_readme
from grader.readme.judgment import ReadmeJudgment
from grader.readme.text import judged_text

USAGE_ERROR = 2


def register(app: typer.Typer) -> None:
    """Add ``judge-readme`` to a command line application."""
    app.command("judge-readme")(judge_readme_command)


def judge_readme_command(
    readme: Annotated[
        Path, typer.Argument(help="The README (or PRODUCTION.md) to judge.", metavar="README.md")
    ],
    facts: Annotated[
        Path | None, typer.Option(help="JSON file with what is known of the submission.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the judgment as JSON.")] = False,
) -> None:
    """Judge a README: levels, verbatim quotes and claims checked against the facts.

    Example: takehome judge-readme submission/README.md --facts facts.json --json
    """
    if facts is None:
        _stop("--facts is missing: name the JSON file with the facts of the submission")
    try:
        known = read_facts(facts)
    except FactsError as error:
        _stop(str(error))
    judgment = judge_readme(_text_of(readme), known)
    if as_json:
        typer.echo(json.dumps(judgment.model_dump(mode="json"), ensure_ascii=False, indent=1))
    else:
        _print(judgment, known)


def _stop(message: str) -> NoReturn:
    typer.echo(f"judge-readme: {message}", err=True)
    raise typer.Exit(USAGE_ERROR)


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        _stop(f"{path}: cannot be read ({error.strerror}); expected a Markdown file")
    return judged_text({path.name if path.name.lower() == "production.md" else "README.md": decoded(raw)})[1]


def decoded(raw: bytes) -> str:
    """Text of any bytes: UTF-8, UTF-16 with its mark, else what can be read of it."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _print(judgment: ReadmeJudgment, facts: Facts) -> None:
    console = Console()
    table = Table(title=f"README: {judgment.total:.1f} of {judgment.max:g} points")
    for name in ("criterion", "level", "points", "sure", "why"):
        table.add_column(name)
    for item in judgment.criteria:
        points = f"{item.points:.1f} / {item.max:g}"
        table.add_row(item.id, str(item.level), points, f"{item.confidence:.0%}", item.message)
    console.print(table)
    for item in judgment.criteria:
        for quote in item.quotes[:3]:
            console.print(f"{item.id}: “{quote}”", markup=False)
        for claim in item.claims:
            if claim.agrees is False:
                console.print(f"contradicted: “{claim.said}”; the facts say {claim.fact}", markup=False)
