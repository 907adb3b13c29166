"""Lift by decile above, the share of churners captured so far below, on one horizontal axis."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.reports.charts.axes import BOTTOM, LEFT, RIGHT, SIZE, TOP, diamond, dot, upright
from grader.reports.charts.svg import Scale, drawing, group, line, path, rect, round_ticks, text, tick_text
from grader.reports.wording import share
from grader.results import LiftDecile

UPPER_END, LOWER_START = 176.0, 206.0
NOTE_LINE = 10.0
"""Height kept free above the highest bar for the words about the line at 1."""


def lift_chart(deciles: Sequence[LiftDecile]) -> Markup:
    """Decile 1 holds the highest scores. At least one decile."""
    ordered = sorted(deciles, key=lambda one: one.decile)
    slot = (RIGHT - LEFT) / len(ordered)
    middles = [LEFT + slot * (index + 0.5) for index in range(len(ordered))]
    first = ordered[0]
    description = (
        f"Lift is {first.lift:.2f} in decile {first.decile} and {ordered[-1].lift:.2f} in decile "
        f"{ordered[-1].decile}; the first decile captures {share(first.cumulative_capture)} of all churners."
    )
    names = [
        text(middle, BOTTOM + 19, str(one.decile), "tick", "middle")
        for middle, one in zip(middles, ordered, strict=True)
    ]
    return drawing(
        "lift",
        SIZE,
        "Lift by decile and cumulative capture",
        description,
        _bars(ordered, middles, slot),
        _capture(ordered, middles),
        group(*names),
        text((LEFT + RIGHT) / 2, BOTTOM + 40, "Decile of scores (1 = highest)", "axis-title", "middle"),
    )


def _bars(ordered: Sequence[LiftDecile], middles: Sequence[float], slot: float) -> Markup:
    ticks = round_ticks(1.12 * max(1.0, *(one.lift for one in ordered)), 5)
    # The words about the line at 1 stand above all bars: beside the line they lie on the bars of a weak model.
    y = Scale(0.0, ticks[-1], UPPER_END, TOP + 2 * NOTE_LINE)
    marks = _horizontal(ticks, y, "Lift")
    for middle, one in zip(middles, ordered, strict=True):
        marks.append(rect(middle - slot * 0.34, y(one.lift), slot * 0.68, UPPER_END - y(one.lift), "bar-a"))
        marks.append(text(middle, y(one.lift) - 5, f"{one.lift:.1f}", "value", "middle"))
    marks.insert(len(ticks) * 2 + 1, line(LEFT, y(1.0), RIGHT, y(1.0), "reference"))
    marks.append(line(RIGHT - 172, TOP + 5, RIGHT - 150, TOP + 5, "reference"))
    marks.append(text(RIGHT, TOP + NOTE_LINE, "1 = no better than chance", "note", "end"))
    marks.append(line(LEFT, UPPER_END, RIGHT, UPPER_END, "axis"))
    return group(*marks)


def _capture(ordered: Sequence[LiftDecile], middles: Sequence[float]) -> Markup:
    ticks = (0.0, 50.0, 100.0)
    y = Scale(0.0, 100.0, BOTTOM, LOWER_START)
    marks = _horizontal(ticks, y, "Captured, %")
    chance = [(middle, y(100 * (index + 1) / len(ordered))) for index, middle in enumerate(middles)]
    places = [(middle, y(100 * one.cumulative_capture)) for middle, one in zip(middles, ordered, strict=True)]
    marks.append(path(chance, "reference"))
    marks.append(path(places, "line-a"))
    marks.extend(dot(px, py, "mark-a", 3.5) for px, py in places)
    marks.append(diamond(*places[0], "mark-a", 5.5))
    x, height = places[0]
    captured = share(ordered[0].cumulative_capture)
    if height + 14 < BOTTOM - 3:
        marks.append(text(x + 9, height + 14, captured, "value"))
    else:
        marks.append(text(x, height - 9, captured, "value", "middle"))
    marks.append(line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"))
    return group(*marks)


def _horizontal(ticks: Sequence[float], y: Scale, title: str) -> list[Markup]:
    marks: list[Markup] = [upright(14, (y.start + y.end) / 2, title)]
    for tick in ticks:
        marks.append(line(LEFT, y(tick), RIGHT, y(tick), "grid"))
        marks.append(text(LEFT - 8, y(tick) + 4, tick_text(tick, ticks), "tick", "end"))
    return marks
