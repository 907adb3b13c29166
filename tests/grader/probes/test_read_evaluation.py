"""Claimed figures, lift tables and plots in the forms that people hand in."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from probe_harness import notebook, read_with, write

from grader.evidence.modelling import EvaluationEvidence


def read(tmp_path):
    """Run the probe on `submission` and `out` below a folder."""
    for name in ("submission", "out"):
        (tmp_path / name).mkdir(exist_ok=True)
    folders = {"submission_dir": tmp_path / "submission", "notebook_out": tmp_path / "out"}
    return read_with("evaluation", EvaluationEvidence, **folders)[0]


def metrics(tmp_path, document, name="evaluation/metrics.json"):
    """Return the claimed metrics of a document."""
    write(tmp_path / "submission" / name, document)
    return read(tmp_path).metrics


def test_the_contracts_own_metrics(tmp_path):
    """Both models, the interval and the decision arrive."""
    document = {
        "baseline": {"pr_auc": 0.2, "precision_at_capacity": 0.3},
        "tuned": {"pr_auc": 0.27, "roc_auc": 0.8, "pr_auc_ci": [0.25, 0.29]},
        "decision": {"threshold": 0.11, "capacity_share": 0.1},
    }
    found = metrics(tmp_path, document)
    assert (found.path, found.problems) == ("evaluation/metrics.json", ())
    assert found.baseline == {"pr_auc": 0.2, "precision_at_capacity": 0.3}
    assert found.tuned == {"pr_auc": 0.27, "roc_auc": 0.8}
    assert found.intervals == {"tuned.pr_auc": (0.25, 0.29)}
    assert found.decision == {"threshold": 0.11, "capacity_share": 0.1}


@pytest.mark.parametrize(
    "document",
    [
        {
            "test": {"logistic_regression": {"AP": 0.2}, "lightgbm": {"average_precision": "27%"}},
            "train": {"tuned": {"ap": 0.9}},
        },
        {"baseline_pr_auc": 0.2, "tuned_pr_auc": 0.27, "pr_auc_train_tuned": 0.9},
        {
            "models": [
                {"model": "baseline", "split": "test", "pr-auc": 0.2},
                {"model": "Tuned", "PR AUC": "0.27"},
            ]
        },
        {
            "baseline": {"validation": {"pr_auc": 0.9}, "test": {"pr_auc": {"value": 0.2}}},
            "final_model": {"auprc": 0.27},
        },
    ],
)
def test_other_layouts_of_metrics(tmp_path, document):
    """Nested by split, flat, a list of models, percentages and synonyms; training figures are not taken."""
    found = metrics(tmp_path, document, "reports/metrics_final.json")
    assert (found.baseline.get("pr_auc"), found.tuned.get("pr_auc")) == (0.2, 0.27)


def test_intervals_and_decisions_in_other_words(tmp_path):
    """Bounds as an object or as two keys, a percentage as capacity; infinities and text are left out."""
    document = {
        "tuned": {
            "pr_auc": {"value": 0.3, "lower": 0.2, "upper": 0.4},
            "brier_ci_low": 0.1,
            "brier_ci_high": 0.2,
        },
        "baseline": {"roc_auc": float("inf"), "brier": "good", "pr_auc": True},
        "decision": {"cutoff": 0.2, "capacity": "10%", "why": "cost"},
    }
    found = metrics(tmp_path, document)
    assert found.intervals == {"tuned.pr_auc": (0.2, 0.4), "tuned.brier": (0.1, 0.2)}
    assert found.decision == {"threshold": 0.2, "capacity_share": 0.1}
    assert (found.baseline, found.tuned) == ({}, {"pr_auc": 0.3})


@pytest.mark.parametrize(
    "content", [b"{", b"[" * 60_000, b"{}", b"\xff\xfe\x00", b'{"tuned": {"a": ' + b"9" * 5000 + b"}}"]
)
def test_damaged_metrics_are_a_problem(tmp_path, content):
    """Broken, deep, empty and oversized JSON gives no claims and says why."""
    found = metrics(tmp_path, content)
    assert (found.path, found.tuned) == (None, {})
    assert "metrics.json" in " ".join(found.problems)


def test_lift_tables(tmp_path):
    """The contract's table arrives; other names, percentages, counting from 0 and the other order are read."""
    header = "decile,customers,churners,churn_rate,lift,cumulative_capture\n"
    write(
        tmp_path / "submission" / "evaluation" / "lift.csv", header + "1,10,5,0.5,5.0,0.5\n2,10,1,0.1,1,0.6\n"
    )
    rows = read(tmp_path).lift.rows
    assert rows[0].model_dump() == {
        "decile": 1, "customers": 10, "churners": 5, "churn_rate": 0.5, "lift": 5.0, "cumulative_capture": 0.5,
    }  # fmt: skip
    other = "Bucket;N;Response Rate;Cum Gain\n0;10;10;100\n9;10;50;50\n"
    write(tmp_path / "submission" / "evaluation" / "lift.csv", other)
    found = read(tmp_path).lift
    rows = [(row.decile, row.churn_rate, row.cumulative_capture) for row in found.rows]
    assert rows == [(1, 0.5, 0.5), (10, 0.1, 1.0)]
    assert any("turned" in problem for problem in found.problems)


