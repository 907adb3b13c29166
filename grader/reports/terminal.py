"""The scorecard on a terminal, in a pipe, or in a log."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.plain_text import one_line
from grader.reports import wording
from grader.results import DimensionResult, Report

LEVEL_STYLES = {1: "red", 2: "yellow", 3: "green", 4: "bold green"}
VERDICT_STYLES = {
    "pass": "bold green",
    "borderline": "bold yellow",
    "fail": "bold red",
    "incomplete": "bold yellow",
}
MESSAGE_CHARACTERS = 160
WHOLE = 2000
OUTPUT_LINES = 20
NAME_CHARACTERS = 22
BAR_CELLS = 20


def print_scorecard(
    report: Report, console: Console, folder: Path | None = None, *, verbose: bool = False
) -> None:
    """Print total, verdict, executor, criteria, flags, bonus, phases, and where the reports lie.

    Readable from 80 columns on, without colour, in any encoding; text of candidates is shown as it is.
    `folder` is where the files were written; without it that line is left out. `verbose` adds whole messages, the
    evidence of every criterion, and what phases had to say.
    """
    _print_head(report, console)
    for dimension in report.dimensions:
        _print_dimension(dimension, console, verbose)
    _print_flags(report, console)
    _print_phases(report, console)
    if verbose:
        _print_outputs(report, console)
    if folder is not None:
        console.print()
        console.print(_text(console, f"report: {folder / 'report.html'}"), soft_wrap=True)


def _text(console: Console, content: str, style: str = "", longest: int = 400) -> Text:
    """Text that is shown as it is: no markup, no control characters, nothing the encoding lacks."""
    encoding = console.encoding or "utf-8"
    whole = one_line(content)
    cut = whole if len(whole) <= longest else f"{whole[: longest - 3].rstrip()}..."
    known = cut.replace("–", "-").encode(encoding, "replace").decode(encoding)
    return Text(known, style=style)


def _print_head(report: Report, console: Console) -> None:
    word, reason = wording.VERDICT_WORDS[report.verdict]
    console.print(_text(console, f"Scorecard of {report.submission.name}", "bold", longest=78))
    console.print(_text(console, wording.executor_line(report), "" if report.isolated else "bold yellow"))
    console.print()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    level = wording.overall_level(report)
    standing = "no level yet" if level is None else f"level {level}"
    total = f"{wording.total(report)} / {wording.points(report.max)}, {standing}"
    grid.add_row("Total", _text(console, total, "bold"))
    grid.add_row("Verdict", _text(console, f"{word.upper()} - {reason}", VERDICT_STYLES[report.verdict]))
    bonus = f"+{wording.points(report.bonus)} / {wording.points(report.bonus_detail.max)}"
    if report.bonus_detail.status != "scored":
        bonus = wording.bonus_standing(report.bonus_detail.status, report.final)
    grid.add_row(
        "Bonus", _text(console, f"{bonus}  {report.bonus_detail.message}", longest=MESSAGE_CHARACTERS)
    )
    grid.add_row("Open", _text(console, wording.still_open(report)))
    grid.add_row("Status", _text(console, wording.final_line(report)))
    grid.add_row("Variant", _text(console, report.variant))
    grid.add_row("Content", _text(console, f"sha256 {report.submission.sha256}"))
    console.print(grid)


def _print_dimension(dimension: DimensionResult, console: Console, verbose: bool) -> None:
    level = "no level yet" if dimension.level is None else f"level {dimension.level}"
    heard = f", defended in the talk: level {dimension.defended.level}" if dimension.defended else ""
    head = f"{dimension.title}: {wording.reached_in(dimension)} / {wording.points(dimension.max)}, {level}{heard}"
    console.print()
    console.print(_text(console, head, "bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, width=NAME_CHARACTERS, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True, min_width=9)
    table.add_column(no_wrap=True, min_width=12)
    table.add_column(ratio=1, overflow="fold")
    for criterion in dimension.criteria:
        scored = criterion.status == "scored" and criterion.level is not None
        style = LEVEL_STYLES[criterion.level or 1] if scored else "yellow"
        table.add_row(
            _text(console, criterion.id.removeprefix(f"{dimension.id}.")),
            _text(console, f"{wording.reached(criterion)} / {wording.points(criterion.max)}"),
            _text(console, wording.standing(criterion), style),
            _text(console, criterion.message, longest=WHOLE if verbose else MESSAGE_CHARACTERS),
        )
        for proof in criterion.evidence if verbose else ():
            place = ", ".join(part for part in (proof.file, proof.where) if part)
            told = [f"said {proof.said}"] if proof.said else []
            told += [f"measured {proof.measured}"] if proof.measured else []
            line = _text(console, f"- {place}: {'; '.join(told)}", "dim", WHOLE)
            table.add_row("", "", "", line)
        if criterion.person is not None:
            note = f"a person: {wording.person_line(criterion)}"
            table.add_row("", "", "", _text(console, note, "bold", MESSAGE_CHARACTERS))
    console.print(Padding(table, (0, 0, 0, 2)))


def _print_flags(report: Report, console: Console) -> None:
    console.print()
    if not report.red_flags:
        console.print(_text(console, "Red flags: none raised", "bold"))
        return
    waiting = sum(flag.state == "raised" for flag in report.red_flags)
    told = f"{waiting} for a person to confirm or dismiss" if waiting else "all decided by a person"
    console.print(_text(console, f"Red flags: {told}", "bold red" if waiting else "bold"))
    for flag in report.red_flags:
        who = f" ({flag.person.reviewer}: {flag.person.reason})" if flag.person else ""
        line = _text(console, f"{flag.state}: {flag.message}{who}", longest=MESSAGE_CHARACTERS)
        console.print(Padding(line, (0, 0, 0, 2)))


def _print_outputs(report: Report, console: Console) -> None:
    """What phases said, and the last lines of what they printed."""
    for phase in report.phases:
        lines = (phase.output_tail or phase.output_head).strip().splitlines()[-OUTPUT_LINES:]
        if not phase.detail and not lines:
            continue
        console.print()
        console.print(_text(console, f"{phase.id}: {phase.detail or phase.verdict.value}", "bold", WHOLE))
        for line in lines:
            console.print(Padding(_text(console, line), (0, 0, 0, 2)))


def _print_phases(report: Report, console: Console) -> None:
    if not report.phases:
        return
    whole = sum(phase.seconds for phase in report.phases)
    longest = max(phase.seconds for phase in report.phases)
    console.print()
    console.print(
        _text(
            console, f"Where the time went: {wording.seconds(whole)} in {len(report.phases)} phases", "bold"
        )
    )
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for phase in report.phases:
        cells = round(BAR_CELLS * phase.seconds / longest) if longest > 0 else 0
        verdict = phase.verdict.value if phase.assessed else "not assessed"
        style = "green" if phase.verdict == "OK" else "yellow" if phase.ours or not phase.assessed else "red"
        table.add_row(
            _text(console, phase.id, longest=24),
            _text(console, verdict, style),
            _text(console, wording.seconds(phase.seconds)),
            Text("=" * cells, style="dim"),
        )
    console.print(Padding(table, (0, 0, 0, 2)))
    for phase in report.phases:
        if phase.verdict != "OK" and phase.assessed and phase.detail:
            line = _text(console, f"{phase.id}: {phase.detail}", longest=MESSAGE_CHARACTERS)
            console.print(Padding(line, (0, 0, 0, 2)))
