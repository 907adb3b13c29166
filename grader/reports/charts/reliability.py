"""The reliability curve: what was predicted against what came, with the band of a calibrated model."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.reports.charts.axes import SIZE, Entry, diamond, dot, frame, legend
from grader.reports.charts.svg import drawing, group, line, path, round_ticks
from grader.results import ReliabilityBin


def outside(bins: Sequence[ReliabilityBin]) -> int:
    """How many bins lie outside the band a calibrated model would stay in."""
    return sum(not one.low <= one.observed <= one.high for one in bins)


def reliability_chart(bins: Sequence[ReliabilityBin]) -> Markup:
    """Equal-count bins as marks; outside the band they are diamonds. At least one bin."""
    ordered = sorted(bins, key=lambda one: one.predicted)
    ticks = round_ticks(max(max(one.predicted, one.observed, one.high) for one in ordered))
    x, y, axes = frame(ticks, ticks, "Predicted probability", "Share that churned")
    band = [(x(one.predicted), y(one.high)) for one in ordered]
    band += [(x(one.predicted), y(one.low)) for one in reversed(ordered)]
    places = [(x(one.predicted), y(one.observed), one.low <= one.observed <= one.high) for one in ordered]
    marks = [dot(px, py, "mark-a") if good else diamond(px, py, "mark-bad") for px, py, good in places]
    whiskers = [
        line(x(one.predicted), y(one.low), x(one.predicted), y(one.high), "whisker") for one in ordered
    ]
    entries = [
        Entry("band of a calibrated model", "band", "area"),
        Entry("perfect", "reference"),
        Entry("inside the band", "mark-a", "dot"),
    ]
    if outside(ordered):
        entries.append(Entry("outside the band", "mark-bad", "diamond"))
    description = (
        f"{len(ordered)} bins of equal size; {outside(ordered)} outside the band. Predicted runs from "
        f"{ordered[0].predicted:.3f} to {ordered[-1].predicted:.3f}, observed from "
        f"{min(one.observed for one in ordered):.3f} to {max(one.observed for one in ordered):.3f}."
    )
    return drawing(
        "reliability",
        SIZE,
        "Reliability curve",
        description,
        axes,
        path(band, "band", closed=True),
        line(x(ticks[0]), y(ticks[0]), x(ticks[-1]), y(ticks[-1]), "reference"),
        group(*whiskers),
        path([(px, py) for px, py, _ in places], "thin-a"),
        group(*marks),
        legend(66, 26, entries),
    )
