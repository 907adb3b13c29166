"""Whether the shipped model has earned it: by the brief's own rule, and by test figures that hold later."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import decisions as check
from grader.checks.case import Case
from grader.evidence.service import ServiceEvidence
from tests.grader.case_builder import served_case, with_arrays


@pytest.fixture(scope="module")
def good() -> Case:
    """A served submission of a calibrated tuned model."""
    return served_case(
        service=ServiceEvidence(started=True, route="/predict", request_shape="rows", model_version="m1")
    )


def shipped(good: Case, baseline: np.ndarray) -> float:
    """Credit of shipping the tuned model beside these baseline probabilities per submitted row."""
    return check.choice_is_earned(with_arrays(good, predictions__p_baseline=baseline)).credit


def test_incident_a_win_by_log_loss_alone_did_not_earn_the_choice(good: Case) -> None:
    """The brief has the tuned model served where it wins in PR-AUC or log loss; an equal ranking cost 30 %."""
    tuned = good.evidence.array("predictions.p_tuned")
    assert shipped(good, np.sqrt(tuned)) == 1.0
    better = np.where(good.issued_label[good.prediction_rows] > 0, tuned * 1.001, tuned)
    assert shipped(good, np.clip(np.sqrt(better), 0, 1)) == 1.0
    assert shipped(good, better) < 0.75
