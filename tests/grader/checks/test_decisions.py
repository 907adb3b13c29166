"""Tracking, figures for a rare outcome, the threshold's worth, and whether the shipped model has earned it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from grader.checks import decisions as check
from grader.checks.calibration import calibration_agreement
from grader.checks.case import Case
from grader.evidence.modelling import (
    ClaimedMetrics,
    EvaluationEvidence,
    SegmentTable,
    TrackedRun,
    TrackingEvidence,
)
from grader.evidence.service import ServiceEvidence
from grader.types import Verdict
from tests.grader.case_builder import (
    claimed_figures,
    good_scores,
    served_case,
    stated_segments,
    with_arrays,
    with_document,
    world,
)


def run(number: int, name: str, parent: str | None = None, **given) -> TrackedRun:
    """A finished run with a parameter, a metric and its data named."""
    values = {
        "params": {"depth": str(number), "data_sha256": "ab"},
        "metrics": {"pr_auc": 0.2 + number / 1000},
        "status": "FINISHED",
    }
    return TrackedRun(run_id=f"{number:032x}", name=name, parent=parent, **{**values, **given})


def store(pr_auc: float, served: str) -> TrackingEvidence:
    """A baseline, a tuned run with twelve trials below it, its model, and the served version as a tag."""
    tuned = run(
        2,
        "tuned",
        models=("mlruns/0/model",),
        metrics={"test_pr_auc": pr_auc},
        tags={"model_version": served},
    )
    trials = tuple(run(10 + i, f"trial {i}", parent=tuned.run_id) for i in range(12))
    return TrackingEvidence(
        path="mlflow.db", store="sqlite", runs=(run(1, "logistic baseline"), tuned, *trials)
    )


def weak_scores() -> np.ndarray:
    """A calibrated model of one weak feature."""
    issued, _ = world()
    return np.asarray(1 / (1 + np.exp(2.1 - 0.4 * issued["usage"])))


@pytest.fixture(scope="module")
def good() -> Case:
    """A served submission with its store, claims and a threshold at the break-even."""
    case = served_case(
        service=ServiceEvidence(started=True, route="/predict", request_shape="rows", model_version="m1")
    )
    case = with_arrays(case, predictions__p_baseline=weak_scores()[case.prediction_rows])
    claims = claimed_figures(case)
    evaluation = EvaluationEvidence(metrics=claims, segments=stated_segments(case))
    return with_document(case, evaluation=evaluation, tracking=store(claims.tuned["pr_auc"], "m1"))


def tracked(good: Case, *runs: TrackedRun) -> float:
    """Credit of the tracking line with these runs."""
    return check.runs_tracked(
        with_document(good, tracking=TrackingEvidence(path="mlflow.db", runs=runs))
    ).credit


def test_good_decisions_earn_everything(good: Case) -> None:
    """The four lines are full for honest work."""
    for judged in (check.runs_tracked, check.figures_fit_the_problem, check.choice_is_earned):
        assert judged(good).credit == 1.0, judged(good).message
    assert check.decision_pays(good).credit > 0.9


def test_an_empty_store_earns_nothing(good: Case) -> None:
    """No runs, or runs without metrics, are no tracking."""
    assert tracked(good) == 0.0
    assert tracked(good, run(1, "baseline", metrics={}), run(2, "tuned", metrics={})) == 0.0


def test_a_service_that_we_could_not_run_costs_no_trace(good: Case) -> None:
    """A local grading runs no service: a perfect store was called weak there, and a failure of ours cost .3 points."""
    unserved = with_document(good, service=ServiceEvidence())
    for record in ({"assessed": False}, {"ours": True}, {}):
        phases = [p.model_copy(update={"verdict": Verdict.NOT_RUN, **record}) if p.id == "service" else p
                  for p in unserved.evidence.document.phases]  # fmt: skip
        credit = check.runs_tracked(with_document(unserved, phases=tuple(phases))).credit
        assert credit == pytest.approx(1.0 if record else 0.9)


def test_each_part_of_the_store_counts(good: Case) -> None:
    """Without search, artefact, data or trace a fifth (or half of it) is lost."""
    runs = good.evidence.document.tracking.runs
    assert tracked(good, *runs[:2]) == pytest.approx(0.8)
    assert tracked(good, runs[0], runs[1].model_copy(update={"models": ()}), *runs[2:]) == pytest.approx(0.8)
    assert tracked(good, runs[0], runs[1].model_copy(update={"tags": {}}), *runs[2:]) == pytest.approx(0.9)
    same = [r.model_copy(update={"params": {"data": "x"}}) for r in runs[2:]]
    assert tracked(good, *runs[:2], *same) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("served", "traced"),
    [
        ("tuned", True),
        ("0000002", True),
        ("churn-0000002", True),
        ("000000", False),
        ("0000000", False),
        ("trial", False),
        ("tuned-2", False),
    ],
)
def test_incident_a_version_that_is_the_runs_name_was_no_trace(good: Case, served: str, traced: bool) -> None:
    """The brief takes id, name or version; what begins several ids or names several runs traces to none."""
    runs = [r.model_copy(update={"tags": {}}) for r in good.evidence.document.tracking.runs]
    runs[1] = runs[1].model_copy(update={"run_id": "0000002" + "a" * 25})
    trials = [r.model_copy(update={"name": "trial", "parent": runs[1].run_id}) for r in runs[2:]]
    service = good.evidence.document.service.model_copy(update={"model_version": served})
    assert tracked(with_document(good, service=service), *runs[:2], *trials) == pytest.approx(
        1.0 if traced else 0.9
    )


def test_incident_two_nested_runs_hid_a_flat_search(good: Case) -> None:
    """Folds below one run say nothing of the trials beside it; two runs and their folds are still no search."""
    base, tuned, *trials = good.evidence.document.tracking.runs
    flat = [r.model_copy(update={"parent": None}) for r in trials]
    folds = [run(90 + i, f"fold {i}", parent=tuned.run_id) for i in range(2)]
    assert tracked(good, base, tuned, *flat, *folds) == 1.0
    assert tracked(good, base, tuned, *folds) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("served", "traced"),
    [
        ("churn/3", True),
        ("models:/churn/3", True),
        ("churn-v3", True),
        ("3", True),
        ("v3", True),
        ("m-" + "c" * 32, True),
        ("churn/4", False),
        ("other/3", False),
        ("13", False),
        ("1", False),
        ("churn", False),
    ],
)
def test_incident_what_the_registry_calls_a_model_was_no_trace(good: Case, served: str, traced: bool) -> None:
    """Name and version of a registered model, or its id, lead back to its run; a version that two have does not."""
    runs = [r.model_copy(update={"tags": {}}) for r in good.evidence.document.tracking.runs]
    model, tag = f"mlruns/1/models/m-{'c' * 32}/artifacts/MLmodel", "mlflow.registered_versions"
    runs[0] = runs[0].model_copy(update={"tags": {tag: "simple/1"}})
    runs[1] = runs[1].model_copy(update={"models": (model,), "tags": {tag: "churn/1,churn/3"}})
    service = good.evidence.document.service.model_copy(update={"model_version": served})
    credit = tracked(with_document(good, service=service), *runs)
    assert credit == pytest.approx(1.0 if traced else 0.9)


@pytest.mark.parametrize(
    ("tag", "value", "credit"),
    [
        ("feature_set", "base", 1.0),
        ("source", "database extract", 1.0),
        ("compared_with", "baseline", 1.0),
        ("kind", "nonlinear, based on trees", 1.0),
        ("role", "baseline", 0.9),
    ],
)
def test_incident_a_tag_of_every_run_made_them_all_baselines(
    good: Case, tag: str, value: str, credit: float
) -> None:
    """A tag about features, data or what a run is held against does not say what the run is; its role does."""
    runs = [
        r.model_copy(update={"tags": {**r.tags, tag: value}}) for r in good.evidence.document.tracking.runs
    ]
    assert tracked(good, *runs) == pytest.approx(credit)


def test_a_run_without_an_id_traces_nothing(good: Case) -> None:
    """An empty or one-letter run id is not the prefix of every version."""
    runs = good.evidence.document.tracking.runs
    for short in ("", "m"):
        forged = runs[1].model_copy(update={"run_id": short, "tags": {}})
        assert tracked(good, runs[0], forged, *runs[2:]) <= 0.9


def test_a_folder_called_database_makes_no_baseline(good: Case) -> None:
    """System tags hold paths; a model named in a parameter is what the run is about."""
    runs = good.evidence.document.tracking.runs
    path = {"mlflow.source.name": "/home/x/databases/train.py"}
    plain = runs[0].model_copy(
        update={"name": "run-a", "params": {"model": "LogisticRegression", "data": "x"}, "tags": path}
    )
    tuned = runs[1].model_copy(update={"tags": {**path, **runs[1].tags}})
    assert tracked(good, plain, tuned, *runs[2:]) == 1.0


def test_a_librarys_own_settings_name_no_data(good: Case) -> None:
    """`min_data_in_leaf` has the word in it and says nothing of what was fitted on."""
    settings = {"depth": "1", "min_data_in_leaf": "20", "bin_construct_sample_cnt": "9"}
    runs = [
        r.model_copy(update={"params": {**settings, "loss": r.name}})
        for r in good.evidence.document.tracking.runs
    ]
    assert tracked(good, *runs) == pytest.approx(0.8)


@pytest.mark.parametrize("name", ["trained_on", "n_train", "fit_from", "train_end"])
def test_what_it_was_trained_on_names_the_data(good: Case, name: str) -> None:
    """`trained_on=2023-01..2024-02` said which data it saw, and was passed over for want of a listed word."""
    runs = [
        r.model_copy(update={"params": {"loss": r.name, name: "2023-01..2024-02"}})
        for r in good.evidence.document.tracking.runs
    ]
    assert tracked(good, *runs) == 1.0


def fit(good: Case, **changed) -> float:
    """Credit of the figures line with parts of the claims changed."""
    claims = good.evidence.document.evaluation.metrics.model_copy(update=changed)
    evaluation = EvaluationEvidence(metrics=claims, segments=stated_segments(good))
    return check.figures_fit_the_problem(with_document(good, evaluation=evaluation)).credit


def test_accuracy_or_roc_auc_alone_earns_nothing(good: Case) -> None:
    """At this base rate they say little."""
    claims = ClaimedMetrics(tuned={"roc_auc": 0.82})
    bare = with_document(good, evaluation=EvaluationEvidence(metrics=claims))
    assert check.figures_fit_the_problem(bare).credit == 0.0


def test_typed_in_figures_are_no_figures(good: Case) -> None:
    """Zeros and nines under the right names earn nothing."""
    for value in (0.0, 9.0, -1.0):
        names = ("pr_auc", "base_rate", "precision_at_capacity", "recall_at_capacity")
        claims = ClaimedMetrics(tuned=dict.fromkeys(names, value), intervals={"pr_auc": (0.0, 9.0)})
        bare = with_document(good, evaluation=EvaluationEvidence(metrics=claims))
        assert check.figures_fit_the_problem(bare).credit <= 0.1


def test_the_interval_must_hold_the_value_and_have_a_sane_width(good: Case) -> None:
    """From 0 to 1 and a hair's breadth say nothing; beside the value is wrong."""
    middle = good.evidence.document.evaluation.metrics.tuned["pr_auc"]
    credits = [fit(good, intervals={"pr_auc": pair}) for pair in
               ((0.0, 1.0), (middle - 1e-4, middle + 1e-4), (middle + 0.1, middle + 0.2))]  # fmt: skip
    assert credits == pytest.approx([0.825, 0.825, 0.75])
    assert fit(good, intervals={}) == pytest.approx(0.75)


