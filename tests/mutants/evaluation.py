"""Mutants of modelling and evaluation: tracking, split, figures, calibration, curves, decision and choice."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd

from tests.mutants.recipe import Mutant
from tests.mutants.work import (
    SCORES,
    Work,
    claims_of,
    database,
    edit,
    label_used,
    lift,
    odds,
    predictions_of,
    put_claims,
    put_evaluated,
    put_predictions,
    remove,
    retrain,
    scores_of,
    serve_odds,
)

WORDS = ("readme.grounded_in_this_work", "readme.monitoring_outcomes")
"""The README states figures of the tuned model, so it is untrue where they move."""


def no_store(work: Work) -> None:
    """Nothing was tracked."""
    work.path("mlflow.db").unlink()
    shutil.rmtree(work.path("mlartifacts"))


def no_baseline_run(work: Work) -> None:
    """Only the tuned model and its trials are tracked."""
    runs = "(SELECT run_uuid FROM runs WHERE name LIKE 'baseline%')"
    tables = ("params", "metrics", "latest_metrics", "tags")
    database(work, *(f"DELETE FROM {table} WHERE run_uuid IN {runs}" for table in tables),
             "DELETE FROM runs WHERE name LIKE 'baseline%'")  # fmt: skip


def no_search(work: Work) -> None:
    """The tuned run shows no trials."""
    database(work, "UPDATE runs SET lifecycle_stage = 'deleted' WHERE name LIKE 'trial-%'")


def search_of_seeds(work: Work) -> None:
    """Every trial has the settings of the first and a seed of its own."""
    trial = "run_uuid IN (SELECT run_uuid FROM runs WHERE name LIKE 'trial-%')"
    first = "SELECT p.value FROM params p JOIN runs r USING (run_uuid) WHERE r.name = 'trial-01'"
    database(
        work,
        f"UPDATE params SET value = ({first} AND p.key = params.key) WHERE {trial}",
        f"INSERT INTO params (key, value, run_uuid) SELECT 'seed', name, run_uuid FROM runs WHERE {trial}",
    )


def no_artifacts(work: Work) -> None:
    """The store points at model files that are not there."""
    shutil.rmtree(work.path("mlartifacts"))


def no_data_named(work: Work) -> None:
    """No run says what data it saw."""
    database(work, "DELETE FROM tags WHERE key LIKE 'data.%'")


def random_split(work: Work) -> None:
    """Train and test rows are drawn at random from the same months."""
    frame = predictions_of(work)
    frame["split"] = np.random.default_rng(0).choice(["train", "test"], len(frame), p=[0.7, 0.3])
    put_evaluated(work, frame)


def no_embargo(work: Work) -> None:
    """The first test month was used for calibration, so the label windows overlap."""
    frame = predictions_of(work)
    first = frame.loc[frame["split"] == "test", "snapshot_month"].min()
    frame.loc[frame["snapshot_month"] == first, "split"] = "calibration"
    put_evaluated(work, frame)


def immature_test(work: Work) -> None:
    """Months whose outcome was not known yet are tested on as if nobody had left."""
    frame = predictions_of(work)
    late = scores_of(work, ["2024-10", "2024-11", "2024-12"])
    label = late["churned_90d"].to_numpy()
    more = pd.DataFrame({"customer_id": late["customer_id"], "snapshot_month": late["snapshot_month"],
                         "split": "test", "y_true": label, "y_used": label, "p_baseline": late["p"],
                         "p_tuned": late["p"]})  # fmt: skip
    put_evaluated(work, pd.concat([frame, more], ignore_index=True))


def test_rows_thinned(work: Work) -> None:
    """A third of the test rows is left out."""
    frame = predictions_of(work)
    drop = (frame["split"] == "test") & (np.random.default_rng(0).random(len(frame)) < 0.35)
    put_evaluated(work, frame[~drop].reset_index(drop=True))


def accuracy_only(work: Work) -> None:
    """Accuracy and ROC-AUC are all that is claimed of either model."""
    claims, frame = claims_of(work), predictions_of(work)
    test = frame[frame["split"] == "test"]
    for model, score in zip(("baseline", "tuned"), SCORES, strict=True):
        accuracy = float(((test[score] >= 0.5) == label_used(test)).mean())
        claims[model] = {"accuracy": accuracy, "roc_auc": claims[model]["roc_auc"]}
    put_claims(work, claims)


def no_interval(work: Work) -> None:
    """No figure says how sure it is."""
    claims = claims_of(work)
    for model in ("baseline", "tuned"):
        del claims[model]["pr_auc_ci"]
    put_claims(work, {name: value for name, value in claims.items() if not name.endswith("_ci")})


def interval_too_narrow(work: Work) -> None:
    """The interval is a tenth as wide as customers as the unit of sampling make it."""
    claims = claims_of(work)
    middle = claims["tuned"]["pr_auc"]
    claims["tuned"]["pr_auc_ci"] = [middle - 0.002, middle + 0.002]
    put_claims(work, claims)


def no_segments(work: Work) -> None:
    """No figure by segment."""
    claims = claims_of(work)
    del claims["segments"]
    put_claims(work, claims)
    remove(work, "segments.csv")


def claimed_higher(work: Work) -> None:
    """The claimed PR-AUC of the tuned model is a tenth higher than what the predictions give."""
    claims = claims_of(work)
    claims["tuned"]["pr_auc"] += 0.1
    put_claims(work, claims)


def claimed_baseline_lower(work: Work) -> None:
    """The baseline is claimed to be half as good as it is."""
    claims = claims_of(work)
    for name in ("pr_auc", "precision_at_capacity", "recall_at_capacity"):
        claims["baseline"][name] *= 0.5
    claims["baseline"].pop("pr_auc_ci")
    put_claims(work, claims)


def labels_changed(work: Work) -> None:
    """A tenth of the test labels is turned in the model's favour, and figures are computed with them."""
    frame = predictions_of(work)
    test = frame[frame["split"] == "test"]
    wrong = test[test["y_true"] == 1].nsmallest(len(test) // 40, "p_tuned").index
    frame.loc[wrong, ["y_true", "y_used"]] = 0
    put_evaluated(work, frame)


def predictions_shuffled(work: Work) -> None:
    """The probabilities belong to other rows."""
    frame = predictions_of(work)
    order = np.random.default_rng(0).permutation(len(frame))
    for name in SCORES:
        frame[name] = frame[name].to_numpy()[order]
    put_predictions(work, frame)


def _distorted(work: Work, slope: float, shift: float) -> None:
    frame = predictions_of(work)
    for name in SCORES:
        frame[name] = odds(frame[name].to_numpy(), slope, shift)
    serve_odds(work, slope, shift)
    threshold = float(odds(np.array([claims_of(work)["decision"]["threshold"]]), slope, shift)[0])
    put_evaluated(work, frame, threshold)


def weights_left_in(work: Work) -> None:
    """Classes were weighted six to one, and the probabilities were never put right."""
    _distorted(work, 1.0, float(np.log(6)))


def overconfident(work: Work) -> None:
    """Log-odds are stretched by two around the base rate."""
    base = float(np.log(0.06 / 0.94))
    _distorted(work, 2.0, -base)


def no_reliability_plot(work: Work) -> None:
    """No reliability plot."""
    remove(work, "calibration.png")


def lift_of_train(work: Work) -> None:
    """The lift table is that of the training rows."""
    frame = predictions_of(work)
    lift(frame[frame["split"] == "train"]).to_csv(work.path("evaluation/lift.csv"), index=False)


def no_lift(work: Work) -> None:
    """No lift table."""
    remove(work, "lift.csv")


def no_curve(work: Work) -> None:
    """No precision-recall plot."""
    remove(work, "pr_curve.png")


def weak_model(work: Work) -> None:
    """The model sees two columns only; everything else is honest."""
    edit(
        work.path("training/prepare.py"),
        "    shifts = [",
        "    numbers = tuple(n for n in ('tenure_months', 'seats_purchased') if n in numbers)\n"
        "    spec = FeatureSpec(numbers, {}, (), (), {}, {})\n"
        "    dropped = {**dropped, **{n: 'not used' for n in fields if n not in numbers}}\n"
        "    shifts = [",
    )
    retrain(work)


def half_threshold(work: Work) -> None:
    """The threshold is one half, as it comes."""
    claims = claims_of(work)
    claims["decision"]["threshold"] = 0.5
    put_claims(work, claims)


def other_capacity(work: Work) -> None:
    """The call list is three times as long as the brief allows."""
    claims = claims_of(work)
    claims["decision"]["capacity_share"] = 0.3
    put_claims(work, claims)


def no_decision(work: Work) -> None:
    """Nobody says whom to call."""
    claims = claims_of(work)
    del claims["decision"]
    put_claims(work, claims)


def dummy_baseline(work: Work) -> None:
    """The baseline is the churn rate for everybody."""
    frame = predictions_of(work)
    frame["p_baseline"] = float(label_used(frame[frame["split"] == "train"]).mean())
    put_evaluated(work, frame)


def no_baseline(work: Work) -> None:
    """No baseline was evaluated."""
    frame, claims = predictions_of(work).drop(columns="p_baseline"), claims_of(work)
    del claims["baseline"]
    put_predictions(work, frame)
    put_claims(work, claims)


def invented_predictions(work: Work) -> None:
    """The predictions are a better model that nobody has: half-way to the truth, everything computed from them."""
    frame = predictions_of(work)
    y = label_used(frame).to_numpy()
    rng = np.random.default_rng(0)
    for name, strength in zip(SCORES, (0.8, 1.4), strict=True):
        frame[name] = odds(frame[name].to_numpy(), 1.0, 0.0)
        noise = strength * (y - 0.06) + rng.normal(0, 1.0, len(frame))
        raw = np.log(frame[name] / (1 - frame[name])) + noise - 0.45
        frame[name] = 1 / (1 + np.exp(-raw))
    put_evaluated(work, frame)


MUTANTS = (
    Mutant("nothing-tracked", "evaluation.tracking", 0.99, no_store),
    Mutant("baseline-run-not-tracked", "evaluation.tracking", 0.08, no_baseline_run),
    Mutant("search-not-tracked", "evaluation.tracking", 0.15, no_search, ("evaluation.choices",)),
    Mutant("search-of-seeds", "evaluation.tracking", 0.15, search_of_seeds, ("evaluation.choices",)),
    Mutant("artefacts-missing", "evaluation.tracking", 0.15, no_artifacts),
    Mutant("data-not-named", "evaluation.tracking", 0.15, no_data_named),
    Mutant("random-split", "evaluation.split", 0.5, random_split,
           ("evaluation.metrics", "evaluation.decision", "evaluation.calibration", "evaluation.generalises",
            "evaluation.choices", "evaluation.tracking", *WORDS)),
    Mutant("no-embargo", "evaluation.split", 0.3, no_embargo, ("evaluation.choices", *WORDS)),
    Mutant("immature-months-tested", "evaluation.split", 0.1, immature_test,
           ("evaluation.decision", "evaluation.calibration", "evaluation.choices", *WORDS)),
    Mutant("test-rows-thinned", "evaluation.split", 0.02, test_rows_thinned, ("evaluation.choices", *WORDS)),
    Mutant("accuracy-and-roc-only", "evaluation.metrics", 0.6, accuracy_only, ("evaluation.reproduced", *WORDS)),
    Mutant("no-interval", "evaluation.metrics", 0.2, no_interval),
    Mutant("interval-too-narrow", "evaluation.metrics", 0.15, interval_too_narrow, WORDS),
    Mutant("no-segments", "evaluation.metrics", 0.1, no_segments),
    Mutant("claimed-pr-auc-higher", "evaluation.reproduced", 0.5, claimed_higher, WORDS),
    Mutant("claimed-baseline-lower", "evaluation.reproduced", 0.2, claimed_baseline_lower, WORDS),
    Mutant("labels-changed", "evaluation.reproduced", 0.15, labels_changed,
           ("evaluation.metrics", "evaluation.curves", *WORDS)),
    Mutant("predictions-shuffled", "evaluation.reproduced", 0.5, predictions_shuffled,
           ("serving.correct", "evaluation.*", *WORDS)),
    Mutant("class-weights-left-in", "evaluation.calibration", 0.8, weights_left_in,
           ("evaluation.choices", "evaluation.decision", *WORDS)),
    Mutant("overconfident", "evaluation.calibration", 0.3, overconfident,
           ("evaluation.choices", "evaluation.decision", *WORDS)),
    Mutant("no-reliability-plot", "evaluation.calibration", 0.1, no_reliability_plot),
    Mutant("lift-of-the-training-rows", "evaluation.curves", 0.3, lift_of_train),
    Mutant("no-lift-table", "evaluation.curves", 0.6, no_lift),
    Mutant("no-pr-curve", "evaluation.curves", 0.3, no_curve),
    Mutant("weak-model", "evaluation.generalises", 0.2, weak_model,
           ("evaluation.decision", "evaluation.choices", "evaluation.metrics", "evaluation.calibration", *WORDS)),
    Mutant("threshold-one-half", "evaluation.decision", 0.5, half_threshold, WORDS),
    Mutant("capacity-three-times-too-long", "evaluation.decision", 0.3, other_capacity, WORDS),
    Mutant("no-decision", "evaluation.decision", 0.99, no_decision, WORDS),
    Mutant("baseline-is-the-base-rate", "evaluation.choices", 0.2, dummy_baseline, WORDS),
    Mutant("no-baseline", "evaluation.choices", 0.5, no_baseline,
           ("evaluation.reproduced", *WORDS)),
    Mutant("invented-predictions", "evaluation.reproduced", 0.99, invented_predictions,
           ("evaluation.*", "serving.correct", *WORDS)),
)  # fmt: skip
