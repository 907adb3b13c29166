"""Claimed figures, lift tables and plots in the forms that people hand in."""

from __future__ import annotations

import base64
import io
import time

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


CONTRACT = {
    "baseline": {"pr_auc": 0.2, "precision_at_capacity": 0.22, "brier": 0.05},
    "tuned": {"pr_auc": 0.27, "precision_at_capacity": 0.3, "pr_auc_ci": [0.25, 0.29]},
    "decision": {"threshold": 0.2, "capacity_share": 0.1},
}


@pytest.mark.parametrize(
    ("place", "added"),
    [
        ("tuned", {"by_month": {"2024-07": {"pr_auc": 0.21, "pr_auc_ci": [0.1, 0.3], "brier": 0.04}}}),
        ("tuned", {"by_channel": {"web": {"pr_auc": 0.21, "brier": 0.04}}}),
        ("tuned", {"PR AUC": 0.1, "average_precision": 0.21, "precision_at_5pct": 0.31, "pr_auc_low": 0.1}),
        (
            "tuned",
            {"channels": {"shop": {"pr_auc": 0.1, "brier": 0.1}, "web": {"pr_auc": 0.2, "brier": 0.2}}},
        ),
        ("tuned", {"history": [{"pr_auc": 0.1, "brier": 0.1}, {"pr_auc": 0.2, "brier": 0.2}]}),
        ("", {"dummy": {"pr_auc": 0.06, "roc_auc": 0.5}}),
        ("", {"best_trial": {"pr_auc": 0.9, "brier": 0.1}}),
        ("", {"calibrated_isotonic_trial": {"pr_auc": 0.01, "brier": 0.1}}),
        ("", {"lightgbm_uncalibrated": {"pr_auc": 0.27, "brier": 0.2}}),
        ("", {"random": {"pr_auc": 0.06, "brier": 0.2}, "threshold": 0.5, "capacity_share": 0.3}),
        ("", {"by_month": [{"model": "tuned", "month": "2024-07", "pr_auc": 0.1, "brier": 0.1}]}),
        (
            "decision",
            {"best_threshold": 0.45, "call_share": 0.06, "by_month": {"2024-07": {"threshold": 0.4}}},
        ),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_figures_beside_the_contracts_own_do_not_displace_them(tmp_path, place, added, last):
    """A breakdown, an alias or another model that json sorted to the front was read in place of the claim.

    Nor does it fill what the model's own figures leave open: the tuned model here claims no Brier score.
    """
    inner = CONTRACT[place] if place else CONTRACT
    changed = {**inner, **added} if last else {**added, **inner}
    found = metrics(tmp_path, {**CONTRACT, place: changed} if place else changed)
    assert (found.baseline, found.decision) == (CONTRACT["baseline"], CONTRACT["decision"])
    assert found.tuned == {"pr_auc": 0.27, "precision_at_capacity": 0.3}
    assert found.intervals == {"tuned.pr_auc": (0.25, 0.29)}


@pytest.mark.parametrize(
    "tuned",
    [
        {"by_month": {"2024-07": {"pr_auc": 0.27}}},
        {"2024-07": {"pr_auc": 0.27}},
        {"web": {"pr_auc": 0.27}, "shop": {"pr_auc": 0.2}},
        [{"fold": 1, "pr_auc": 0.27}, {"fold": 2, "pr_auc": 0.2}],
    ],
)
def test_a_part_never_stands_in_for_the_whole(tmp_path, tuned):
    """Figures by month, channel or fold are no claim of the whole, though there is no other one."""
    found = metrics(tmp_path, {"baseline": {"pr_auc": 0.2}, "tuned": tuned})
    assert "pr_auc" not in found.tuned


def test_aliases_and_deeper_figures_fill_gaps(tmp_path):
    """What the contract's own names leave open is read under other names, the most specific first."""
    document = {
        "tuned": {"p_at_10": 0.1, "precision_at_k": 0.3, "ranking": {"pr_auc": 0.27}},
        "base_rate": 0.06,
        "decision": {"share": 0.4, "capacity": 0.1, "chosen": {"threshold": 0.2}},
    }
    found = metrics(tmp_path, document)
    assert found.tuned == {"precision_at_capacity": 0.3, "pr_auc": 0.27, "base_rate": 0.06}
    assert found.decision == {"capacity_share": 0.1, "threshold": 0.2}


FOLDS = [0.24, 0.26, 0.28]
AROUND = (pytest.approx(0.2208), pytest.approx(0.2992))
ONE_BY_ONE = [{"fold": place, "pr_auc": value, "n": "12"} for place, value in enumerate(FOLDS)]


@pytest.mark.parametrize("document", [
    {"tuned": {"pr_auc": 0.27, "pr_auc_folds": FOLDS}}, {"tuned": {"pr_auc": 0.27, "cv_pr_auc": FOLDS}},
    {"tuned": {"pr_auc": 0.27, "pr_auc_mean": 0.26, "pr_auc_std": 0.02}},
    {"tuned": {"pr_auc": 0.26, "pr_auc_se": 0.02}}, {"tuned": {"pr_auc": {"mean": 0.26, "std": 0.02, "n": 5}}},
    {"tuned": {"pr_auc": 0.27}, "cv": {"mean_pr_auc": 0.26, "std_pr_auc": 0.02, "n_folds": 5}},
    {"tuned": {"pr_auc": 0.27, "folds": ONE_BY_ONE}}, {"tuned": {"pr_auc": 0.27, "ap": {"cv_scores": FOLDS}}},
    {"tuned": {"pr_auc": 0.27, "folds": {f"fold_{one['fold']}": one for one in ONE_BY_ONE}}},
    {"models": [{"model": "tuned", "pr_auc": 0.26, "pr_auc_sd": 0.02}]},
])  # fmt: skip
def test_several_folds_were_no_word_on_how_sure_a_figure_is(tmp_path, document):
    """Values of three folds or more, or a mean with its spread, are an interval; the figure itself does not move."""
    found = metrics(tmp_path, document)
    low, high = found.intervals["tuned.pr_auc"]
    assert (low, high) == (AROUND[0], pytest.approx(0.2992, abs=1e-4))
    assert found.tuned["pr_auc"] in (0.26, 0.27)


@pytest.mark.parametrize("more", [
    {"pr_auc_folds": [0.24, 0.26]}, {"pr_auc_values": FOLDS}, {"pr_auc_std": 0}, {"pr_auc_std": "wide"},
    {"by_month": {"2024-07": {"pr_auc": 0.2, "pr_auc_std": 0.02}}}, {"train": {"pr_auc": 0.5, "pr_auc_std": 0.02}},
    {"pr_auc_folds": [1e308, -1e308, 1e308]}, {"roc_auc_folds": FOLDS}, {"pr_auc_folds": [[FOLDS]]},
    {"folds": [{"pr_auc": 0.2}, {"pr_auc": "?"}, {"pr_auc": 0.3}]},
])  # fmt: skip
def test_too_little_to_say_how_sure_a_figure_is(tmp_path, more):
    """Two folds, parts of the rows, the training rows, other figures and what is no number give no interval."""
    assert "tuned.pr_auc" not in metrics(tmp_path, {"tuned": {"pr_auc": 0.27, **more}}).intervals


def test_a_stated_interval_goes_before_folds(tmp_path):
    """What the contract asks for is what is judged."""
    found = metrics(tmp_path, {"tuned": {"pr_auc_folds": FOLDS, "pr_auc": 0.27, "pr_auc_ci": [0.25, 0.29]}})
    assert found.intervals == {"tuned.pr_auc": (0.25, 0.29)}


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


def test_incident_a_threshold_with_its_reason_was_none(tmp_path):
    """A figure of the decision may stand under `value`, as those of the models may."""
    decision = {"threshold": {"value": 0.2, "reason": "break-even"}, "capacity_share": {"value": 0.1}}
    found = metrics(tmp_path, {"tuned": {"pr_auc": 0.27}, "decision": decision})
    assert found.decision == {"threshold": 0.2, "capacity_share": 0.1}


def test_incident_a_total_was_the_share_of_the_calls(tmp_path):
    """What stands beside a figure under its name, a total or a mean over folds, does not take its place."""
    decision = {"threshold": {"mean": 0.3, "value": 0.2}, "capacity": {"total": 500, "share": 0.1}}
    found = metrics(tmp_path, {"tuned": {"pr_auc": 0.27}, "decision": decision})
    assert (found.decision["threshold"], found.decision["capacity_share"]) == (0.2, 0.1)


HEADER = "decile,customers,churners,churn_rate,lift,cumulative_capture"


@pytest.mark.parametrize("table", [
    HEADER.replace(",", ";") + "\n1;10;5;0,500;5,000;0,500\n2;10;1;0,100;1,000;0,600\n",
    HEADER.replace(",", "\t") + "\n1\t10\t5\t0,500\t5,000\t0,500\n2\t10\t1\t0,100\t1,000\t0,600\n",
    f"{HEADER}\n1,10,5,0.5,5.0,0.5\n2,10,1,0.1,1,0.6\nTotal,20,6,0.3,3.0,1\n",
    f"{HEADER}\n2,10,5,0.5,5.0,0.5\n1,10,1,0.1,1,0.6\nTotal,20,6,0.3,3.0,1\n",
    f"model,{HEADER}\nbaseline,1,10,4,0.4,4,0.4\nbaseline,2,10,2,0.2,2,0.6\n"
    "tuned,1,10,5,0.5,5,0.5\ntuned,2,10,1,0.1,1,0.6\n",
    f"{HEADER},model\n1,10,4,0.4,4,0.4,logreg\n2,10,2,0.2,2,0.6,logreg\n"
    "1,10,5,0.5,5,0.5,random_forest\n2,10,1,0.1,1,0.6,random_forest\n",
], ids=["decimal commas", "between tabs", "total", "total, turned", "two models", "by name"])  # fmt: skip
def test_incident_lift_tables_were_read_wrong(tmp_path, table):
    """A decimal comma parted thousands, a total turned the order of the deciles, two models were taken for one."""
    write(tmp_path / "submission" / "evaluation" / "lift.csv", table)
    rows = read(tmp_path).lift.rows
    said = [(r.decile, r.customers, r.churners, r.churn_rate, r.lift, r.cumulative_capture) for r in rows]
    assert said == [(1, 10, 5, 0.5, 5.0, 0.5), (2, 10, 1, 0.1, 1.0, 0.6)]


def test_columns_beside_the_contracts_own_do_not_displace_them(tmp_path):
    """A column `rank`, `mean` or `capture` that stood further left was read in place of the exact one."""
    header = "rank,decile,n,customers,hits,churners,mean,churn_rate,lift,capture,cumulative_capture\n"
    table = header + "10,1,7,10,0,5,0.3,0.5,5.0,0.4,0.5\n20,2,7,10,0,1,0.1,0.1,1.0,0.1,0.6\n"
    write(tmp_path / "submission" / "evaluation" / "lift.csv", table)
    assert read(tmp_path).lift.rows[0].model_dump() == {
        "decile": 1, "customers": 10, "churners": 5, "churn_rate": 0.5, "lift": 5.0, "cumulative_capture": 0.5,
    }  # fmt: skip


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


def test_drawings_in_a_notebook_are_plots(tmp_path):
    """Figures that a notebook keeps as SVG were not seen; they are measured as text and shown nowhere."""
    drawing = ['<?xml version="1.0"?>\n<svg width="432pt"\n height="288pt">', "<path/>" * 60, "</svg>"]
    outputs = [
        {"image/svg+xml": drawing, "text/plain": "<Figure>"},
        {"image/svg+xml": "<html>no drawing</html>"},
        {"image/svg+xml": drawing, "image/png": base64.b64encode(picture()).decode()},
        {"image/svg+xml": "<svg" * 300_000},
    ]
    book = notebook(*("x" for _ in outputs))
    for cell, data in zip(book["cells"], outputs, strict=True):
        cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
    write(tmp_path / "submission" / "audit.ipynb", book)
    begin = time.monotonic()
    found = read(tmp_path)
    assert time.monotonic() - begin < 60
    assert [(p.path, p.width, p.height, p.ink) for p in found.plots] == [
        ("audit.ipynb#cell1", 432, 288, 0.06), ("audit.ipynb#cell3", 200, 100, 0.1),
    ]  # fmt: skip
    assert [p.split(":")[0] for p in found.problems] == ["audit.ipynb#cell2", "audit.ipynb#cell4"]


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


def test_accuracy_alone_is_kept_though_it_is_no_file_of_figures(tmp_path):
    """A person should know that this is all there is; a file with the figures that were asked for goes first."""
    found = metrics(tmp_path, {"tuned": {"accuracy": 0.94, "test_rows": 900.0}})
    assert (found.path, found.tuned["accuracy"], found.baseline) == (None, 0.94, {})
    assert any("no known metric" in problem for problem in found.problems)
    both = metrics(tmp_path, {"tuned": {"pr_auc": 0.27}}, "evaluation/scores.json")
    assert (both.path, both.tuned) == ("evaluation/scores.json", {"pr_auc": 0.27})
