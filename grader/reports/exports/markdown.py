"""The result as a comment on a pull request: a summary, a table per dimension, the details folded away."""

from __future__ import annotations

import re

from grader.plain_text import one_line
from grader.reports import wording
from grader.results import DimensionResult, Report


def render_markdown(report: Report) -> str:
    """Markdown as GitHub and GitLab show it.

    Text that a candidate may have written stands in code spans only: there no link, image, mention, reference,
    markup or HTML is recognised by any of the platforms.
    """
    word, reason = wording.VERDICT_WORDS[report.verdict]
    level = wording.overall_level(report)
    lines = [
        f"## Take-home: {wording.total(report)} of {wording.points(report.max)}, {word.lower()}",
        "",
        f"{code(report.submission.name, 120)}: {reason}. "
        + ("No level yet." if level is None else f"Level {level}: {wording.LEVEL_WORDS[level]}."),
        wording.FINAL if report.final else wording.PROPOSAL,
        "",
        "| dimension | points | level |",
        "|---|---:|---|",
        *(
            f"| {_ours(one.title)} | {wording.reached_in(one)} / {wording.points(one.max)} "
            f"| {one.level or 'none yet'}{_heard(one)} |"
            for one in report.dimensions
        ),
        f"| Bonus, apart | {wording.bonus(report)} / {wording.points(report.bonus_detail.max)} "
        f"| {_undetermined(report)}|",
        "",
        f"Open: {wording.open_points(report)}.",
        "",
        *_flags(report),
        *(line for one in report.dimensions for line in _details(one)),
        f"Rubric {code(report.rubric.version, 40)}, grader {code(report.grader.version, 40)}, "
        f"variant {code(report.variant, 40)}.",
    ]
    return "\n".join(lines) + "\n"


def code(text: str, longest: int = 400) -> str:
    """A text as a code span that nothing in it can end; backticks, bars and dollars become look-alikes.

    >>> code("`@ada` | [x](http://y)")
    "`'@ada' ¦ [x](http://y)`"
    """
    shown = one_line(text, longest).replace("`", "'").replace("|", "¦").replace("$", "＄")
    # A backslash before the closing sign would be one in some renderers' tables.
    shown = shown.replace("\\", "⧵").strip()
    return f"`{shown}`" if shown else "`–`"


def _ours(text: str) -> str:
    """A title of the rubric: a company's own words, kept from breaking the table all the same."""
    return re.sub(r"[^\w ,.()/-]", " ", one_line(text, 120))


def _flags(report: Report) -> list[str]:
    shown = [flag for flag in report.red_flags if flag.state != "dismissed"]
    if not shown:
        return []
    return ["**Red flags**", "", *(f"- {flag.state}: {code(flag.message)}" for flag in shown), ""]


def _details(dimension: DimensionResult) -> list[str]:
    rows = [
        f"| {code(one.id, 80)} | {wording.reached(one)} / {wording.points(one.max)} "
        f"| {wording.standing(one)}{_program(wording.program_level(one))} | {code(one.message)} |"
        for one in dimension.criteria
    ]
    return [
        "<details>",
        f"<summary>{_ours(dimension.title)}</summary>",
        "",
        "| criterion | points | level | |",
        "|---|---:|---|---|",
        *rows,
        "",
        "</details>",
        "",
    ]


def _heard(dimension: DimensionResult) -> str:
    return f" (defended in the talk: {dimension.defended.level})" if dimension.defended else ""


def _undetermined(report: Report) -> str:
    status = report.bonus_detail.status
    return "not determined " if report.final and status == "pending" else ""


def _program(level: str) -> str:
    return f" (a person; program: {level})" if level else ""