def test_segments_earn_where_they_recompute(good: Case) -> None:
    """Honest figures by segment earn their share, none and invented ones nothing."""
    claims = good.evidence.document.evaluation.metrics
    credits = {}
    for name, table in (("honest", stated_segments(good)), ("none", SegmentTable()),
                        ("invented", stated_segments(good, churn_rate=0.05))):  # fmt: skip
        evaluation = EvaluationEvidence(metrics=claims, segments=table)
        credits[name] = check.figures_fit_the_problem(with_document(good, evaluation=evaluation)).credit
    assert credits == pytest.approx({"honest": 1.0, "none": 0.85, "invented": 0.85})


def test_one_segment_alone_compares_nothing(good: Case) -> None:
    """A single level of a column is the whole under another name."""
    whole = stated_segments(good)
    table = whole.model_copy(update={"rows": whole.rows[:1]})
    evaluation = EvaluationEvidence(metrics=good.evidence.document.evaluation.metrics, segments=table)
    credit = check.figures_fit_the_problem(with_document(good, evaluation=evaluation)).credit
    assert credit == pytest.approx(0.85)


def decide(good: Case, **decision: float) -> float:
    """Credit of the decision line for a stated decision."""
    claims = good.evidence.document.evaluation.metrics.model_copy(update={"decision": decision})
    return check.decision_pays(with_document(good, evaluation=EvaluationEvidence(metrics=claims))).credit


