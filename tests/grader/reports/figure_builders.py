"""The numbers behind the plots of a good report."""

from __future__ import annotations

import math
from typing import Any

from grader.results import (
    CurvePoint,
    Figures,
    LatencyLine,
    LiftDecile,
    PlantLine,
    ReliabilityBin,
    ReplayBand,
)
from grader.types import CellOutput, ReadmeBlock, ReadmeStatement

PREDICTED = (0.006, 0.010, 0.015, 0.021, 0.029, 0.039, 0.053, 0.076, 0.121, 0.262)
OBSERVED = (0.005, 0.011, 0.013, 0.022, 0.031, 0.036, 0.055, 0.074, 0.104, 0.224)
LIFTS = (3.72, 1.78, 1.14, 0.88, 0.72, 0.58, 0.45, 0.34, 0.24, 0.15)


def months() -> tuple[str, ...]:
    """The 24 months of the panel."""
    return tuple(f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13))


def curve(average: float) -> tuple[CurvePoint, ...]:
    """A precision-recall curve that falls from a noisy top to the base rate."""
    shape = ((step / 200, 0.062 + average * 2.6 * math.exp(-3.2 * step / 200)) for step in range(1, 201))
    return tuple(
        CurvePoint(
            recall=recall,
            precision=min(1.0, precision * (1 + 0.1 * math.sin(recall * 150) * math.exp(-9 * recall))),
        )
        for recall, precision in shape
    )


def plants() -> tuple[PlantLine, ...]:
    """A key of every family and outcome."""
    rows: tuple[tuple[Any, ...], ...] = (
        ("post_outcome_column", "leakage", ("save_desk_minutes",), None, None, True, 1.0,
         "minutes with the save desk, written when the customer leaves", "post_outcome_column: save_desk_minutes"),
        ("look_ahead_window", "leakage", ("usage_avg_3m",), None, None, False, 0.0,
         "the three-month mean includes the two months after the snapshot", ""),
        ("unit_change", "change", ("data_usage_gb",), "2024-04", None, True, 1.0,
         "usage of the web channel in MB from April 2024", "unit_change: data_usage_gb from 2024-04"),
        ("covariate_drift", "change", ("session_minutes_avg",), "2023-11", "2024-06", True, 0.6,
         "sessions grow longer over eight months", "covariate_drift: session_minutes_avg from 2024-02"),
        ("label_immaturity", "quality", ("churned_90d",), "2024-10", "2024-12", True, 1.0,
         "the last three months have not seen 90 days", "label_immaturity from 2024-10"),
        ("sentinel_values", "quality", ("days_past_due",), None, None, False, 0.0,
         "-999 stands for unknown in 3 % of rows", ""),
        ("seasonal_dip", "decoy", ("logins_30d",), "2024-07", "2024-08", True, 0.0,
         "returns every summer", "covariate_drift: logins_30d"),
        ("price_rise", "decoy", ("monthly_charge",), "2024-01", None, True, 1.0,
         "announced in the dictionary's change log", "note: announced price rise"),
        ("strong_predictor", "decoy", ("days_since_last_login",), None, None, False, 0.0,
         "strong, and known at the snapshot", ""),
    )  # fmt: skip
    names = ("id", "family", "columns", "from_month", "to_month", "found", "credit", "summary", "said")
    return tuple(PlantLine.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def notebook() -> tuple[CellOutput, ...]:
    """Cells below two headings: a table that was cut, a figure, and a cell before any heading."""
    table = "\n".join(f"2023-{month:02d}   0.06{month:02d}   8{month:02d}0" for month in range(1, 13))
    return (
        CellOutput(cell=1, code="import pandas as pd", text="pandas 3.1", lines=1),
        CellOutput(cell=3, heading="Churn by month", code="by_month(rows)", text=table, lines=24),
        CellOutput(cell=4, heading="Churn by month", code="plot(by_month)", figures=1),
    )


def readme() -> tuple[ReadmeBlock, ...]:
    """A heading, a paragraph with a statement that counted, a table and an item that did not count."""
    watched = "Each Monday the PSI of plan_tier is held against the training months."
    return (
        ReadmeBlock(kind="heading", level=2, statements=(ReadmeStatement(text="Monitoring"),)),
        ReadmeBlock(
            kind="paragraph",
            statements=(
                ReadmeStatement(text=watched, counted_for=("monitoring_inputs", "grounded_in_this_work")),
                ReadmeStatement(text="That was the plan until last week."),
            ),
        ),
        ReadmeBlock(kind="row", level=1, statements=(ReadmeStatement(text="What | Limit"),)),
        ReadmeBlock(
            kind="row",
            statements=(ReadmeStatement(text="precision | 0.3", counted_for=("monitoring_outcomes",)),),
        ),
        ReadmeBlock(
            kind="item",
            depth=1,
            statements=(
                ReadmeStatement(text="We never compare the scores with <last month>.", not_counted="denied"),
            ),
        ),
    )


def figures() -> Figures:
    """Numbers for every plot."""
    reliability = tuple(
        ReliabilityBin(predicted=p, observed=o, low=max(0.0, p - 1.96 * math.sqrt(p * (1 - p) / 2481)),
                       high=p + 1.96 * math.sqrt(p * (1 - p) / 2481), rows=2481)
        for p, o in zip(PREDICTED, OBSERVED, strict=True)
    )  # fmt: skip
    lift = tuple(
        LiftDecile(decile=index + 1, customers=2481, churners=round(2481 * 0.062 * value), churn_rate=0.062 * value,
                   lift=value, cumulative_capture=sum(LIFTS[: index + 1]) / 10)
        for index, value in enumerate(LIFTS)
    )  # fmt: skip
    return Figures(
        months=months(),
        base_rate=0.062,
        reliability=reliability,
        pr_curve=curve(0.27),
        pr_curve_baseline=curve(0.22),
        lift=lift,
        replay=ReplayBand(dummy=0.061, yardstick=0.254, oracle=0.331, submission=0.241, claimed=0.263),
        plants=plants(),
        latency=(
            LatencyLine(name="service", p50_ms=11.0, p95_ms=24.0, p99_ms=51.0),
            LatencyLine(name="do-nothing", p50_ms=7.0, p95_ms=19.0, p99_ms=32.0),
        ),
        notebook=notebook(),
        readme=readme(),
    )
