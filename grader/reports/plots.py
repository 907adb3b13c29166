"""The plots of a page, each with the numbers behind it as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.reports.charts.lift import lift_chart
from grader.reports.charts.looks import groups_chart
from grader.reports.charts.plant_map import notes, outcome, plant_map
from grader.reports.charts.precision_recall import pr_chart, precision_at
from grader.reports.charts.reliability import outside, reliability_chart
from grader.reports.charts.replay import replay_chart, replay_rows
from grader.reports.charts.timeline import timeline
from grader.reports.wording import findings_judged, share
from grader.results import Figures, LatencyLine, Report
from grader.types import PhaseRecord

RECALLS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
SAME_SCORE = 1e-9
"""Means of one score over bins differ by rounding only."""
FLATTERED = 0.1
"""Claimed PR-AUC less the replayed one from which a caption says more than the figure: several standard errors."""


@dataclass(frozen=True)
class Plot:
    """A figure: its image, a caption that says how to read it, and the same numbers as a table.

    `columns` names the table's columns; the first cell of a row names the row. `wide` plots take a whole line.
    """

    id: str
    title: str
    caption: str
    image: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False


def model_plots(figures: Figures, with_oracle: bool = True) -> tuple[Plot, ...]:
    """The plots of the submitted model that could be drawn; `with_oracle` is for reviewers only."""
    plots = (
        _reliability(figures),
        _precision_recall(figures),
        _lift(figures),
        _replay(figures, with_oracle),
        _latency(figures),
    )
    return tuple(plot for plot in plots if plot is not None)


def missing_plots(figures: Figures) -> tuple[str, ...]:
    """Names of the plots of the model that there are no numbers for."""
    there = {
        "reliability curve": bool(figures.reliability),
        "precision-recall curve": bool(figures.pr_curve or figures.pr_curve_baseline),
        "lift by decile": bool(figures.lift),
        "production replay": figures.replay is not None,
        "latency under load": bool(figures.latency),
    }
    return tuple(name for name, present in there.items() if not present)


def plants_plot(figures: Figures, judged: bool = True) -> Plot | None:
    """The map of planted defects and decoys; for reviewers only. Without judged findings no outcome is one."""
    if not figures.plants:
        return None
    rows = tuple(
        (
            plant.id,
            plant.family,
            ", ".join(plant.columns) or "whole rows",
            f"{plant.from_month or 'start'} to {plant.to_month or 'end'}",
            outcome(plant, judged) + (f", credit {plant.credit:.2f}" if judged else ""),
            plant.summary,
            plant.said or "nothing",
        )
        for plant in figures.plants
    )
    meanings = "; ".join(f"{word}: {note}" for word, note in notes(judged).items())
    return Plot(
        "plants",
        "Planted defects and decoys",
        f"Bars cover the months in which a defect shows. {meanings[0].upper()}{meanings[1:]}.",
        plant_map(figures.months, figures.plants, judged),
        ("Plant", "Family", "Columns", "Months", "Outcome", "What was planted", "What the candidate said"),
        rows,
        wide=True,
    )


def phases_plot(phases: Sequence[PhaseRecord]) -> Plot | None:
    """The time by phase."""
    if not phases:
        return None
    return Plot(
        "phases",
        "Where the time went",
        "Wall-clock time of each phase of the grading.",
        timeline(phases),
        (),
        (),
        wide=True,
    )


def reviewer_plots(report: Report) -> tuple[Plot, ...]:
    """Every plot of the reviewer's page but the time line, in the order of the page."""
    plants = plants_plot(report.figures, findings_judged(report))
    return model_plots(report.figures) + (() if plants is None else (plants,))


