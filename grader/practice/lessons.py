"""What a graded practice run teaches: each plant and decoy with where it was, how it shows, and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.practice.lines import Look, look_at
from grader.practice.running import run_look
from grader.reports.charts.looks import groups_chart, months_chart
from grader.reports.charts.plant_map import outcome
from grader.reports.plots import Plot
from grader.reports.wording import findings_judged
from grader.results import PlantLine, Report
from grader.truth import LabelClock, MonthSpan, Plant, Truth

LAST = "9999-12"
"""After every month of the data."""
Statistic = tuple[str, str, str]
"""Name, value on the data, value on the same data without the plant."""


@dataclass(frozen=True)
class Lesson:
    """One plant: its place, its statistics, the plot with its code, and what the candidate reported."""

    id: str
    kind: str
    family: str
    columns: str
    months: str
    rows: str
    summary: str
    statistics: tuple[Statistic, ...]
    plot: Plot
    code: str
    outcome: str
    credit: float
    said: str
    seeded: bool


@dataclass(frozen=True)
class Harmless:
    """One decoy: what it is, and what the candidate said of it."""

    id: str
    columns: str
    summary: str
    outcome: str
    said: str


@dataclass(frozen=True)
class Opened:
    """All that the page of an opened key shows."""

    name: str
    variant: str
    found: int
    judged: bool
    """False where the findings could not be judged through us: nobody found or missed anything then."""
    lessons: tuple[Lesson, ...]
    decoys: tuple[Harmless, ...]


def open_key(report: Report, truth: Truth) -> Opened:
    """Return the lessons of a graded practice run, leaks first, then what was missed before what was found."""
    lines = {one.id: one for one in report.figures.plants}
    snapshots = truth.issued_folder / "snapshots.parquet"
    families = ("leakage", "change", "quality")
    judged = findings_judged(report)
    plants = sorted(
        truth.key.plants, key=lambda p: (families.index(p.family), lines[p.id].found, -p.severity, p.id)
    )
    decoys = tuple(
        Harmless(
            one.id,
            ", ".join(one.columns),
            one.summary,
            _word(lines[one.id], judged),
            lines[one.id].said or "nothing",
        )
        for one in truth.key.decoys
    )
    lessons = tuple(_lesson(plant, lines[plant.id], judged, truth, snapshots) for plant in plants)
    found = sum(lines[p.id].found for p in plants)
    return Opened(report.submission.name, report.variant, found, judged, lessons, decoys)


def _lesson(plant: Plant, line: PlantLine, judged: bool, truth: Truth, snapshots: Path) -> Lesson:
    numeric = {str(name): kind.kind in "iufb" for name, kind in truth.issued.dtypes.items()}
    look = look_at(plant, truth.key.label, numeric)
    table = run_look(look, snapshots)
    span = _span(plant)
    title = f"{plant.kind.replace('_', ' ')}: how it shows"
    name = f"look-{plant.id}"
    if look.kind == "months":
        everywhere = span is None or (span[0] <= table.labels[0] and span[1] >= table.labels[-1])
        shaded = None if everywhere else span
        image = months_chart(name, title, table.labels, table.series, look.axis, shaded)
    else:
        image = groups_chart(name, title, table.labels, table.series[0][1], look.axis)
    heads = ("Month" if look.kind == "months" else "Group", *(words for words, _ in table.series))
    rows = tuple(
        (label, *(f"{values[place]:.4g}" for _, values in table.series))
        for place, label in enumerate(table.labels)
    )
    affected = plant.affected_rows
    return Lesson(
        id=plant.id,
        kind=plant.kind,
        family=plant.family,
        columns=", ".join(plant.columns) or "whole rows",
        months=_months(plant),
        rows=f"{affected.count:,}" if affected else "",
        summary=plant.summary,
        statistics=tuple(
            (f"{s.name} of {s.column}" if s.column else s.name, _figure(s.value), _figure(s.null))
            for s in plant.statistics
        ),
        plot=Plot(name, title, _reading(plant, look, truth.key.label), image, heads, rows),
        code="import pandas as pd\n\n" + look.code,
        outcome=_word(line, judged),
        credit=line.credit,
        said=line.said or "nothing",
        seeded=plant.seeded,
    )


def _span(plant: Plant) -> tuple[str, str] | None:
    """Return the months that a plot shades: of a defect of the outcome those in which its labels differ."""
    months = plant.label_months or plant.months
    return (months.from_month, months.to_month or LAST) if months else None


def _months(plant: Plant) -> str:
    """Return the months of the defect, as its summary has them, and those of its labels where they are others."""
    if plant.months is None:
        return "all months"
    told = _range(plant.months)
    shown = plant.label_months
    return told if shown in (None, plant.months) else f"{told} (in the labels {_range(shown)})"


def _reading(plant: Plant, look: Look, label: LabelClock) -> str:
    """Return how to read the plot, and why it shades from an earlier month than the defect's."""
    months, shown = plant.months, plant.label_months
    if look.kind != "months" or months is None or shown is None or shown.from_month >= months.from_month:
        return look.reading
    return (
        f"{look.reading} Labels look {label.horizon_months} months ahead, so they show what changes in "
        f"{months.from_month} from {shown.from_month} on (shaded)."
    )


def _range(months: MonthSpan) -> str:
    return f"{months.from_month} to {months.to_month or 'the end'}"


def _word(line: PlantLine, judged: bool) -> str:
    word = outcome(line, judged)
    said = {"trapped": "taken for a defect", "other defect": "taken for another defect"}
    return said.get(word, word)


def _figure(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}"
