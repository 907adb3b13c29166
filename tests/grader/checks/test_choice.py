"""Whether the shipped model has earned it: by the brief's own rule, and by test figures that hold later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks import decisions as check
from grader.checks.case import Case
from grader.checks.optimism import refuted_by_replay
from grader.evidence.service import ServiceEvidence
from grader.flags import raise_flags
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


def known(good: Case, tuned: np.ndarray) -> Case:
    """The submission with these tuned probabilities, which are served, and a yardstick known on test, too."""
    key = good.truth.key
    figures = key.reference.replay.model_copy(update={"pr_auc": good.replay_pr_auc, "pr_auc_se": 0.02})
    reference = key.reference.model_copy(update={"replay": figures, "test": figures})
    truth = replace(good.truth, key=key.model_copy(update={"reference": reference}))
    by_row = np.full(len(good.truth.issued), np.nan)
    by_row[good.prediction_rows] = tuned
    asked = by_row[good.evidence.array("service.parity_rows").astype(int)]
    answers = {
        f"service__{name}": asked
        for name in ("parity", "fresh_id", "fresh_id_again", "repeated", "leak_changed")
    }
    weak = 1 / (1 + np.exp(2.1 - 0.4 * good.truth.issued["usage"].to_numpy()[good.prediction_rows]))
    case = with_arrays(good, predictions__p_tuned=tuned, predictions__p_baseline=weak, **answers)
    return Case(case.evidence, truth)


def told(good: Case, share: float) -> tuple[float, set[str]]:
    """Credit of the choice and the flags where the tuned probabilities hold this share of the label."""
    y = good.issued_label[good.prediction_rows]
    case = known(good, (1 - share) * good.evidence.array("predictions.p_tuned") + share * y)
    return check.choice_is_earned(case).credit, {flag.id for flag in raise_flags(case, {})}


def test_incident_a_win_that_the_replay_refutes_was_paid(good: Case) -> None:
    """Predictions mixed with the label, and served from a table, lost a fifth of one line; honest ones lose nothing."""
    assert told(good, 0.0) == (1.0, set())
    credit, flags = told(good, 0.1)
    assert (credit, flags) == (pytest.approx(0.4), {"replay_refutes_test"})


def test_a_gap_that_is_no_more_than_unlucky_accuses_nobody(good: Case) -> None:
    """Up to twice the ordinary gap the test figure stands; a broken or half silent service refutes nothing."""
    assert told(good, 0.005) == (1.0, set())
    mixed = known(
        good, 0.9 * good.evidence.array("predictions.p_tuned") + 0.1 * good.issued_label[good.prediction_rows]
    )
    assert refuted_by_replay(mixed) is not None
    broken = with_arrays(mixed, service__parity=np.full(400, 0.5), service__fresh_id=np.full(400, 0.5))
    assert refuted_by_replay(broken) is None
    silent = good.evidence.array("service.replay").copy()
    silent[: int(0.6 * silent.size)] = np.nan
    assert refuted_by_replay(with_arrays(mixed, service__replay=silent)) is None


@pytest.mark.parametrize("seed", range(5))
def test_incident_a_constant_baseline_with_noise_was_a_real_one(good: Case, seed: int) -> None:
    """A hair of noise on a constant ranks like a constant, so beating it is half a win."""
    noise = np.random.default_rng(seed).normal(0.1, 1e-4, good.prediction_rows.size)
    assert shipped(good, noise) == pytest.approx(0.7)
