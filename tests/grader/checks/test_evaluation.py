"""Split, claimed figures, calibration, curves and replay: good work earns, copied, lucky or edited work does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from grader import metrics
from grader.checks import evaluation as check
from grader.checks.calibration import probabilities_calibrated
from grader.checks.case import Case
from grader.checks.plots import PICTURE
from grader.evidence.modelling import (
    SPLITS,
    ClaimedMetrics,
    EvaluationEvidence,
    LiftRow,
    LiftTable,
    PredictionsEvidence,
)
from tests.grader.case_builder import (
    PLOTS,
    case_of,
    claimed,
    claimed_figures,
    good_scores,
    split_of,
    with_arrays,
    with_document,
    world,
)

TRAIN, TEST = SPLITS.index("train"), SPLITS.index("test")
PREDICTION_CHECKS = (
    check.split_respects_time,
    check.figures_reproduced,
    probabilities_calibrated,
    check.curves_recompute,
)


@pytest.fixture(scope="module")
def good() -> Case:
    """A submission without fault, with its claims, lift table and plots."""
    return claimed(case_of())


CALIBRATION = SPLITS.index("calibration")


@pytest.fixture(scope="module")
def unserved() -> Case:
    """The same predictions with a service that gives every replay row the same answer."""
    return claimed(case_of(served_replay=np.full(2100, 0.1)))


def test_good_work_earns_everything(good: Case) -> None:
    """A time-ordered split, honest figures, calibrated scores and right curves earn full credit."""
    for judged in PREDICTION_CHECKS:
        assert judged(good).credit == 1.0, judged(good).message
    assert check.generalises_to_replay(good).credit > 0.95


def test_a_claim_too_high_by_a_tenth_loses_most_of_its_points(good: Case) -> None:
    """PR-AUC typed 0.1 higher does not recompute; the other lines stay as they are."""
    edited = claimed(good, pr_auc=0.1)
    assert check.figures_reproduced(edited).credit <= 0.3
    assert "does not recompute" in check.figures_reproduced(edited).proofs[0].measured
    assert probabilities_calibrated(edited).credit == 1.0


def test_incident_figures_of_two_decimals_were_said_not_to_recompute(good: Case) -> None:
    """Figures written as the brief's examples are, with two decimals, are no false claim; a step beside them is."""
    exact = good.evidence.document.evaluation.metrics

    def rounded(step: float) -> Case:
        said = {name: round(round(value, 2) + step, 2) for name, value in exact.tuned.items()}
        lift = [row.model_copy(update={"churn_rate": round((row.churn_rate or 0.0) + step, 2)}) for row in
                good.evidence.document.evaluation.lift.rows]  # fmt: skip
        changed = {
            "metrics": exact.model_copy(update={"tuned": said}),
            "lift": LiftTable(path="evaluation/lift.csv", rows=tuple(lift)),
        }
        return with_document(good, evaluation=good.evidence.document.evaluation.model_copy(update=changed))

    assert check.figures_reproduced(rounded(0.0)).credit == 1.0
    assert check.curves_recompute(rounded(0.0)).credit == 1.0
    assert check.figures_reproduced(rounded(0.01)).credit <= 0.6
    assert check.curves_recompute(rounded(0.01)).credit < 1.0


def test_absent_claims_earn_nothing(good: Case) -> None:
    """Without metrics.json there is nothing to reproduce."""
    bare = with_document(good, evaluation=EvaluationEvidence(metrics=ClaimedMetrics()))
    assert check.figures_reproduced(bare).credit == 0.0
    only_easy = ClaimedMetrics(tuned={"base_rate": 0.11}, baseline={"base_rate": 0.11})
    easy = with_document(good, evaluation=EvaluationEvidence(metrics=only_easy))
    assert check.figures_reproduced(easy).credit < 0.2


@pytest.mark.parametrize(("name", "weight"), [("pr_auc", 2), ("precision_at_capacity", 1), ("brier", 1)])
def test_the_figure_that_suits_a_rare_outcome_counts_double(good: Case, name: str, weight: int) -> None:
    """Of six figures a model PR-AUC weighs two of seven; the credit is the square of the share that agrees."""
    claims = good.evidence.document.evaluation.metrics
    wrong = {**claims.baseline, name: claims.baseline[name] + 0.1}
    edited = claims.model_copy(update={"baseline": wrong})
    evaluation = good.evidence.document.evaluation.model_copy(update={"metrics": edited})
    credit = check.figures_reproduced(with_document(good, evaluation=evaluation)).credit
    assert credit == pytest.approx(((14 - weight) / 14) ** 2, abs=1e-6)


