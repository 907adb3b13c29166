"""PR-AUC on the production replay: where the submission lies between a dummy and what was achievable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.reports.charts.axes import diamond, dot
from grader.reports.charts.svg import Scale, drawing, line, rect, round_ticks, text, tick_text
from grader.results import ReplayBand

WIDTH, LEFT, RIGHT, TOP, ROW = 480.0, 158.0, 420.0, 16.0, 40.0


@dataclass(frozen=True)
class Row:
    """One line of the plot; `of_submission` sets off what the candidate is answerable for."""

    name: str
    note: str
    value: float
    of_submission: bool = False


def replay_rows(band: ReplayBand, with_oracle: bool = True) -> tuple[Row, ...]:
    """The lines from the lowest reference to the claim; without the oracle for candidates."""
    rows = [Row("Dummy", "knows the base rate", band.dummy)]
    rows.append(Row("Yardstick", "fixed LightGBM", band.yardstick))
    if with_oracle:
        rows.append(Row("Oracle", "true probabilities", band.oracle))
    if band.claimed is not None:
        rows.append(Row("Claimed", "on the test split", band.claimed, of_submission=True))
    if band.submission is not None:
        rows.append(Row("Submission", "served, on the replay", band.submission, of_submission=True))
    return tuple(rows)


def replay_chart(rows: Sequence[Row]) -> Markup:
    """A mark for every row; the shade runs from the first (dummy) to the second (yardstick). Two or more."""
    ticks = round_ticks(max(row.value for row in rows))
    x = Scale(ticks[0], ticks[-1], LEFT, RIGHT)
    bottom = TOP + ROW * len(rows)
    low, high = sorted((rows[0].value, rows[1].value))
    parts: list[Markup] = [rect(x(low), TOP, x(high) - x(low), bottom - TOP, "band")]
    for tick in ticks:
        parts.append(line(x(tick), TOP, x(tick), bottom + 5, "grid"))
        parts.append(text(x(tick), bottom + 19, tick_text(tick, ticks), "tick", "middle"))
    for index, row in enumerate(rows):
        middle = TOP + ROW * (index + 0.5)
        parts.append(text(8, middle - 2, row.name, "label strong" if row.of_submission else "label"))
        parts.append(text(8, middle + 13, row.note, "note"))
        parts.append(line(LEFT, middle, x(row.value), middle, "stem"))
        mark = (
            diamond(x(row.value), middle, "mark-a", 7)
            if row.of_submission
            else dot(x(row.value), middle, "mark-b", 5)
        )
        parts.append(mark)
        parts.append(text(x(row.value) + 12, middle + 4, f"{row.value:.3f}", "value"))
    parts.append(line(LEFT, bottom, RIGHT, bottom, "axis"))
    parts.append(
        text(
            (LEFT + RIGHT) / 2, bottom + 40, "PR-AUC; shaded from dummy to yardstick", "axis-title", "middle"
        )
    )
    said = ", ".join(f"{row.name.lower()} {row.value:.3f}" for row in rows)
    return drawing(
        "replay", (WIDTH, bottom + 50), "PR-AUC on the production replay", f"PR-AUC: {said}.", *parts
    )
