"""Claimed figures in everyday spellings: what can mean one thing only is read, what can mean two is said."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from grader.contract.evaluation import check_metrics
from grader.contract.work import Work
from grader.probes.evaluation.metrics import find_metrics, read_metrics

CONTEST = "found a champion and a challenger, expected `baseline` and `tuned` to tell them apart"


def claimed(document: Any) -> dict[str, Any]:
    """What a metrics document claims, and what of it was not read."""
    found: dict[str, Any] = {"baseline": {}, "tuned": {}, "intervals": {}, "decision": {}}
    return {**found, "unread": read_metrics(document, found)}


@pytest.mark.parametrize(
    ("simple", "other"),
    [
        ("baseline_model", "tuned_model"),
        ("Baseline model", "Final model"),
        ("best_baseline", "best_model"),
        ("logreg_model", "lgbm_model"),
        ("test/baseline", "test/tuned"),
        ("test_baseline", "test_tuned"),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_incident_a_baseline_called_a_model_was_none_or_the_tuned_one(
    simple: str, other: str, flat: bool
) -> None:
    """`baseline_model` was read of nobody, and `best_baseline` in place of the tuned model."""
    document: dict[str, Any] = {
        simple: {"pr_auc": 0.2},
        other: {"pr_auc": 0.25},
        "val_tuned": {"pr_auc": 0.4},
    }
    if flat:
        document = {f"{name}_{key}": value for name, part in document.items() for key, value in part.items()}
    found = claimed(document)
    assert (found["baseline"].get("pr_auc"), found["tuned"].get("pr_auc")) == (0.2, 0.25)


def test_incident_a_lettered_baseline_was_the_tuned_model() -> None:
    """Who letters the models still says which one is the baseline."""
    found = claimed({"model_a_baseline": {"pr_auc": 0.2}, "model_b_tuned": {"pr_auc": 0.25}})
    assert (found["baseline"], found["tuned"]) == ({"pr_auc": 0.2}, {"pr_auc": 0.25})


@pytest.mark.parametrize(
    "spelled",
    [
        {"pr_curve_auc": 0.25},
        {"area under PR curve": 0.25},
        {"auc_prc": 0.25},
        {"PR-AUC (AP)": 0.25},
        {"avg_precision": 0.25},
        {"prAuc": 0.25},
        {"auprc": 0.262, "average_precision": 0.25},
        {"pr_auc": "0,25"},
        {"pr_auc": "25,0 %"},
        {"pr_auc": "0.25 ± 0.02"},
        {"pr_auc": {"in_sample": 0.9, "out_of_time": 0.25}},
        {"pr_auc": {"oof": 0.9, "test": 0.25}},
    ],
)
def test_incident_everyday_names_of_a_figure_were_not_read(spelled: dict[str, Any]) -> None:
    """One figure under a name that means nothing else, or as text, is the claim; training figures are not."""
    found = claimed({"baseline": {"pr_auc": 0.2}, "tuned": spelled})
    assert (found["tuned"]["pr_auc"], found["baseline"]["pr_auc"]) == (0.25, 0.2)
    assert not found["unread"]
    assert "tuned.pr_auc" not in found["intervals"]


@pytest.mark.parametrize(
    "given",
    [
        {"pr_auc_ci": {"ci_2.5": 0.21, "ci_97.5": 0.3}},
        {"pr_auc_ci": {"2.5th percentile": 0.21, "97.5th percentile": 0.3}},
        {"pr_auc_ci": {"lb": 0.21, "ub": 0.3}},
        {"pr_auc_ci_2.5": 0.21, "pr_auc_ci_97.5": 0.3},
        {"pr_auc_95ci_lower": 0.21, "pr_auc_95ci_upper": 0.3},
        {"pr_auc_ci_95_low": 0.21, "pr_auc_ci_95_high": 0.3},
        {"pr_auc_ci95_low": 0.21, "pr_auc_ci95_high": 0.3},
        {"pr_auc_lower_ci": 0.21, "pr_auc_upper_ci": 0.3},
        {"pr_auc_bootstrap_ci": [0.21, 0.3]},
        {"ci_pr_auc": [0.21, 0.3]},
        {"pr_auc_ci": [0.21, 0.25, 0.3]},
        {"pr_auc_ci": "[0.21, 0.30]"},
        {"pr_auc_ci": "0.21 to 0.30"},
        {"pr_auc": "0.25 (95% CI 0.21-0.30)"},
    ],
)
def test_incident_everyday_forms_of_an_interval_were_not_read(given: dict[str, Any]) -> None:
    """The ends of a 95 % interval are the same claim however they are named or written."""
    found = claimed({"baseline": {"pr_auc": 0.2}, "tuned": {"pr_auc": 0.25, **given}})
    assert found["intervals"] == {"tuned.pr_auc": (0.21, 0.3)}
    assert found["tuned"]["pr_auc"] == 0.25


@pytest.mark.parametrize(
    "given", [[0.21, 0.3, 0.95], [0.25, 0.21, 0.3], [0.3, 0.25, 0.21], "2024-07", "0.3-0.2", "0.25 (0.02)"]
)
def test_what_may_be_no_interval_is_none(given: Any) -> None:
    """Three numbers of which one may be the level, months and a spread in brackets stay unread."""
    assert not claimed({"tuned": {"pr_auc": 0.25, "pr_auc_ci": given}})["intervals"]


@pytest.mark.parametrize(
    "given",
    [
        {"precision_top_decile": 0.3},
        {"top 10% precision": 0.3},
        {"precisionAtCapacity": 0.3},
        {"precision_at_capacity_10pct": 0.3},
        {"precision_at_10pct_capacity": 0.3},
        {"precision_at_k": {"0.05": 0.4, "0.10": 0.3}},
        {"precision_at_k": [{"k": 0.05, "value": 0.4}, {"k": 0.1, "value": 0.3}]},
        {"p_at_k": 0.3, "k": 774},
    ],
)
def test_incident_figures_of_the_call_list_in_other_words_were_not_read(given: dict[str, Any]) -> None:
    """Of the share that the brief asks for there is one figure, whatever else stands beside it."""
    assert claimed({"tuned": {"pr_auc": 0.25, **given}})["tuned"]["precision_at_capacity"] == 0.3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"lgbm": {"pr_auc": 0.25}, "xgboost": {"pr_auc": 0.21}},
            "0.25 (lgbm pr_auc) or 0.21 (xgboost pr_auc)",
        ),
        ({"tuned": {"ap": 0.25}, "x": {"tuned_ap": 0.2, "tuned ap": 0.2}}, ""),
        (
            {"model_a": {"pr_auc": 0.2}, "model_b": {"pr_auc": 0.25}},
            "0.2 (model_a pr_auc) or 0.25 (model_b pr_auc)",
        ),
    ],
)
def test_incident_of_two_figures_that_could_be_meant_the_first_was_taken(given: Any, said: str) -> None:
    """Which of two models is the tuned one is nothing to guess: neither is read, and both are told."""
    found = claimed({"baseline": {"pr_auc": 0.1}, **given})
    told = [f"not read: pr_auc of the tuned model: {said}"] if said else []
    assert found["unread"] == told
    assert ("pr_auc" in found["tuned"]) == (not said)
    assert found["baseline"] == {"pr_auc": 0.1}


@pytest.mark.parametrize("given", [
    {"final_model": {"pr_auc": 0.25}, "models": {"xgb": {"pr_auc": 0.28}, "lgbm": {"pr_auc": 0.25}}},
    {"xgb": {"pr_auc": 0.28, "pr_auc_ci": [0.27, 0.29]}, "best_model": {"pr_auc": 0.25}},
    {"test": {"random_forest": {"pr_auc": 0.28}, "lightgbm_tuned_isotonic": {"pr_auc": 0.25}}},
])  # fmt: skip
def test_incident_a_final_model_beside_its_candidates_was_in_doubt(given: dict[str, Any]) -> None:
    """What is called the final model is meant, whatever other models are listed, and nothing of theirs is its own."""
    found = claimed({"baseline": {"pr_auc": 0.1}, **given})
    assert (found["tuned"], found["intervals"], found["unread"]) == ({"pr_auc": 0.25}, {}, [])


def test_one_figure_rounded_twice_is_one_figure() -> None:
    """A summary that gives two decimals more or less is no second claim."""
    found = claimed({"lgbm": {"pr_auc": 0.2537}, "final": {"pr_auc": 0.254}})
    assert (found["tuned"], found["unread"]) == ({"pr_auc": 0.2537}, [])


@pytest.mark.parametrize("pair", [("incumbent", "challenger"), ("champion_model", "challenger_model")])
def test_incident_an_incumbent_was_the_tuned_model(pair: tuple[str, str]) -> None:
    """Nothing but a contest's words says which model is which, so neither is read."""
    found = claimed({pair[0]: {"pr_auc": 0.2}, pair[1]: {"pr_auc": 0.25}})
    assert (found["baseline"], found["tuned"], found["unread"]) == ({}, {}, [CONTEST])