def test_altered_labels_cost(good: Case) -> None:
    """Labels that differ from the issued ones reduce the credit tenfold; absent ones cost nothing."""
    y = good.evidence.array("predictions.y_true").copy()
    flipped = y.copy()
    flipped[: y.size // 20] = 1 - flipped[: y.size // 20]
    assert check.figures_reproduced(with_arrays(good, predictions__y_true=flipped)).credit <= 0.51
    absent = with_arrays(good, predictions__y_true=np.full(y.size, np.nan))
    assert check.figures_reproduced(absent).credit == 1.0


def test_another_order_among_tied_scores_is_right(good: Case) -> None:
    """Coarse scores (isotonic steps, small trees) tie; figures of the candidate's own tie order agree."""
    issued, _ = world()
    coarse = np.round(good_scores(issued), 1)
    case = case_of(tuned=coarse)
    test = case.test
    order = np.argsort(test.tuned, kind="stable")[::-1]
    called = np.concatenate(
        [order[test.month[order] == m][: (test.month == m).sum() // 10] for m in np.unique(test.month)]
    )
    said = claimed_figures(case).model_dump()
    said["tuned"]["precision_at_capacity"] = float(test.y[called].mean())
    said["tuned"]["recall_at_capacity"] = float(test.y[called].sum() / test.y.sum())
    reverse = metrics.lift_table(test.y[::-1], test.tuned[::-1])
    evidence = EvaluationEvidence(
        metrics=ClaimedMetrics.model_validate(said),
        lift=LiftTable(rows=tuple(LiftRow(**vars(row)) for row in reverse)),
        plots=PLOTS,
    )
    judged = with_document(case, evaluation=evidence)
    assert metrics.lift_table(test.y, test.tuned) != reverse
    assert check.figures_reproduced(judged).credit == 1.0
    assert check.curves_recompute(judged).credit == 1.0


def test_incident_why_a_figure_was_not_read_was_not_told(good: Case) -> None:
    """A figure that two numbers could be meant by is absent, and the two are named beside it."""
    told = "metrics.json: not read: pr_auc of the tuned model: 0.25 (lgbm pr_auc) or 0.21 (xgboost pr_auc)"
    claims = good.evidence.document.evaluation.metrics.model_copy(update={"tuned": {}, "problems": (told,)})
    evaluation = good.evidence.document.evaluation.model_copy(update={"metrics": claims})
    shown = check.figures_reproduced(with_document(good, evaluation=evaluation)).proofs
    assert told in [one.measured for one in shown]


def test_blank_images_are_no_plots(good: Case) -> None:
    """An image in one colour shows no curve."""
    blank = tuple(plot.model_copy(update={"ink": 0.0}) for plot in PLOTS)
    evaluation = good.evidence.document.evaluation.model_copy(update={"plots": blank})
    assert check.curves_recompute(with_document(good, evaluation=evaluation)).credit == 0.65


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("PrecisionRecall.png", True),
        ("PRCurve.png", True),
        ("PR Curve.png", True),
        ("pr-curve_tuned.png", True),
        ("Precision-Recall Curve.png", True),
        ("pr.png", True),
        ("calibration_and_pr.png", True),
        ("pr-and-lift.png", True),
        ("precision_vs_recall.png", True),
        ("Recall-Precision.png", True),
        ("prAUC.png", True),
        ("average_precision.png", True),
        ("prediction.png", False),
        ("ROCCurve.png", False),
        ("precision.png", False),
        ("recall_and_precision_by_month.png", False),
    ],
)
def test_incident_a_curve_was_found_only_under_some_spellings(good: Case, name: str, found: bool) -> None:
    """How the words of a file's name are parted says nothing of the picture."""
    plots = (PLOTS[0].model_copy(update={"path": f"evaluation/{name}"}),)
    evaluation = good.evidence.document.evaluation.model_copy(update={"plots": plots})
    credit = check.curves_recompute(with_document(good, evaluation=evaluation)).credit
    assert credit == pytest.approx(1.0 if found else 0.65)


def test_a_picture_that_was_only_found_was_said_to_agree(good: Case) -> None:
    """Only the table is compared, and each text says so."""
    finding = check.curves_recompute(good)
    assert finding.message == (
        "The lift table agrees with the predictions, and a picture of a precision-recall curve is there."
    )
    assert finding.proofs[-1].measured == PICTURE
    bare = check.curves_recompute(with_document(good, evaluation=good.evidence.document.evaluation.model_copy(
        update={"plots": ()})))  # fmt: skip
    assert bare.message.endswith("picture of a precision-recall curve: none.")
    assert PICTURE in [shown.measured for shown in probabilities_calibrated(good).proofs]


def test_incident_a_lift_table_of_blank_cells_was_paid_in_full(good: Case) -> None:
    """Ten deciles with the one figure that everybody knows (all churners are captured by the last) show nothing."""
    rows = tuple(LiftRow(decile=n, cumulative_capture=1.0 if n == 10 else None) for n in range(1, 11))
    evaluation = good.evidence.document.evaluation.model_copy(update={"lift": LiftTable(rows=rows)})
    found = check.curves_recompute(with_document(good, evaluation=evaluation))
    assert found.credit == pytest.approx(0.35 + 0.65 * 0.1)


def test_a_wrong_lift_table_loses(good: Case) -> None:
    """Figures of another model's table, or of the reversed order, do not agree."""
    table = good.evidence.document.evaluation.lift
    turned = tuple(row.model_copy(update={"decile": 11 - row.decile}) for row in table.rows)
    flat = tuple(row.model_copy(update={"lift": 1.0, "churners": 50.0}) for row in table.rows)
    for rows in (turned, flat, table.rows[:1]):
        lift = table.model_copy(update={"rows": rows})
        evaluation = good.evidence.document.evaluation.model_copy(update={"lift": lift})
        assert check.curves_recompute(with_document(good, evaluation=evaluation)).credit <= 0.55


def scores_of(kind: str) -> np.ndarray:
    """Scores per issued row that carry no honest model."""
    issued, _ = world()
    label, rng = issued["churned_90d"].to_numpy(), np.random.default_rng(2)
    made = {
        "constant": np.full(label.size, label.mean()),
        "shuffled": rng.permutation(good_scores(issued)),
        "label": label,
        "label with noise": np.clip(label * 0.8 + 0.2 * rng.random(label.size), 0, 1),
        "absent": np.full(label.size, np.nan),
    }
    return made[kind]


@pytest.mark.parametrize("kind", ["constant", "shuffled", "label", "label with noise", "absent"])
def test_predictions_without_a_model_earn_nothing(unserved: Case, kind: str) -> None:
    """Constants, shuffles, no numbers and the label itself pay nowhere, however well formed the rest is."""
    rows = unserved.evidence.array("predictions.row").astype(int)
    case = with_arrays(unserved, predictions__p_tuned=scores_of(kind)[rows])
    for judged in PREDICTION_CHECKS:
        assert judged(case).credit == 0.0, (judged.__name__, judged(case).message)


@pytest.mark.parametrize("kind", ["constant", "shuffled"])
def test_a_good_service_does_not_calibrate_scores_that_do_not_rank(good: Case, kind: str) -> None:
    """The base rate for everybody is calibrated and worth nothing."""
    rows = good.evidence.array("predictions.row").astype(int)
    case = with_arrays(good, predictions__p_tuned=scores_of(kind)[rows])
    assert probabilities_calibrated(case).credit == 0.0
    assert check.curves_recompute(case).credit == 0.0


def test_repeated_easy_rows_move_no_figure(good: Case) -> None:
    """Handing the right rows in twenty times is the same as once."""
    arrays = {n: v for n, v in good.evidence.arrays.items() if n.startswith("predictions.")}
    split, p = arrays["predictions.split"], arrays["predictions.p_tuned"]
    y = arrays["predictions.y_true"]
    easy = np.flatnonzero((split == TEST) & ((p > 0.3) == (y > 0)))
    again = np.concatenate([np.arange(split.size), np.tile(easy, 20)])
    padded = with_arrays(good, **{n.replace(".", "__"): v[again] for n, v in arrays.items()})
    assert check.recomputed_figures(padded, "tuned") == check.recomputed_figures(good, "tuned")
    boasting = claimed(good, pr_auc=0.2)
    edited = with_document(padded, evaluation=boasting.evidence.document.evaluation)
    assert check.figures_reproduced(edited).credit <= 0.3


def test_figures_over_keys_issued_twice_recompute_with_each_row_s_own_label(good: Case) -> None:
    """Who never removed the repeats was told that a true figure does not recompute: both rows had one label."""
    codes = split_of(good.truth.issued["snapshot_month"])
    again = np.flatnonzero(codes == TEST)[::3]
    twins = good.truth.issued.iloc[again].assign(churned_90d=lambda f: 1 - f["churned_90d"])
    truth = replace(good.truth, issued=pd.concat([good.truth.issued, twins], ignore_index=True))
    arrays = {n: v for n, v in good.evidence.arrays.items() if n.startswith("predictions.")}
    rows = arrays["predictions.row"].astype(int)
    everything = np.concatenate([np.arange(rows.size), np.flatnonzero(np.isin(rows, again))])
    doubled = with_arrays(good, **{n.replace(".", "__"): v[everything] for n, v in arrays.items()})
    test = Case(doubled.evidence, truth).test
    assert test.y.size == int((codes == TEST).sum()) + again.size
    expected = np.concatenate([good.test.y, twins["churned_90d"].to_numpy()])
    assert np.array_equal(test.y, expected)


def test_incident_the_right_one_of_two_contradicting_rows_was_kept_and_the_figures_were_called_wrong(
    good: Case,
) -> None:
    """Who removes the twin with the wrong label claims true figures, though the wrong one stands first in the data."""
    codes = split_of(good.truth.issued["snapshot_month"])
    again = np.flatnonzero(codes == TEST)[::3]
    wrong = good.truth.issued.copy()
    wrong.loc[again, "churned_90d"] = 1 - wrong.loc[again, "churned_90d"]
    truth = replace(good.truth, issued=pd.concat([wrong, good.truth.issued.iloc[again]], ignore_index=True))
    assert np.array_equal(Case(good.evidence, truth).test.y, good.test.y)
    unsaid = with_arrays(good, predictions__y_true=np.array([]))
    assert (Case(unsaid.evidence, truth).test.y != good.test.y).sum() == again.size
    neither = with_arrays(good, predictions__y_true=np.full(good.evidence.array("predictions.row").size, 2.0))
    assert (Case(neither.evidence, truth).test.y != good.test.y).sum() == again.size


def test_a_handful_of_chosen_test_rows_earns_nothing(good: Case) -> None:
    """A hundred rows on which the model happens to be right are no test."""
    split, p = good.evidence.array("predictions.split").copy(), good.evidence.array("predictions.p_tuned")
    y = good.evidence.array("predictions.y_true")
    test = np.flatnonzero(split == TEST)
    wins = test[(p[test] > 0.3) == (y[test] > 0)]
    chosen = np.concatenate([wins[y[wins] > 0][:20], wins[y[wins] == 0][:100]])
    split[np.setdiff1d(test, chosen)] = SPLITS.index("other")
    few = claimed(with_arrays(good, predictions__split=split))
    for judged in PREDICTION_CHECKS:
        assert judged(few).credit == 0.0


def test_an_empty_file_earns_nothing_and_breaks_nothing() -> None:
    """No predictions at all is an answer, not an error."""
    empty = {f"predictions.{n}": np.empty(0) for n in ("row", "split", "y_true", "p_tuned", "p_baseline")}
    case = case_of(arrays=empty, document={"predictions": PredictionsEvidence(problems=("no rows",))})
    for judged in PREDICTION_CHECKS:
        assert judged(case).credit == 0.0


def test_replay_credit_follows_the_ranking(good: Case) -> None:
    """The served ranking earns between the dummy and the yardstick; a constant or silent service earns nothing."""
    served = good.evidence.array("service.replay")
    noise = np.random.default_rng(3).random(served.size)
    credits = [
        check.generalises_to_replay(with_arrays(good, service__replay=p)).credit
        for p in (
            served,
            0.65 * served + 0.35 * noise,
            np.full(served.size, 0.1),
            np.full(served.size, np.nan),
        )
    ]
    assert credits[0] > credits[1] > 0
    assert credits[2:] == [0.0, 0.0]


def test_answering_only_easy_rows_earns_nothing_more(good: Case) -> None:
    """Rows without an answer rank last, so leaving the hard ones out does not pay."""
    served = good.evidence.array("service.replay").copy()
    full = check.generalises_to_replay(good).credit
    served[np.random.default_rng(4).random(served.size) < 0.7] = np.nan
    assert check.generalises_to_replay(with_arrays(good, service__replay=served)).credit < 0.8 * full


def test_a_model_below_the_yardstick_was_said_to_reach_all_that_is_attainable(good: Case) -> None:
    """The words name both figures: within the yardstick's error, above it, or how far on the way to it."""
    achieved = good.replay_pr_auc
    assert achieved is not None

    def told(yardstick: float) -> str:
        key = good.truth.key
        replay = key.reference.replay.model_copy(update={"pr_auc": yardstick, "pr_auc_se": 0.02})
        changed = key.model_copy(update={"reference": key.reference.model_copy(update={"replay": replay})})
        return check.generalises_to_replay(replace(good, truth=replace(good.truth, key=changed))).message

    assert f"as good as our yardstick within its error (PR-AUC {achieved:.3f}" in told(achieved + 0.01)
    assert "at least as good as our yardstick" in told(achieved - 0.01)
    dummy = good.truth.key.dummy.replay.pr_auc
    assert "50% of the way from the base rate to our yardstick" in told(2 * achieved - dummy)
