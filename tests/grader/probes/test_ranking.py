"""Of several figures that could be meant by one name the claimed one is taken."""

from __future__ import annotations

from typing import Any

import pytest

from grader.probes.evaluation.metrics import read_metrics

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
