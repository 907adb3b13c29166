"""A figure that suits a rare outcome is looked for in every text, or nothing is said about its absence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.evidence.modelling import EvaluationEvidence
from grader.probes.evaluation.suited import FILES, find_suited
from grader.probes.shared.files import list_files
from tests.grader.probes.probe_harness import read_with

ASSIGNMENT = Path(__file__).parents[3] / "assignment"


def read(tmp_path: Path) -> EvaluationEvidence:
    """Run the probe on `submission` and `out` below a folder."""
    for name in ("submission", "out"):
        (tmp_path / name).mkdir(exist_ok=True)
    folders = {"submission_dir": tmp_path / "submission", "notebook_out": tmp_path / "out"}
    found, _ = read_with("evaluation", EvaluationEvidence, **folders)
    return found


def test_incident_a_figure_behind_the_runs_of_a_tracking_store_was_not_there(tmp_path: Path) -> None:
    """Each tuning run leaves a text; behind two hundred of them no report was read, and that raised a flag."""
    for number in range(FILES - 1):
        run = tmp_path / "mlruns" / "0" / f"{number:04d}"
        run.mkdir(parents=True)
        (run / "meta.yaml").write_text("name: run\n")
    assert find_suited(tmp_path, list_files(tmp_path)) == ""
    report = tmp_path / "outputs" / "evaluation" / "final" / "summary.md"
    report.parent.mkdir(parents=True)
    report.write_text("Nothing of note.\n")
    assert find_suited(tmp_path, list_files(tmp_path)) == ""
    (run / "more.yaml").write_text("name: run\n")
    assert find_suited(tmp_path, list_files(tmp_path)) is None
    report.write_text("PR-AUC is 0.27 on the test months.\n")
    assert find_suited(tmp_path, list_files(tmp_path)) != ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/RESULTS.md", "| PR-AUC | ROC-AUC |\n|---|---|\n| 0.27 | 0.80 |\n"),
        ("report.json", '{"weighted avg": {"precision": 0.9, "f1-score": 0.91}}'),
        ("k.json", '{"scores": {"precision_at_10": 0.3}}'),
        ("out/table.csv", "model,average_precision\ntuned,0.27\n"),
        (
            "logs/train.log",
            "              precision    recall  f1-score\n   1       0.30      0.31      0.30\n",
        ),
        ("other.ipynb", '{"cells": [{"source": ["average_precision_score(y, p)"]}]}'),
    ],
)
def test_texts_and_tables_that_tell_a_figure_for_a_rare_outcome_are_named(
    tmp_path: Path, name: str, text: str
) -> None:
    """Whatever they are called and wherever they lie, so that nobody is accused of having none."""
    (tmp_path / "submission" / name).parent.mkdir(parents=True)
    (tmp_path / "submission" / name).write_text(text)
    assert read(tmp_path).suited == name


def test_other_texts_are_not(tmp_path: Path) -> None:
    """Figures of other kinds, names without a figure, and what every submission holds."""
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "README.md").write_text("ROC-AUC is 0.94.\n\nWe will look at PR-AUC later.\n")
    (folder / "findings.json").write_text('{"summary": "precision 0.5"}')
    (folder / "metrics.json").write_text('{"tuned": {"roc_auc": 0.8, "precision": null}, "rows": 7}')
    (folder / "broken.json").write_bytes(b"\xff\x00 recall")
    assert read(tmp_path).suited == ""


def test_what_the_bundle_brings_along_tells_nothing(tmp_path: Path) -> None:
    """The brief and the starter name every figure that is asked for; left inside they are nobody's work."""
    shutil.copytree(ASSIGNMENT, tmp_path / "submission" / "brief")
    assert read(tmp_path).suited == ""


def test_long_texts_full_of_such_names_are_read_in_a_moment(tmp_path: Path) -> None:
    """Reading the figures may not end by the clock for what lies beside them."""
    folder = tmp_path / "submission"
    folder.mkdir()
    for i in range(40):
        (folder / f"{i}.html").write_text("precision recall top ap " * 40_000)
        (folder / f"{i}.txt").write_text("call the list of top scores \n" * 40_000)
    found = read(tmp_path)
    assert found.metrics.problems  # it ended by itself, within the probe's own time
    assert found.suited is None  # and says that it did not read everything
