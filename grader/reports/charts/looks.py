"""A table as lines over months or as bars by group, with the span of months that something holds in."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from grader.reports.charts.axes import BOTTOM, RIGHT, TOP, Entry, dot, legend, upright
from grader.reports.charts.svg import Scale, drawing, group, line, path, rect, round_ticks, text, tick_text

LINES = ("line-a", "line-b", "line-c", "line-d")
LEFT = 66.0
WIDTH, BARS_LEFT, BARS_RIGHT, ROW = 480.0, 150.0, 400.0, 22.0
Series = Sequence[tuple[str, Sequence[float]]]


def months_chart(
    name: str, title: str, months: Sequence[str], series: Series, axis: str, span: tuple[str, str] | None
) -> Markup:
    """Up to four lines; NaN breaks a line. `span` (first and last month, inclusive) is shaded. At least a month."""
    known = [value for _, values in series for value in values if math.isfinite(value)] or [0.0]
    ticks = _ticks(min(known), max(known))
    slot = (RIGHT - LEFT) / len(months)
    y = Scale(ticks[0], ticks[-1], BOTTOM, TOP)
    places = [LEFT + slot * (index + 0.5) for index in range(len(months))]
    parts: list[Markup] = []
    if span is not None:
        inside = [x for x, month in zip(places, months, strict=True) if span[0] <= month <= span[1]]
        if inside:
            parts.append(rect(inside[0] - slot / 2, TOP, inside[-1] - inside[0] + slot, BOTTOM - TOP, "band"))
    for tick in ticks:
        parts.append(line(LEFT, y(tick), RIGHT, y(tick), "grid"))
        parts.append(text(LEFT - 8, y(tick) + 4, tick_text(tick, ticks), "tick", "end"))
    for index in range(0, len(months), max(1, math.ceil(len(months) / 5))):
        parts.append(text(places[index], BOTTOM + 19, months[index], "tick", "middle"))
    parts += [line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"), upright(14, (TOP + BOTTOM) / 2, axis)]
    for place, (_, values) in enumerate(series):
        parts += _runs(places, values, y, LINES[place % len(LINES)])
    entries = [Entry(words, LINES[place % len(LINES)]) for place, (words, _) in enumerate(series)]
    if span is not None:
        entries.append(Entry("months concerned", "band", "area"))
    parts.append(legend(LEFT, BOTTOM + 42, entries))
    height = BOTTOM + 42 + 18 * len(entries)
    return drawing(name, (WIDTH, height), title, _said(months, series), *parts)


def groups_chart(name: str, title: str, labels: Sequence[str], values: Sequence[float], axis: str) -> Markup:
    """A bar a group, in their order, with its value. At least one group."""
    known = [value for value in values if math.isfinite(value)] or [0.0]
    ticks = round_ticks(max(known))
    x = Scale(ticks[0], ticks[-1], BARS_LEFT, BARS_RIGHT)
    bottom = TOP + ROW * len(labels)
    parts = [line(x(tick), TOP, x(tick), bottom, "grid") for tick in ticks]
    parts += [text(x(tick), bottom + 19, tick_text(tick, ticks), "tick", "middle") for tick in ticks]
    for index, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = TOP + ROW * (index + 0.5)
        parts.append(text(BARS_LEFT - 8, middle + 4, label[:22], "label", "end"))
        if math.isfinite(value):
            parts.append(rect(BARS_LEFT, middle - 7, x(value) - BARS_LEFT, 14, "bar-a"))
            parts.append(text(x(value) + 6, middle + 4, f"{value:.3g}", "value"))
    parts.append(line(BARS_LEFT, TOP, BARS_LEFT, bottom, "axis"))
    parts.append(text((BARS_LEFT + BARS_RIGHT) / 2, bottom + 40, axis, "axis-title", "middle"))
    return drawing(name, (WIDTH, bottom + 50), title, _said(labels, [(axis, values)]), *parts)


def _runs(places: Sequence[float], values: Sequence[float], y: Scale, class_: str) -> list[Markup]:
    """Return the unbroken pieces of a line; a piece of one month is a dot."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, value in zip(places, values, strict=True):
        if math.isfinite(value):
            pieces[-1].append((x, y(value)))
        elif pieces[-1]:
            pieces.append([])
    drawn = [path(piece, class_) for piece in pieces if len(piece) > 1]
    return [group(*drawn, *(dot(*piece[0], "mark-a") for piece in pieces if len(piece) == 1))]


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Return ticks from 0, or from below it where values are negative."""
    if low >= 0:
        return round_ticks(high)
    step = round_ticks(max(high, -low))[1]
    return tuple(
        round(step * place, 12) for place in range(math.floor(low / step), math.ceil(max(high, 0) / step) + 1)
    )


def _said(labels: Sequence[str], series: Series) -> str:
    told = []
    for name, values in series:
        known = [(value, label) for value, label in zip(values, labels, strict=True) if math.isfinite(value)]
        if known:
            (low, at_low), (high, at_high) = min(known), max(known)
            told.append(f"{name}: from {low:.3g} ({at_low}) to {high:.3g} ({at_high})")
    return "; ".join(told) + "."
