"""The plant map: every planted defect and decoy over the months, and what the candidate made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from grader.reports.charts.axes import diamond, dot
from grader.reports.charts.svg import drawing, element, group, line, rect, text
from grader.results import PlantLine

Outcome = Literal[
    "found", "in part", "missed", "trapped", "explained", "other defect", "left alone", "not judged"
]
WIDTH, LEFT, RIGHT, TOP, ROW = 960.0, 250.0, 852.0, 34.0, 34.0
FULL_CREDIT = 0.85
OUTCOME_NOTES: dict[Outcome, str] = {
    "found": "reported, right kind and place",
    "in part": "reported, partly right",
    "missed": "not reported",
    "trapped": "decoy reported as a defect",
    "explained": "decoy noted as harmless",
    "other defect": "a defect of another kind reported where the decoy is",
    "left alone": "decoy not reported",
    "not judged": "the findings could not be judged, so nobody found or missed it",
}


def outcome(plant: PlantLine, judged: bool = True) -> Outcome:
    """What became of a plant; a decoy that was reported without credit is a trap that caught.

    What is said of a decoy that was not reported is the other defect that was reported there.
    """
    if not judged:
        return "not judged"
    if plant.family == "decoy":
        if plant.found:
            return "explained" if plant.credit > 0 else "trapped"
        return "other defect" if plant.said else "left alone"
    if plant.found and plant.credit >= FULL_CREDIT:
        return "found"
    return "in part" if plant.found or plant.credit > 0 else "missed"


def notes(judged: bool = True) -> dict[Outcome, str]:
    """What the outcomes mean that can be on a map."""
    return {word: note for word, note in OUTCOME_NOTES.items() if (word != "not judged") is judged}


def all_months(months: Sequence[str], plants: Sequence[PlantLine]) -> tuple[str, ...]:
    """The months of the axis: those given, else every one a plant names."""
    named = {month for plant in plants for month in (plant.from_month, plant.to_month) if month}
    return tuple(sorted(months)) or tuple(sorted(named)) or ("all months",)


def plant_map(months: Sequence[str], plants: Sequence[PlantLine], judged: bool = True) -> Markup:
    """Months on x, one row a plant, in the order given. At least one plant; `judged`: were the findings?"""
    axis = all_months(months, plants)
    slot = (RIGHT - LEFT) / len(axis)
    bottom = TOP + ROW * len(plants)
    parts = [_months(axis, slot, bottom)]
    for index, plant in enumerate(plants):
        parts.append(_row(plant, outcome(plant, judged), axis, slot, TOP + ROW * index))
    counts = [f"{sum(outcome(p, judged) == word for p in plants)} {word}" for word in notes(judged)]
    return drawing(
        "plants", (WIDTH, bottom + 14), "Planted defects and decoys by month", ", ".join(counts) + ".", *parts
    )


def _months(axis: Sequence[str], slot: float, bottom: float) -> Markup:
    marks: list[Markup] = []
    for index, month in enumerate(axis):
        left = LEFT + slot * index
        year, _, number = month.partition("-")
        starts_year = index == 0 or number == "01"
        marks.append(
            line(left, TOP - (18 if starts_year else 5), left, bottom, "axis-year" if starts_year else "grid")
        )
        if starts_year:
            marks.append(text(left + 4, TOP - 20, year, "tick strong"))
        marks.append(text(left + slot / 2, TOP - 6, number, "tick", "middle"))
    marks.append(line(LEFT, bottom, RIGHT, bottom, "axis"))
    return group(*marks)


def _row(plant: PlantLine, result: Outcome, axis: Sequence[str], slot: float, top: float) -> Markup:
    first = next((i for i, month in enumerate(axis) if month >= (plant.from_month or "")), len(axis) - 1)
    last = next(
        (i for i in reversed(range(len(axis))) if plant.to_month is None or axis[i] <= plant.to_month), 0
    )
    left, right = LEFT + slot * first, LEFT + slot * (max(first, last) + 1)
    style = f"span {result.replace(' ', '-')}"
    columns = ", ".join(plant.columns) or "whole rows"
    return group(
        element("title", f"{plant.id}: {result}. {plant.summary}"),
        line(0, top + ROW, RIGHT + 108, top + ROW, "grid"),
        text(0, top + 15, _short(plant.id, 34), "label strong"),
        text(0, top + 29, _short(columns, 38), "note"),
        rect(left + 1.5, top + 9, right - left - 3, ROW - 18, style),
        _mark(RIGHT + 16, top + ROW / 2, result),
        text(RIGHT + 28, top + ROW / 2 + 4, result, "label"),
    )


def _mark(x: float, y: float, result: Outcome) -> Markup:
    style = f"span {result.replace(' ', '-')}"
    return dot(x, y, style, 5) if result in ("found", "in part", "missed") else diamond(x, y, style)


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