def test_thresholds_that_decide_nothing_earn_nothing(good: Case) -> None:
    """None stated, negative, above one, or calling nobody."""
    assert decide(good) == 0.0
    for threshold in (-0.1, 1.5, 1.0):
        assert decide(good, threshold=threshold, capacity_share=0.1) == 0.0


def test_a_threshold_on_scores_that_are_no_probabilities_follows_from_nothing(good: Case) -> None:
    """Scores above one once passed for calibrated, and any threshold between the costs and the cut with them."""
    scores = good.evidence.array("predictions.p_tuned").copy()
    assert calibration_agreement(good) == 1.0
    scores[good.prediction_split == "test"] *= 40
    assert calibration_agreement(with_arrays(good, predictions__p_tuned=scores)) == 0.0


def test_incident_a_threshold_that_loses_money_was_not_told_where_a_call_pays(good: Case) -> None:
    """Whoever earns little by a threshold reads on which side of the break-even it lies."""
    claims = good.evidence.document.evaluation.metrics.model_copy(update={"decision": {"threshold": 0.6}})
    found = check.decision_pays(with_document(good, evaluation=EvaluationEvidence(metrics=claims)))
    assert "At 0.6 it lies above the 0.20 from which a call pays." in found.message


def test_capacity_must_be_the_briefs(good: Case) -> None:
    """Another capacity, or none, costs a third."""
    full = decide(good, threshold=0.2, capacity_share=0.1)
    assert decide(good, threshold=0.2, capacity_share=0.2) == pytest.approx(full * 2 / 3, abs=1e-5)
    assert decide(good, threshold=0.2) == pytest.approx(full * 2 / 3, abs=1e-5)


