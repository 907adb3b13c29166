"""The frame of a plot: grid, ticks, axis titles, and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.reports.charts.svg import Scale, element, group, line, path, rect, text, tick_text

SIZE = (480.0, 350.0)
LEFT, RIGHT, TOP, BOTTOM = 52.0, 464.0, 14.0, 300.0
"""The plotting area inside `SIZE`; the rest holds ticks, titles and legends."""


@dataclass(frozen=True)
class Entry:
    """A line of a legend: words, class of the sign, and its shape: `line`, `area`, `dot` or `diamond`."""

    words: str
    class_: str
    shape: str = "line"


def frame(
    x_ticks: Sequence[float], y_ticks: Sequence[float], x_title: str, y_title: str
) -> tuple[Scale, Scale, Markup]:
    """Scales of both axes, from the first to the last tick, and the drawn axes."""
    x = Scale(x_ticks[0], x_ticks[-1], LEFT, RIGHT)
    y = Scale(y_ticks[0], y_ticks[-1], BOTTOM, TOP)
    marks: list[Markup] = []
    for tick in y_ticks:
        marks.append(line(LEFT, y(tick), RIGHT, y(tick), "grid"))
        marks.append(text(LEFT - 8, y(tick) + 4, tick_text(tick, y_ticks), "tick", "end"))
    for tick in x_ticks:
        marks.append(line(x(tick), BOTTOM, x(tick), BOTTOM + 5, "axis"))
        marks.append(text(x(tick), BOTTOM + 19, tick_text(tick, x_ticks), "tick", "middle"))
    marks.append(line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"))
    marks.append(text((LEFT + RIGHT) / 2, BOTTOM + 40, x_title, "axis-title", "middle"))
    marks.append(upright(14, (TOP + BOTTOM) / 2, y_title))
    return x, y, group(*marks)


def upright(x: float, y: float, words: str) -> Markup:
    """The title of a vertical axis, reading upwards."""
    turned = f"rotate(-90 {x:g} {y:g})"
    return element("text", words, x=x, y=y, class_="axis-title", text_anchor="middle", transform=turned)


def legend(x: float, y: float, entries: Sequence[Entry]) -> Markup:
    """Signs and words, one below the other, from the top left corner at `x`, `y`."""
    rows: list[Markup] = []
    for index, entry in enumerate(entries):
        middle = y + 18 * index
        rows.append(_sign(x, middle, entry))
        rows.append(text(x + 30, middle + 4, entry.words))
    return group(*rows, class_="legend")


def _sign(x: float, middle: float, entry: Entry) -> Markup:
    if entry.shape == "area":
        return rect(x, middle - 5, 22, 10, entry.class_)
    if entry.shape == "dot":
        return dot(x + 11, middle, entry.class_)
    if entry.shape == "diamond":
        return diamond(x + 11, middle, entry.class_)
    return line(x, middle, x + 22, middle, entry.class_)


def dot(x: float, y: float, class_: str, radius: float = 4.5) -> Markup:
    """A round mark."""
    return element("circle", cx=x, cy=y, r=radius, class_=class_)


def diamond(x: float, y: float, class_: str, radius: float = 6.0) -> Markup:
    """A mark that differs from `dot` in shape, so that colour is not all that tells them apart."""
    return path(((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)), class_, closed=True)
