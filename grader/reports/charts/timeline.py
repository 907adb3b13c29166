"""Where the time of a grading went, phase by phase."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.reports.charts.svg import Scale, drawing, line, rect, round_ticks, text, tick_text
from grader.reports.wording import seconds
from grader.types import PhaseRecord

WIDTH, LEFT, RIGHT, TOP, ROW = 960.0, 250.0, 800.0, 8.0, 26.0


def standing(phase: PhaseRecord) -> str:
    """How a phase ended, as the class of its bar: `ok`, `failed`, or `open` where that is not theirs."""
    if not phase.assessed or phase.ours:
        return "open"
    return "ok" if phase.verdict == "OK" else "failed"


def timeline(phases: Sequence[PhaseRecord]) -> Markup:
    """One bar a phase, in the order they ran, as long as it took. At least one phase."""
    unit, name = (60.0, "Minutes") if max(phase.seconds for phase in phases) >= 180 else (1.0, "Seconds")
    ticks = round_ticks(max(phase.seconds for phase in phases) / unit)
    x = Scale(ticks[0], ticks[-1], LEFT, RIGHT)
    bottom = TOP + ROW * len(phases)
    parts: list[Markup] = []
    for tick in ticks:
        parts.append(line(x(tick), TOP, x(tick), bottom + 5, "grid"))
        parts.append(text(x(tick), bottom + 19, tick_text(tick, ticks), "tick", "middle"))
    for index, phase in enumerate(phases):
        top = TOP + ROW * index
        end = x(phase.seconds / unit)
        ending = "" if phase.verdict == "OK" else f", {phase.verdict.value}"
        parts.append(text(LEFT - 10, top + 17, phase.id[:34], "label", "end"))
        parts.append(rect(LEFT, top + 6, max(end - LEFT, 1.5), ROW - 12, f"phase {standing(phase)}"))
        parts.append(text(end + 8, top + 17, seconds(phase.seconds) + ending, "value"))
    parts.append(line(LEFT, TOP, LEFT, bottom, "axis"))
    parts.append(text((LEFT + RIGHT) / 2, bottom + 38, name, "axis-title", "middle"))
    said = ", ".join(f"{phase.id} {seconds(phase.seconds)} {phase.verdict.value}" for phase in phases)
    return drawing("phases", (WIDTH, bottom + 46), "Time by phase", said + ".", *parts)