def _reliability(figures: Figures) -> Plot | None:
    bins = sorted(figures.reliability, key=lambda one: one.predicted)
    if not bins:
        return None
    wrong = outside(bins)
    verdict = "All bins lie inside" if wrong == 0 else f"{wrong} of {len(bins)} bins lie outside"
    rows = tuple(
        (f"{one.predicted:.3f}", f"{one.observed:.3f}", f"{one.low:.3f} to {one.high:.3f}", f"{one.rows:,}")
        for one in bins
    )
    return Plot(
        "reliability",
        "Reliability curve",
        f"Test rows in bins of equal size. {verdict} the band that a calibrated model of this sample size stays in.",
        reliability_chart(bins),
        ("Predicted", "Observed", "Calibrated band", "Rows"),
        rows,
    )


def _precision_recall(figures: Figures) -> Plot | None:
    tuned, baseline = figures.pr_curve, figures.pr_curve_baseline
    if not tuned and not baseline:
        return None
    rows = tuple(
        (
            f"{recall:.2f}",
            *(f"{precision_at(curve, recall):.3f}" if curve else "none" for curve in (tuned, baseline)),
        )
        for recall in RECALLS
    )
    return Plot(
        "pr",
        "Precision and recall",
        "Recomputed from the submitted predictions on the test months. A useless model follows the base rate.",
        pr_chart(tuned, baseline, figures.base_rate),
        ("Recall", "Precision, tuned", "Precision, baseline"),
        rows,
    )


def _lift(figures: Figures) -> Plot | None:
    deciles = sorted(figures.lift, key=lambda one: one.decile)
    if not deciles:
        return None
    rows = tuple(
        (
            str(one.decile),
            f"{one.customers:,}",
            f"{one.churners:,}",
            share(one.churn_rate),
            f"{one.lift:.2f}",
            share(one.cumulative_capture),
        )
        for one in deciles
    )
    return Plot(
        "lift",
        "Lift by decile",
        _lift_caption(figures, deciles[0].cumulative_capture),
        lift_chart(deciles),
        ("Decile", "Customers", "Churners", "Churn rate", "Lift", "Captured so far"),
        rows,
    )


def _lift_caption(figures: Figures, captured: float) -> str:
    predicted = [one.predicted for one in figures.reliability]
    if len(predicted) > 1 and max(predicted) - min(predicted) < SAME_SCORE:
        return "All scores are equal: the deciles are in no order of the model's, and their lift is chance."
    return f"Calling the first decile reaches {share(captured)} of all who would leave."


def _replay(figures: Figures, with_oracle: bool) -> Plot | None:
    band = figures.replay
    if band is None:
        return None
    rows = replay_rows(band, with_oracle)
    return Plot(
        "replay",
        "Production replay",
        _replay_caption(band.claimed, band.submission),
        replay_chart(rows),
        ("Model", "What it is", "PR-AUC"),
        tuple((row.name, row.note, f"{row.value:.4f}") for row in rows),
    )


def _latency(figures: Figures) -> Plot | None:
    if not figures.latency:
        return None
    lines = [(f"{line.name}, {name}", value) for name, line, value in _percentiles(figures)]
    rows = tuple((label, f"{value:.1f}") for label, value in lines)
    return Plot(
        "latency",
        "Latency under load",
        "Single-row requests at the brief's rate, from the time each was due. The do-nothing service bore the same "
        "load on the same machine; the brief allows 250 ms at p99.",
        groups_chart(
            "latency",
            "Latency under load",
            [label for label, _ in lines],
            [v for _, v in lines],
            "Milliseconds",
        ),
        ("Percentile", "Milliseconds"),
        rows,
    )


def _percentiles(figures: Figures) -> list[tuple[str, LatencyLine, float]]:
    """The known percentiles, the two services beside each other."""
    return [
        (name, line, value)
        for name in ("p50", "p95", "p99")
        for line in figures.latency
        if (value := getattr(line, f"{name}_ms")) is not None
    ]


def _replay_caption(claimed: float | None, replayed: float | None) -> str:
    months = "The served model on the three months after the release, as it would see them in production."
    if replayed is None:
        return f"{months} It could not be measured."
    if claimed is None:
        return months
    gap = claimed - replayed
    verdict = "; so far above 0, the test flattered the model" if gap >= FLATTERED else ""
    return f"{months} The PR-AUC claimed for the test months less the one replayed is {gap:+.3f}{verdict}."
