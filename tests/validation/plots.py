"""The plots of the proof."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from tests.validation.figures import CUT_OFFS, statistic_groups, values

mpl.use("Agg")
Record = dict[str, Any]
INK, WARM, COOL, GREY = "#1f2d3d", "#c8553d", "#2a7f9e", "#a9b4bf"


def models_plot(records: list[Record], path: Path) -> None:
    """Plot PR-AUC of naive and honest work, seed by seed: the lesson of the assignment."""
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    lines = {
        "naive, on its random split": (("naive", "random_split_pr_auc"), WARM, "o"),
        "naive, on the replay": (("naive", "replay_pr_auc"), WARM, "x"),
        "honest, on its test months": (("yardstick", "test_pr_auc"), COOL, "o"),
        "honest, on the replay": (("yardstick", "replay_pr_auc"), COOL, "x"),
        "oracle, on the replay": (("oracle", "pr_auc"), INK, "_"),
        "dummy": (("dummy_pr_auc",), GREY, "_"),
    }
    order = np.argsort(values(records, "honest", "naive", "random_split_pr_auc"))
    for name, (path_to, colour, marker) in lines.items():
        figures = np.array(values(records, "honest", *path_to))[order]
        axes.plot(range(1, len(figures) + 1), figures, marker, color=colour, label=name)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set(xlabel="variant, ordered by the naive figure", ylabel="PR-AUC", ylim=(0, None))
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    _save(figure, axes, path)


def plants_plot(records: list[Record], path: Path) -> None:
    """Plot PSI and AUC of every plant against the customary cut-offs, and those of the twins."""
    groups = [g for g in statistic_groups(records) if g.name in CUT_OFFS]
    figure = Figure(figsize=(9, 0.26 * max(len(groups), 6) + 1.2), layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, name in zip(panels, CUT_OFFS, strict=True):
        shown = [g for g in groups if g.name == name]
        for row, group in enumerate(shown):
            axes.plot(group.nulls, [row] * len(group.nulls), "|", color=GREY)
            axes.plot(group.values, [row] * len(group.values), "o", color=WARM, markersize=3, alpha=0.6)
        for cut in CUT_OFFS[name]:
            axes.axvline(cut, color=INK, linewidth=0.6, linestyle=":")
        labels = [g.kind if g.target is None else f"{g.kind} {g.target:g}" for g in shown]
        axes.set_yticks(range(len(shown)), labels, fontsize=7)
        axes.set_xlabel(f"{name.upper()} (twin grey, customary cut-offs dotted)", fontsize=8)
        if name == "psi":
            axes.set_xscale("symlog", linthresh=0.1)
            axes.set_xlim(left=-0.01)
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, None, path)


def auditors_plot(records: list[Record], path: Path) -> None:
    """Plot the audit points that the scripted auditors reach."""
    bots = ("facts only", "best column", "cut-off", "toolbox", "toolbox, one of a kind", "key")
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    for row, bot in enumerate(bots):
        points = values(records, "auditors", bot, "points")
        axes.plot(points, row + np.linspace(-0.2, 0.2, len(points)), "o", color=COOL, markersize=3, alpha=0.6)
        axes.plot([np.mean(points)] * 2, [row - 0.3, row + 0.3], color=INK)
    axes.set_yticks(range(len(bots)), bots)
    axes.set(xlabel="audit points of 25", xlim=(0, 25))
    _save(figure, axes, path)


def _save(figure: Figure, axes: Any, path: Path) -> None:
    if axes is not None:
        axes.spines[["top", "right"]].set_visible(False)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.png")
    figure.savefig(draft, dpi=130, metadata={"Software": None})
    draft.replace(path)