def test_a_lift_table_in_a_notebook(tmp_path):
    """A table shown by the executed notebook stands in for the file."""
    page = "<table><tr><th></th><th>decile</th><th>lift</th></tr><tr><td>0</td><td>1</td><td>3.2</td></tr></table>"
    book = notebook("x", "show")
    book["cells"][1]["outputs"] = [
        {"output_type": "execute_result", "data": {"text/html": [page]}, "metadata": {}}
    ]
    write(tmp_path / "submission" / "audit.ipynb", notebook("x", "show"))
    write(tmp_path / "out" / "executed.ipynb", book)
    found = read(tmp_path).lift
    assert found.path == "audit.ipynb#cell2"
    assert (found.rows[0].decile, found.rows[0].lift) == (1, 3.2)


def picture(kind="PNG", size=(200, 100), drawn=True):
    """Return an image that is a tenth black, or blank."""
    pixels = np.full((size[1], size[0], 3), 255, dtype=np.uint8)
    if drawn:
        pixels[: size[1] // 10] = 0
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, kind)
    return held.getvalue()


def test_plots_are_decoded(tmp_path):
    """Size and ink are measured in files and notebooks; what only claims to be an image is a problem."""
    folder = tmp_path / "submission" / "evaluation"
    write(folder / "calibration.png", picture())
    write(folder / "blank.png", picture(drawn=False))
    write(folder / "pr_curve.jpg", picture("JPEG"))
    write(folder / "plot.svg", '<svg width="300pt" height="150"><path d=""/><path d=""/></svg>')
    write(folder / "fake.png", b"\x89PNG\r\n\x1a\n" + b"x" * 500)
    write(folder / "huge.png", picture(size=(9000, 9000), drawn=False))
    (folder / "folder.png").mkdir()
    book = notebook("x")
    encoded = base64.b64encode(picture()).decode()
    book["cells"][0]["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": encoded}, "metadata": {}}
    ]
    write(tmp_path / "submission" / "notebooks" / "01_model.ipynb", book)
    found = read(tmp_path)
    plots = {plot.path: plot for plot in found.plots}
    assert set(plots) == {
        "evaluation/calibration.png", "evaluation/blank.png", "evaluation/pr_curve.jpg", "evaluation/plot.svg",
        "notebooks/01_model.ipynb#cell1",
    }  # fmt: skip
    assert (plots["evaluation/calibration.png"].width, plots["evaluation/calibration.png"].ink) == (200, 0.1)
    assert plots["evaluation/blank.png"].ink == 0
    assert (plots["evaluation/plot.svg"].width, plots["evaluation/plot.svg"].ink) == (300, 0.002)
    assert {p.split(":")[0] for p in found.problems} == {"evaluation/fake.png", "evaluation/huge.png"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evaluation/metrics.json", {"tuned": {"pr_auc": 0.2}, "segments": [
            {"column": "region", "level": "A", "rows": 10, "churn_rate": 0.1, "pr_auc": 0.3}]}),
        ("evaluation/metrics.json", {"tuned": {"pr_auc": 0.2, "by_segment": {
            "region": {"A": {"n": 10, "churn_rate": "10%", "ap": 0.3}}}}}),
        ("evaluation/segments.csv", "column,level,rows,churn_rate,pr_auc\nregion,A,10,0.1,0.3\n"),
        ("results/segment_report.csv", "region,n,base_rate,average_precision\nA,10,0.1,0.3\n"),
    ],
)  # fmt: skip
def test_figures_by_segment_in_usual_forms(tmp_path, name, content):
    """A list or nested objects in the metrics, or a table of its own, say the same."""
    write(tmp_path / "submission" / name, content)
    table = read(tmp_path).segments
    assert table.path == name
    row = table.rows[0]
    assert (row.column, row.level, row.rows, row.churn_rate, row.pr_auc) == ("region", "A", 10, 0.1, 0.3)


def test_without_segments_there_is_no_table(tmp_path):
    """Other figures are not taken for segments."""
    write(
        tmp_path / "submission" / "evaluation/metrics.json",
        {"tuned": {"pr_auc": 0.2}, "models": [{"name": "x"}]},
    )
    assert read(tmp_path).segments.rows == ()


def test_figures_of_segments_are_not_those_of_the_model(tmp_path):
    """A model of which only accuracy is claimed has no PR-AUC, whatever its segments have."""
    segments = [{"column": "region", "level": "A", "rows": 10, "churn_rate": 0.1, "pr_auc": 0.3}]
    document = {"tuned": {"accuracy": 0.94, "roc_auc": 0.8}, "segments": segments}
    found = metrics(tmp_path, document)
    assert found.tuned == {"accuracy": 0.94, "roc_auc": 0.8}
    assert found.baseline == {}
