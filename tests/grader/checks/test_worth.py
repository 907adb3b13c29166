"""Figures earn only where the service answers with the model they are of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grader.checks import calibration, decisions, evaluation, serving
from grader.checks.case import Case
from grader.checks.worth import unshipped
from grader.evidence.modelling import EvaluationEvidence
from grader.truth import Truth
from tests.grader.case_builder import (
    claimed_figures,
    finding,
    good_scores,
    plant,
    served_case,
    stated_segments,
    with_arrays,
    with_document,
    world,
)

PAID = (
    evaluation.figures_reproduced,
    calibration.probabilities_calibrated,
    evaluation.curves_recompute,
    decisions.figures_fit_the_problem,
    decisions.choice_is_earned,
)


def invented(case: Case) -> Case:
    """The same service beside predictions half-way to the label, with all figures computed from them."""
    issued, _ = world()
    noise = np.random.default_rng(0).uniform(0, 0.3, len(issued))
    p = 0.5 * good_scores(issued) + 0.1 * issued["churned_90d"].to_numpy() + noise
    better = with_arrays(case, predictions__p_tuned=p[case.prediction_rows])
    told = EvaluationEvidence(metrics=claimed_figures(better), segments=stated_segments(better))
    return with_document(better, evaluation=told)


def test_invented_predictions_beside_an_honest_service_earn_nothing() -> None:
    """All figures recompute, and no line of figures pays for a model that nobody serves."""
    case = invented(served_case())
    assert case.serves_another
    assert [check(case).credit for check in PAID] == [0.0] * len(PAID)
    assert "neither submitted model" in evaluation.figures_reproduced(case).message


def test_an_honest_service_is_not_touched() -> None:
    """Where the served model is the submitted one, or nothing is served, the rule is silent."""
    good = served_case()
    assert unshipped(good) is None
    bare = with_arrays(good, service__parity=np.empty(0), service__parity_rows=np.empty(0))
    assert unshipped(bare) is None


@pytest.mark.parametrize(
    ("document", "arrays", "said"),
    [
        ({"path": None}, {}, "there is no predictions file"),
        ({"rows": 900, "matched_rows": 0}, {}, "none of 900 rows is a customer-month"),
        ({}, {"predictions__split": 0.0}, "no row has the split test"),
        ({}, {"predictions__p_tuned": np.nan}, "read as a number in 0 of "),
    ],
)
def test_a_decimal_comma_was_told_only_that_nothing_was_read(
    document: dict[str, object], arrays: dict[str, float], said: str
) -> None:
    """Candidates learn what their predictions lack: file, rows, a split, or numbers."""
    good = served_case()
    values = {name: np.full(good.prediction_split.size, value) for name, value in arrays.items()}
    read = good.evidence.document.predictions.model_copy(update=document)
    if not values:
        values = {"predictions__p_tuned": np.full(good.prediction_split.size, np.nan)}
    message = evaluation.figures_reproduced(
        with_arrays(with_document(good, predictions=read), **values)
    ).message
    assert message.startswith("No usable test predictions were read, as ")
    assert said in message


def with_twin(case: Case, column: str, changed: np.ndarray) -> Case:
    """The case with a twin that holds other values of a column in some issued rows."""
    honest = case.truth.issued.copy()
    honest.loc[changed, column] = honest.loc[changed, column] + 1.0
    truth = Truth(**{**vars(case.truth), "twin": pd.DataFrame(honest)})
    return Case(case.evidence, truth)


@pytest.mark.parametrize(("action", "parity"), [("recompute from history", 1.0), ("drop", 0.5)])
def test_rows_rebuilt_from_history_are_left_out_of_parity(action: str, parity: float) -> None:
    """A single row cannot hold what a true finding rebuilds from other months; dropping leaves nothing to differ."""
    leak = plant(id="look_ahead_window", kind="look_ahead_window", columns=("usage",), at_scoring="honest")
    found = finding("look_ahead_window", "usage", action=action)
    case = served_case(plants=(leak,), findings=(found,))
    rows = case.evidence.array("service.parity_rows").astype(int)
    changed = np.zeros(len(case.truth.issued), dtype=bool)
    changed[rows[::2]] = True
    served = case.evidence.array("service.parity").copy()
    served[::2] += 0.05
    moved = with_twin(with_arrays(case, service__parity=served, service__fresh_id=served), "usage", changed)
    shown = [p.measured for p in serving.answers_correct(moved).proofs]
    assert any(text.startswith(f"{parity:.1%} within") for text in shown), shown


def test_rows_of_an_unreported_leak_stay_in_parity() -> None:
    """Nobody is excused by a defect that was not found."""
    leak = plant(id="look_ahead_window", kind="look_ahead_window", columns=("usage",), at_scoring="honest")
    case = served_case(plants=(leak,))
    changed = np.ones(len(case.truth.issued), dtype=bool)
    assert not with_twin(case, "usage", changed).recomputed_rows.any()


def test_incident_a_ranking_of_few_rows_was_said_to_be_chance_beside_figures_far_above_it() -> None:
    """What is not sure enough is called not clearly better, and the figure that it missed stands beside its own."""
    good = served_case()
    replay = good.truth.replay["churned_90d"].to_numpy()
    lucky = np.random.default_rng(0).random(replay.size)
    lucky[np.flatnonzero(replay == 1)[:1]] = 2.0
    case = with_arrays(good, service__replay=lucky / 2)
    base = case.truth.key.dummy.replay.pr_auc
    assert base < case.replay_pr_auc < case.replay_bar
    found = evaluation.generalises_to_replay(case)
    assert "not clearly better than chance" in found.message
    said = f"PR-AUC {case.replay_pr_auc:.3f}, base rate {base:.3f}, chance reaches {case.replay_bar:.3f}"
    assert found.proofs[0].measured == said
    assert serving.contract_kept(case).proofs[0].measured == said