def test_a_decision_on_few_answers_pays_in_proportion(good: Case) -> None:
    """A service that answers half of the replay decides for half of it."""
    served = good.evidence.array("service.replay").copy()
    served[::2] = np.nan
    half = with_arrays(good, service__replay=served)
    if half.serves_a_model:
        assert check.decision_pays(half).credit <= 0.51
    else:
        assert check.decision_pays(half).credit == 0.0
    assert check.decision_pays(with_arrays(good, service__replay=np.full(served.size, 0.1))).credit == 0.0


def chosen(good: Case, baseline: np.ndarray) -> float:
    """Credit of the choice with these baseline probabilities per issued row."""
    rows = good.evidence.array("predictions.row").astype(int)
    return check.choice_is_earned(with_arrays(good, predictions__p_baseline=baseline[rows])).credit


def test_the_choice_needs_a_real_baseline(good: Case) -> None:
    """A constant baseline is half a win; shipping the baseline alone is right where a search was lost."""
    issued, _ = world()
    assert chosen(good, weak_scores()) == 1.0
    assert chosen(good, np.full(len(issued), 0.1)) == pytest.approx(0.7)
    assert chosen(good, good_scores(issued)) == pytest.approx(1.0)
    untracked = with_document(good, tracking=TrackingEvidence())
    assert chosen(untracked, good_scores(issued)) == pytest.approx(0.7)
    same = with_arrays(untracked, predictions__p_baseline=good.evidence.array("predictions.p_tuned"))
    assert "0 differing trials are tracked, too few of 10" in check.choice_is_earned(same).message
    assert chosen(good, np.full(len(issued), np.nan)) == pytest.approx(0.4)


def test_a_win_is_told_with_its_standard_errors(good: Case) -> None:
    """A gain of 0.0069 was called no more than its error, beside an error of 0.0041: two of them are meant."""
    issued, _ = world()
    rows = good.evidence.array("predictions.row").astype(int)
    near = np.clip(good_scores(issued) * np.exp(np.random.default_rng(3).normal(0, 0.02, len(issued))), 0, 1)
    found = check.choice_is_earned(with_arrays(good, predictions__p_baseline=near[rows]))
    assert "no more than two standard errors on test (PR-AUC " in found.message
    won = check.choice_is_earned(with_arrays(good, predictions__p_baseline=weak_scores()[rows]))
    assert re.search(
        r"more than two standard errors on test \(PR-AUC \+0\.\d{4}, standard error 0\.\d{4}", won.message
    )
    assert "little to beat" in won.message
    assert "little to beat" not in found.message


@pytest.mark.parametrize("weak", [True, False])
def test_a_win_with_the_leak_earns_no_choice(good: Case, weak: bool) -> None:
    """A model that uses the leak wins on test by the leak, so it was paid for shipping it."""
    issued, _ = world()
    rows = good.evidence.array("predictions.row").astype(int)
    baseline = (weak_scores() if weak else good_scores(issued))[rows]
    moved = good.evidence.array("service.leak_changed") + 0.2
    leaking = with_arrays(good, predictions__p_baseline=baseline, service__leak_changed=moved)
    found = check.choice_is_earned(leaking)
    assert found.credit == pytest.approx(0.4)
    assert "flattered" in found.message
    assert "leak" not in found.message


def test_nothing_ships_without_a_service(good: Case) -> None:
    """Where no served model could be compared, the choice of what ships earns nothing."""
    assert check.choice_is_earned(with_arrays(good, service__parity=np.empty(0))).credit == pytest.approx(0.4)


def test_doubled_probabilities_lose_their_share(good: Case) -> None:
    """Re-weighting left in place doubles the mean probability."""
    doubled = np.clip(2 * good.evidence.array("predictions.p_tuned"), 0, 1)
    assert check.choice_is_earned(with_arrays(good, predictions__p_tuned=doubled)).credit <= 0.6


def test_missing_claims_are_an_answer(good: Case) -> None:
    """No metrics.json breaks nothing and earns nothing."""
    bare = with_document(good, evaluation=EvaluationEvidence(metrics=ClaimedMetrics()))
    assert check.figures_fit_the_problem(bare).credit == 0.0
    assert check.decision_pays(bare).credit == 0.0
