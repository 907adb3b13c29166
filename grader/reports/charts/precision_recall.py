"""The precision-recall curve of the tuned model and the baseline, with the base rate."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.reports.charts.axes import SIZE, Entry, frame, legend
from grader.reports.charts.svg import drawing, line, path, round_ticks
from grader.reports.wording import share
from grader.results import CurvePoint

MOST_POINTS = 400
"""More than this cannot be told apart at the size of the plot."""


def thinned(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """The points by rising recall, evenly thinned to `MOST_POINTS`, both ends kept."""
    ordered = sorted(points, key=lambda point: (point.recall, -point.precision))
    if len(ordered) <= MOST_POINTS:
        return ordered
    step = (len(ordered) - 1) / (MOST_POINTS - 1)
    return [ordered[round(index * step)] for index in range(MOST_POINTS)]


def precision_at(points: Sequence[CurvePoint], recall: float) -> float:
    """The precision of the point whose recall is nearest."""
    return min(points, key=lambda point: abs(point.recall - recall)).precision


def pr_chart(tuned: Sequence[CurvePoint], baseline: Sequence[CurvePoint], base_rate: float | None) -> Markup:
    """Precision over recall, both 0..1; at least one of the curves has points."""
    ticks = round_ticks(1.0)
    x, y, axes = frame(ticks, ticks, "Recall", "Precision")
    parts: list[Markup] = [axes]
    entries: list[Entry] = []
    said: list[str] = []
    for name, curve, style in (("tuned", tuned, "line-a"), ("baseline", baseline, "line-b")):
        if curve:
            parts.append(path([(x(point.recall), y(point.precision)) for point in thinned(curve)], style))
            entries.append(Entry(name, style))
            said.append(f"{name}: precision {precision_at(curve, 0.5):.2f} at recall 0.50")
    if base_rate is not None:
        parts.insert(1, line(x(0), y(base_rate), x(1), y(base_rate), "reference"))
        entries.append(Entry(f"base rate {share(base_rate)}", "reference"))
        said.append(f"base rate {base_rate:.3f}")
    parts.append(legend(320, 28, entries))
    return drawing("pr", SIZE, "Precision-recall curve", "; ".join(said) + ".", *parts)