def test_incident_a_policy_was_no_decision() -> None:
    """What a document without a decision calls its policy or operating point is that; its other figures are not."""
    given = {"threshold": 0.2, "capacity_share": 0.1, "precision_at_capacity": 0.3}
    found = claimed({"tuned": {"pr_auc": 0.25}, "policy": given})
    assert found["decision"] == {"threshold": 0.2, "capacity_share": 0.1}
    assert claimed({"policy": given, "decision": {"threshold": 0.4}})["decision"] == {"threshold": 0.4}


@pytest.mark.parametrize("turned", [False, True])
def test_incident_a_frame_as_pandas_splits_it_was_not_read(turned: bool) -> None:
    """`to_json(orient="split")` is a table of models by figures, or of figures by models."""
    models, names, data = ["baseline", "tuned"], ["pr_auc", "brier"], [[0.2, 0.05], [0.25, 0.04]]
    document: dict[str, Any] = {"index": models, "columns": names, "data": data}
    if turned:
        document = {"index": names, "columns": models, "data": [[0.2, 0.25], [0.05, 0.04]]}
    found = claimed(document)
    assert found["baseline"] == {"pr_auc": 0.2, "brier": 0.05}
    assert found["tuned"] == {"pr_auc": 0.25, "brier": 0.04}


