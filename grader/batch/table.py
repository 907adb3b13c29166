"""The intake as one table: on the terminal, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.batch.running import Outcome
from grader.plain_text import one_line
from grader.reports import wording
from grader.reports.exports.spreadsheet import columns_of, inert, render_csv
from grader.results import Report
from grader.rubric import Rubric
from grader.totals import MEASUREMENT_ERROR

LONGEST = 600
"""Signs of an error that are shown: why, what stands in its place, and what to do."""
STEPS = 3
"""A README level that is off by one is off by this part of the criterion's points."""


def standard_error(report: Report) -> float:
    """Return the standard error of a total, in points.

    The test-retest deviation that the borderline verdict is made of, and for each README level that no person
    confirmed the chance that it is off by one level: variance = retest^2 + sum((1 - confidence) * (max / 3)^2).
    """
    retest = MEASUREMENT_ERROR / 2
    doubtful = [
        (1 - one.confidence) * (one.max / STEPS) ** 2
        for part in report.dimensions
        if part.id == "readme"
        for one in part.criteria
        if one.status == "scored" and one.person is None
    ]
    return math.sqrt(retest**2 + sum(doubtful))


def ranked(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes by total, the highest first; those without a result at the end."""
    return sorted(
        outcomes, key=lambda o: (o.report is None, -(o.report.total if o.report else 0.0), o.submission)
    )


def print_table(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print a line a submission; text of strangers is shown as it is."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for name in ("submission", "total", "+-", "level", "verdict", "bonus", "flags", "pending"):
        table.add_column(
            name, justify="right" if name in ("total", "+-", "bonus") else "left", overflow="fold"
        )
    for one in ranked(outcomes):
        if one.report is not None:
            table.add_row(*(Text(cell) for cell in _cells(one, one.report)))
    console.print(table)
    for one in ranked(outcomes):
        if one.error:
            console.print(
                Text(f"not graded: {one_line(one.submission, 80)}: {one_line(one.error, LONGEST)}"),
                soft_wrap=True,
            )


def _cells(one: Outcome, report: Report) -> list[str]:
    flags = sum(flag.state != "dismissed" for flag in report.red_flags)
    return [
        one_line(one.submission, 60),
        wording.total(report),
        f"{standard_error(report):.1f}",
        "–" if (level := wording.overall_level(report)) is None else str(level),
        report.verdict,
        wording.bonus(report),
        str(flags),
        wording.points(report.pending),
    ]


def sharing(outcomes: Sequence[Outcome]) -> dict[str, list[str]]:
    """Return the submissions that were graded against one variant, by variant, where there are several.

    Where each candidate was given a variant of their own, one of them handed in somebody else's work, or twice.
    """
    found: dict[str, list[str]] = {}
    for one in outcomes:
        if one.report is not None:
            found.setdefault(one.report.variant, []).append(one.submission)
    return {variant: sorted(names) for variant, names in found.items() if len(names) > 1}


def print_shared(shared: Mapping[str, Sequence[str]], console: Console) -> None:
    """Print a line for each variant that several submissions were graded against."""
    for variant, names in shared.items():
        told = ", ".join(one_line(name, 80) for name in names)
        console.print(
            Text(f"one variant ({one_line(variant, 40)}): {told}; handed in twice, or somebody else's work?"),
            soft_wrap=True,
        )


def table_csv(outcomes: Sequence[Outcome], rubric: Rubric) -> str:
    """Return a header and a row a submission: file, error if any, standard error, then the columns of `export`.

    The columns are those of the rubric, so that a table without any result has them too.
    """
    head = ["submission", "error", "standard_error"]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    columns = columns_of(rubric)
    writer.writerow([*head, *columns])
    for one in ranked(outcomes):
        if one.report is None:
            writer.writerow([inert(one.submission), inert(one.error, LONGEST), "", *[""] * len(columns)])
            continue
        rows = list(csv.reader(io.StringIO(render_csv(one.report, header=True))))
        cells = dict(zip(*rows, strict=True))
        start = [inert(one.submission), inert(one.error, LONGEST), f"{standard_error(one.report):.2f}"]
        writer.writerow([*start, *(cells.get(name, "") for name in columns)])
    return out.getvalue()


def table_json(
    outcomes: Sequence[Outcome], shared: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return an object a submission, in the order of the table; `shared` as `sharing` returns it."""
    return [
        {
            "submission": one.submission,
            "result": str(one.result) if one.report else None,
            "error": one.error or None,
            "kept": one.kept,
            "seconds": round(one.seconds, 1),
            **(
                {
                    "total": one.report.total,
                    "standard_error": round(standard_error(one.report), 2),
                    "level": one.report.level,
                    "verdict": one.report.verdict,
                    "bonus": one.report.bonus if one.report.bonus_detail.status == "scored" else None,
                    "pending": one.report.pending,
                    "same_variant": [n for n in shared.get(one.report.variant, ()) if n != one.submission],
                    "flags": [flag.id for flag in one.report.red_flags if flag.state != "dismissed"],
                }
                if one.report
                else {}
            ),
        }
        for one in ranked(outcomes)
    ]
