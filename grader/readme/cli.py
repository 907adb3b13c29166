"""The command ``takehome judge-readme``: the README dimension alone."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from grader.command_line import errors_shown
from grader.errors import UsageError
from grader.evidence.opinion import Opinion
from grader.plain_text import plain
from grader.readme.facts import Facts, FactsError, read_facts
from grader.readme.judge import judge_readme, mark_readme
from grader.readme.judgment import ReadmeJudgment
from grader.readme.language_model.combining import combined
from grader.readme.language_model.endpoint import Endpoint, SettingsError, settings_from
from grader.readme.language_model.opinion import ask
from grader.readme.marking import tags
from grader.readme.text import judged_text
from grader.types import ReadmeBlock
from grader.whole_file import write_whole


def register(app: typer.Typer) -> None:
    """Add ``judge-readme`` to a command line application."""
    example = "Example: takehome judge-readme submission/README.md --facts facts.json --json"
    app.command("judge-readme", epilog=example)(judge_readme_command)


def _there(readme: Path) -> Path:
    # Said before anything is said of options that are missing too.
    if readme.is_dir() or not readme.exists():
        found = "a folder" if readme.is_dir() else "no such file"
        with errors_shown():
            raise UsageError(f"{readme}: {found}; expected a README as Markdown")
    return readme


@errors_shown()
def judge_readme_command(
    readme: Annotated[
        Path,
        typer.Argument(help="The README (or PRODUCTION.md) to judge.", metavar="README.md", callback=_there),
    ],
    facts: Annotated[
        Path,
        typer.Option(
            help="JSON file with what is known of the submission: columns, label (column, horizon_days), months "
            "(first, last), defects (kind, columns, from, to, onset_earliest, onset_latest), decoys (the same), "
            "metrics, decision (threshold, capacity_share), service (p99_ms, model_version); parts may be missing."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the judgment as JSON.")] = False,
    language_model: Annotated[
        bool,
        typer.Option(
            "--language-model",
            help="Also ask the endpoint of TAKEHOME_LM_URL and TAKEHOME_LM_MODEL; its levels are suggestions.",
        ),
    ] = False,
    marked: Annotated[
        bool,
        typer.Option(
            "--marked", help="Also show the whole text: what each statement counted for, or why not."
        ),
    ] = False,
    evidence: Annotated[
        Path | None, typer.Option(help="Where every prompt and answer of the language model is kept (JSON).")
    ] = None,
) -> None:
    """Judge a README alone: levels, verbatim quotes and claims checked against the facts.

    `takehome grade` does this with facts of its own: what it measured, and the key.
    """
    try:
        known = read_facts(facts, lambda said: typer.echo(f"takehome: {said}", err=True))
    except FactsError as error:
        raise UsageError(str(error)) from error
    text = _text_of(readme)
    judgment = judge_readme(text, known)
    opinion = None
    if language_model:
        judgment, opinion = _second_opinion(text, known, judgment)
        if evidence is not None:
            write_whole(evidence, opinion.model_dump_json(indent=1) + "\n")
    elif evidence is not None:
        raise UsageError("--evidence needs --language-model: without it nothing is asked")
    blocks = mark_readme(text, known) if marked else ()
    if as_json:
        printed = judgment.model_dump(mode="json")
        if marked:
            printed["readme"] = [block.model_dump(mode="json") for block in blocks]
        if opinion is not None:
            printed["language_model"] = opinion.model_dump(mode="json")
        typer.echo(json.dumps(printed, ensure_ascii=False, indent=1))
    else:
        _print(judgment)
        _print_marked(blocks)


def _second_opinion(text: str, known: Facts, judgment: ReadmeJudgment) -> tuple[ReadmeJudgment, Opinion]:
    try:
        settings = settings_from()
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with closing(Endpoint(settings)) as endpoint:
        opinion = ask(endpoint, text, known, settings.samples, tell=_tell)
    return combined(judgment, opinion, moves_points=settings.moves_points), opinion


def _tell(said: str) -> None:
    typer.echo(f"language model: {said}", err=True)


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); expected a Markdown file") from error
    return judged_text({path.name if path.name.lower() == "production.md" else "README.md": decoded(raw)})[1]


def decoded(raw: bytes) -> str:
    """Text of any bytes: UTF-8, UTF-16 with its mark, else what can be read of it."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    return raw.decode("utf-8-sig", errors="replace")


def _print(judgment: ReadmeJudgment) -> None:
    console = Console()
    table = Table(title=f"README: {judgment.total:.1f} of {judgment.max:g} points")
    for name in ("criterion", "level", "points", "sure", "why"):
        table.add_column(name)
    for item in judgment.criteria:
        points = f"{item.points:.1f} / {item.max:g}"
        table.add_row(item.id, str(item.level), points, f"{item.confidence:.0%}", escape(plain(item.message)))
    console.print(table)
    for item in judgment.criteria:
        for quote in item.quotes[:3]:
            console.print(f"{item.id}: “{plain(quote)}”", markup=False)
        for claim in item.claims:
            if claim.agrees is False:
                said = f"contradicted: “{plain(claim.said)}”; the facts say {plain(claim.fact)}"
                console.print(said, markup=False)


def _print_marked(blocks: Sequence[ReadmeBlock]) -> None:
    """The text, with `[inputs]` behind what counted and `[not counted: denied]` behind what did not."""
    console = Console(highlight=False)
    for block in blocks:
        line = Text("\n" if block.kind in {"heading", "paragraph"} else "")
        if block.kind == "item":
            line.append("  " * max(block.depth - 1, 0) + "- ")
        for one in block.statements:
            heading = block.kind == "heading" or (block.kind == "row" and block.level)
            line.append(plain(one.text), "bold" if heading else "blue" if one.counted_for else "")
            if one.counted_for:
                line.append(f" [{tags(one)}]", "bold blue")
            if one.not_counted:
                line.append(f" [{'but' if one.counted_for else 'not counted'}: {one.not_counted}]", "yellow")
            line.append(" ")
        console.print(line)