def test_what_is_not_read_is_told_before_it_is_handed_in(tmp_path: Path) -> None:
    """Both the grading and the check of the starter name the two figures."""
    document = {"baseline": {"pr_auc": 0.2}, "lgbm": {"pr_auc": 0.25}, "xgboost": {"pr_auc": 0.21}}
    (tmp_path / "metrics.json").write_text(json.dumps(document))
    told = "not read: pr_auc of the tuned model: 0.25 (lgbm pr_auc) or 0.21 (xgboost pr_auc)"
    assert f"metrics.json: {told}" in find_metrics(tmp_path, {"metrics.json": 1})["problems"]
    noted = [problem for problem in check_metrics(Work(tmp_path, {"metrics.json": 1}, None)) if problem.note]
    assert told in [problem.found for problem in noted]


def deep(levels: int) -> Any:
    """Return a document of this many levels."""
    document: Any = 0.3
    for _ in range(levels):
        document = {"tuned": document}
    return document


HOSTILE = [
    b'{"tuned": {"pr_auc": NaN, "pr_auc_ci": [-Infinity, 1e999]}}',
    b'{"tuned": {"pr_auc": ' + b"9" * 5000 + b"}}",
    b'{"tuned": {"pr_auc": "' + b"1" * 5000 + b'", "pr_auc_ci": "' + b"0.1-" * 900_000 + b'"}}',
    b'{"tuned": ' * 100_000 + b"0" + b"}" * 100_000,
    b"[" * 900 + b"]" * 900,
    b'{"index": [null, 1, {}], "columns": [[], {}], "data": [[1], 2, null]}',
    b'{"index": ["tuned"], "columns": ["pr_auc"], "data": [{"index": []}]}',
    b'{"precision_at_k": [{"k": {}}, {"k": 1e999}, {"k": "0.1"}, {"k": true, "name": "\\u0000"}]}',
    b'{"tuned": {"pr_auc": "\\ud800 0.25 \xff"}, "\\ud800": 1, "": {"": {"": 0.2}}}',
    bytes(range(256)) * 40,
    json.dumps({"_".join(["ci", "95"] * 40 + [str(n)]): 0.1 for n in range(250)}).encode(),
    json.dumps({f"{'precision_at_' * 12}{n}": "0.1 (" * 15 for n in range(250)}).encode(),
    json.dumps({str(n): {"tuned": n / 1e6} for n in range(100_000)}).encode(),
    json.dumps([{"model": "m" * 10_000, "pr_auc": n} for n in range(300)]).encode(),
    json.dumps(deep(200)).encode(),
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_documents_end_without_a_claim_or_a_traceback(tmp_path: Path, content: bytes) -> None:
    """Whatever a document holds, it is read in seconds, and what cannot be a figure is a problem or nothing."""
    (tmp_path / "metrics.json").write_bytes(content)
    begun = time.monotonic()
    found = find_metrics(tmp_path, {"metrics.json": 1})
    assert time.monotonic() - begun < 60
    assert all(len(part) <= 60 for part in (found.get("tuned", {}), found.get("intervals", {})))
    assert len(found["problems"]) <= 50
    assert all(len(told) < 700 for told in found["problems"])
    json.dumps(found, allow_nan=False)


def test_a_million_keys_are_read_in_bounded_time() -> None:
    """Of an object only so many keys are looked at, whatever it weighs."""
    document = {"tuned": {f"k{n}": 0.1 for n in range(1_000_000)}}
    begun = time.monotonic()
    assert len(claimed(document)["tuned"]) <= 60
    assert time.monotonic() - begun < 60
