"""The reviewer's page: result first, then the criteria with their evidence, then the plots."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from grader.reports.charts.plant_map import outcome
from grader.reports.pages import render_page
from grader.reports.plots import missing_plots, phases_plot, reviewer_plots
from grader.reports.wording import findings_judged
from grader.results import CriterionResult, Report
from grader.types import CellOutput

FLAGS_AT_ONCE = 6
"""As many flags as leave the first screen readable; the rest is folded away."""


def render_html(report: Report) -> str:
    """One self-contained HTML page: no script, no request, light and dark, for screen and paper."""
    return render_page(
        "page_reviewer.html",
        report=report,
        plots=reviewer_plots(report),
        missing=missing_plots(report.figures),
        chapters=_chapters(report.figures.notebook),
        timeline=phases_plot(report.phases),
        needs_attention=_needs_attention,
        plant_counts=_plant_counts(report),
        environment=_environment(report),
        flags_at_once=FLAGS_AT_ONCE,
        standing_flags=[flag for flag in report.red_flags if flag.state != "dismissed"],
    )


@dataclass(frozen=True)
class Chapter:
    """The cells below one heading of the notebook, with what they show."""

    heading: str
    cells: tuple[CellOutput, ...]

    @property
    def contents(self) -> str:
        """How many cells and figures there are, in a phrase."""
        figures = sum(one.figures for one in self.cells)
        drawn = [f"{figures} figure{'s' if figures > 1 else ''}"] if figures else []
        return ", ".join([f"{len(self.cells)} cell{'s' if len(self.cells) > 1 else ''}", *drawn])


def _chapters(cells: tuple[CellOutput, ...]) -> tuple[Chapter, ...]:
    grouped = groupby(cells, key=lambda one: one.heading)
    return tuple(Chapter(heading or "Before the first heading", tuple(part)) for heading, part in grouped)


def _needs_attention(criterion: CriterionResult) -> bool:
    """Whether the evidence is opened at once: not scored, weak, or uncertain."""
    return criterion.status != "scored" or (criterion.level or 1) <= 2 or criterion.confidence < 0.7


def _plant_counts(report: Report) -> str:
    """How many planted defects were found and how many decoys caught, in a phrase; empty without a key.

    Where the findings were not judged it says so, for nobody missed a defect then.
    """
    plants = [plant for plant in report.figures.plants if plant.family != "decoy"]
    decoys = [plant for plant in report.figures.plants if plant.family == "decoy"]
    if not report.figures.plants:
        return ""
    if not findings_judged(report):
        return f"{len(plants)} planted defects and {len(decoys)} decoys; the findings were not judged"
    found = sum(plant.found for plant in plants)
    trapped = sum(outcome(plant) == "trapped" for plant in decoys)
    other = sum(outcome(plant) == "other defect" for plant in decoys)
    said = (
        f"{found} of {len(plants)} planted defects found, {trapped} of {len(decoys)} decoys taken for defects"
    )
    return f"{said}, a defect of another kind reported at {other}" if other else said


def _environment(report: Report) -> list[tuple[str, str]]:
    """What graded what, for whoever wants to repeat it."""
    ours = [
        ("Submission, SHA-256", report.submission.sha256),
        ("Rubric, SHA-256", report.rubric.sha256),
        ("Grader", report.grader.version),
    ]
    return ours + list(report.environment.items())
