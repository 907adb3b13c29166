"""The result as a row of a table, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re

from grader.plain_text import one_line
from grader.reports import wording
from grader.results import Report
from grader.rubric import Rubric

BATCH_TABLE = "batch.csv"
"""In a results folder, beside the results: a row for each of them."""
FORMULA = "=+\\-@＝＋－＠"
"""Signs that begin a formula, in their wide forms too."""
BEGINS = re.compile(rf"^[\s'\"]*[{FORMULA}]")
AFTER_SEPARATOR = re.compile(rf"([;,|]\s*)(?=[{FORMULA}])")
HEAD = (
    "name", "sha256", "variant", "rubric", "total", "max", "bonus", "level", "verdict", "final", "pending",
    "not_assessed", "flags_raised", "flags_confirmed",
)  # fmt: skip


def columns_of(rubric: Rubric) -> list[str]:
    """Return the columns of every report by a rubric, in the order of `render_csv`, whether one is there or not."""
    parts = rubric.file.dimensions
    ids = [*(part.id for part in parts), *(one.id for part in parts for one in part.criteria)]
    return [*HEAD, *(f"{name} {what}" for name in ids for what in ("points", "level"))]


def render_csv(report: Report, header: bool = False) -> str:
    """One line, or two with a header: the result, then points and level per dimension, then per criterion.

    RFC 4180: comma, every cell quoted, CR LF. An empty cell is what was not scored. The columns depend on the
    rubric only, so the rows of an intake fit under one header.
    """
    cells = _cells(report)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if header:
        writer.writerow([inert(name) for name in cells])
    writer.writerow([inert(value) if isinstance(value, str) else _number(value) for value in cells.values()])
    return out.getvalue()


def inert(text: str, longest: int = 300) -> str:
    """A text that no spreadsheet takes for a formula, with whatever separator it splits lines.

    >>> inert('=HYPERLINK("http://x")'), inert("a;=1"), inert("plain - text")
    ("'=HYPERLINK('http://x')", "a;'=1", 'plain - text')
    """
    shown = one_line(text, longest).replace('"', "'")
    shown = AFTER_SEPARATOR.sub(r"\1'", shown)
    return f"'{shown}" if BEGINS.match(shown) else shown


def _cells(report: Report) -> dict[str, str | float | None]:
    states = [flag.state for flag in report.red_flags]
    total = None if wording.nothing_scored(report) else report.total
    bonus = report.bonus if report.bonus_detail.status == "scored" else None
    values = (
        report.submission.name, report.submission.sha256, report.variant, report.rubric.version, total, report.max,
        bonus, wording.overall_level(report), report.verdict, "true" if report.final else "false", report.pending,
        report.not_assessed, states.count("raised"), states.count("confirmed"),
    )  # fmt: skip
    cells: dict[str, str | float | None] = dict(zip(HEAD, values, strict=True))
    for part in report.dimensions:
        cells[f"{part.id} points"] = None if part.level is None else part.points
        cells[f"{part.id} level"] = part.level
    for one in (line for part in report.dimensions for line in part.criteria):
        cells[f"{one.id} points"] = one.points if one.status == "scored" else None
        cells[f"{one.id} level"] = one.level
    return cells


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
