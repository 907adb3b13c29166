"""Of several figures that could be meant by one name the claimed one is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.probes.evaluation.metrics import find_metrics, read_metrics

DUMMY, FITTED = {"pr_auc": 0.06, "brier": 0.058}, {"pr_auc": 0.2}


def claimed(document: Any) -> dict[str, Any]:
    """What a metrics document claims."""
    found: dict[str, Any] = {"baseline": {}, "tuned": {}, "intervals": {}, "decision": {}}
    read_metrics(document, found)
    return found


@pytest.mark.parametrize(
    "document",
    [
        {"dummy": DUMMY, "logreg": FITTED},
        {"logreg": FITTED, "dummy": DUMMY},
        {"baseline": {"dummy": DUMMY, "logreg": FITTED}},
        {"baseline_dummy": DUMMY, "baseline_logreg": FITTED},
        {"models": [{"model": "dummy", **DUMMY}, {"model": "logistic regression", **FITTED}]},
    ],
)
def test_incident_a_dummy_beside_the_baseline_was_taken_for_it(document: dict[str, Any]) -> None:
    """Its figures did not recompute from the baseline's probabilities, and a flag said that claims were wrong."""
    assert claimed(document)["baseline"] == FITTED


def test_a_dummy_alone_is_the_baseline() -> None:
    """Somebody whose only baseline predicts the base rate has one."""
    assert claimed({"dummy": DUMMY, "tuned": {"pr_auc": 0.27}})["baseline"] == DUMMY


@pytest.mark.parametrize(
    ("figures", "interval"),
    [
        ({"precision@10%": 0.3, "recall@10%": 0.4}, None),
        ({"precision@5%": 0.5, "precision@10%": 0.3, "recall@20%": 0.6, "recall@10%": 0.4}, None),
        ({"Precision @ 0.1": 0.3, "recall@top 10 %": 0.4}, None),
        (
            {"precision_at_5pct": 0.5, "precision_at_10pct": 0.3, "recall_at_10": 0.4, "recall_at_50": 0.9},
            None,
        ),
        ({"precision@k": 0.3, "recall@k": 0.4, "pr_auc_ci_lo": 0.21, "pr_auc_ci_hi": 0.3}, (0.21, 0.3)),
        ({"p@10": 0.3, "r@10": 0.4, "pr_auc_ci": {"2.5%": 0.21, "97.5%": 0.3}}, (0.21, 0.3)),
        ({"p@10": 0.3, "r@10": 0.4, "pr_auc_ci": {"lower_95": 0.21, "upper_95": 0.3}}, (0.21, 0.3)),
        ({"p@10": 0.3, "r@10": 0.4, "pr_auc": {"value": 0.25, "0.025": 0.21, "0.975": 0.3}}, (0.21, 0.3)),
    ],
)
def test_incident_an_at_sign_and_the_ends_of_an_interval_were_not_read(
    figures: dict[str, Any], interval: tuple[float, float] | None
) -> None:
    """`precision@10%` and `pr_auc_ci_lo` are everyday names; of several shares the brief's own is meant."""
    found = claimed({"baseline": {"pr_auc": 0.2}, "tuned": {"pr_auc": 0.25, **figures}})
    tuned = found["tuned"]
    assert (tuned["precision_at_capacity"], tuned["recall_at_capacity"], tuned["pr_auc"]) == (0.3, 0.4, 0.25)
    assert found["intervals"].get("tuned.pr_auc") == interval


def test_incident_a_flat_capacity_of_the_decision_was_not_read() -> None:
    """`decision.threshold` as one key was read, `decision.capacity_share` beside it was not."""
    flat = claimed({"tuned.pr_auc": 0.25, "decision.threshold": 0.2, "decision.capacity_share": 0.1})
    assert flat["decision"] == {"threshold": 0.2, "capacity_share": 0.1}
    assert flat["tuned"] == {"pr_auc": 0.25}


WEAK, STRONG = {"pr_auc": 0.2}, {"pr_auc": 0.25, "pr_auc_ci": [0.21, 0.3]}


@pytest.mark.parametrize(
    ("document", "baseline", "tuned"),
    [
        ({"champion": WEAK, "challenger": STRONG}, None, None),
        ({"champion": STRONG, "challenger": WEAK}, None, None),
        ({"champion (logreg)": WEAK, "challenger (lgbm)": STRONG}, 0.2, 0.25),
        ({"champion": {"lgbm": STRONG}, "challenger": {"logreg": WEAK}}, 0.2, 0.25),
        ({"models": [{"name": "champion", **WEAK}, {"name": "challenger", **STRONG}]}, None, None),
        ({"baseline": WEAK, "champion": STRONG}, 0.2, 0.25),
        ({"baseline": WEAK, "champion": STRONG, "challenger": {"pr_auc": 0.24}}, 0.2, 0.25),
        ({"baseline": WEAK, "tuned": STRONG, "champion": STRONG, "challenger": WEAK}, 0.2, 0.25),
    ],
)
def test_incident_a_champion_beside_its_challenger_was_the_tuned_model(
    document: Any, baseline: float | None, tuned: float | None
) -> None:
    """A champion is the model in use to one and the winner to another: read wrongly, honest figures were accused."""
    found = claimed({**document, "decision": {"threshold": 0.2, "best_threshold": 0.3}})
    assert (found["baseline"].get("pr_auc"), found["tuned"].get("pr_auc")) == (baseline, tuned)
    assert found["intervals"].get("tuned.pr_auc") == (None if tuned is None else (0.21, 0.3))


def test_who_names_a_champion_and_a_challenger_is_told_what_to_write(tmp_path: Path) -> None:
    """What is read of neither has to be said before it is handed in."""
    (tmp_path / "metrics.json").write_text(json.dumps({"champion": WEAK, "challenger": STRONG}))
    found = find_metrics(tmp_path, {"metrics.json": 1})
    assert (
        "metrics.json: found a champion and a challenger, expected `baseline` and `tuned` to tell them apart"
        in (found["problems"])
    )
