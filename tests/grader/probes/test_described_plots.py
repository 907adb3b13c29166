"""Figures that a notebook keeps as a description instead of as an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from probe_harness import notebook, read_with, write

from grader.evidence.modelling import EvaluationEvidence, PlotFile


def plots(folder: Path, *shown: dict[str, Any]) -> tuple[PlotFile, ...]:
    """Run the probe on a notebook whose cells show these, and return its plots."""
    book = notebook(*("fig" for _ in shown))
    for cell, data in zip(book["cells"], shown, strict=True):
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    write(folder / "audit.ipynb", book)
    found: EvaluationEvidence = read_with("evaluation", EvaluationEvidence, submission_dir=folder)[0]
    return found.plots


def test_incident_interactive_figures_of_a_notebook_were_none(tmp_path: Path) -> None:
    """A curve of Plotly or Vega is a figure of the notebook; an empty canvas and other JSON are none."""
    curve = {"type": "scatter", "x": [n / 50 for n in range(50)], "y": [1 - n / 60 for n in range(50)]}
    found = plots(
        tmp_path,
        {"application/vnd.plotly.v1+json": {"data": [curve], "layout": {"width": 800, "height": 500}}},
        {"application/vnd.vegalite.v5+json": {"mark": "line", "data": {"values": [{"x": 1, "y": 2}] * 30}}},
        {"application/vnd.plotly.v1+json": {"data": [], "layout": {}}},
        {"application/json": {"data": [curve]}},
        {"application/vnd.plotly.v1+json": "no figure"},
    )
    assert [(p.path, p.width, p.height) for p in found] == [
        ("audit.ipynb#cell1", 800, 500),
        ("audit.ipynb#cell2", 700, 450),
    ]
    assert all(p.ink >= 0.003 for p in found)
