"""The whole experiment: baseline, search, final fit, calibration, comparison, and everything it leaves behind."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scoring.calibration import Calibration
from scoring.features import encode
from scoring.model import BoostedLogistic, ChurnModel, LogisticWeights

from training import baseline, metrics, plots, search
from training.calibrate import at_usual_rate, choose_calibration, usual_rows
from training.decision import Decision, called, decide, profit
from training.prepare import ISSUED, Prepared, as_columns, label_of, prepare
from training.search import Rows
from training.split import MonthSplit, split_months
from training.tracking import RunLog

SEED = 20240930
BETWEEN = "between"  # months that the search leaves out between what it fits and what it judges
SEGMENTS = ("customer_segment", "contract_type", "region")


@dataclass(frozen=True)
class Outcome:
    """What the README and the caller need of an experiment."""

    prepared: Prepared
    split: MonthSplit
    figures: dict[str, dict[str, float]]
    intervals: metrics.Intervals
    decision: Decision
    calls: int
    call_precision: float
    profit: float
    fill_profit: float
    segments: pd.DataFrame
    calibration: str
    ships: str
    version: str
    trials: int
    scores: np.ndarray
    label: np.ndarray


def run_experiment(
    bundle: Path, folder: Path, findings: list[dict], trials: int, say: Callable[[str], None]
) -> Outcome:
    """Run everything on a bundle and write model/, evaluation/ and the MLflow store into `folder`."""
    prepared = prepare(bundle, findings)
    rows = prepared.rows
    rules = prepared.contract["split"]
    split = split_months(
        sorted(rows["snapshot_month"].unique()), rules["last_test_month"], rules["embargo_months"]
    )
    part = split.name_of(rows["snapshot_month"])
    between = rows["snapshot_month"].between(split.train[-1], split.validation[0]).to_numpy() & (part == "")
    part[between] = BETWEEN
    rows, part = rows[part != ""].reset_index(drop=True), part[part != ""]
    matrix, label = encode(as_columns(rows, prepared.spec), prepared.spec), label_of(rows)
    customers = pd.factorize(rows["customer_id"])[0]
    train = part == "train"
    weights = baseline.fit_baseline(matrix[train], label[train])
    offset = weights.log_odds(matrix)
    sets = {
        name: Rows(*(values[part == name] for values in (matrix, label, customers, offset)))
        for name in vars(split)
    }
    say(
        f"prepared {len(rows):,} rows, {matrix.shape[1]} columns; train to {split.train[-1]}, test "
        f"from {split.test[0]}"
    )

    log = RunLog(folder)
    seen = _data_tags(prepared, split, sets)
    baseline_run = log.start("baseline-logistic", {**seen, "role": "baseline"})
    tuned_run = log.start("tuned-lightgbm", {**seen, "role": "tuned"})
    trial_log = _trial_logger(log, tuned_run, seen)
    results = search.search(sets["train"], sets["validation"], trials, SEED, trial_log)
    say(f"searched {trials} trials, best validation PR-AUC {max(one.pr_auc for one in results):.4f}")
    trees = search.fit_final(sets["train"], sets["validation"], results[0].parameters, SEED).num_trees()
    # What was chosen is fitted again up to the calibration month: churn changes, and recent months say more.
    recent = np.isin(part, ("train", BETWEEN, "validation"))
    weights = baseline.fit_baseline(matrix[recent], label[recent])
    latest = Rows(matrix[recent], label[recent], customers[recent], weights.log_odds(matrix[recent]))
    booster = search.refit(latest, results[0].parameters, trees, SEED)
    part[part == BETWEEN] = "train"
    say(f"fitted the tuned model on {int(recent.sum()):,} rows, {booster.num_trees()} trees")

    estimators = {"baseline": weights, "tuned": BoostedLogistic(weights, booster)}
    runs = {"baseline": baseline_run, "tuned": tuned_run}
    calibrations, losses = _calibrate(estimators, sets["calibration"])
    usual = usual_rows(rows["snapshot_month"].to_numpy(dtype=object), prepared.unusual, split.test)
    if usual is not None:
        # What raised churn in those months is over, and the level learnt from them is not the one to promise.
        rate = float(label[usual].mean())
        calibrations = {
            name: at_usual_rate(one, estimators[name].raw(matrix[usual]), rate)
            for name, one in calibrations.items()
        }
        say(f"calibrated to {rate:.4f}, the rate of the months outside {prepared.unusual}")
    scores = {name: calibrations[name].apply(one.raw(matrix)) for name, one in estimators.items()}
    test = part == "test"
    test_rows, y = rows[test].reset_index(drop=True), label[test]
    months = test_rows["snapshot_month"].to_numpy(dtype=object)
    on_test = {name: score[test] for name, score in scores.items()}
    intervals = metrics.customer_bootstrap(customers[test], y, on_test["baseline"], on_test["tuned"], SEED)
    ships = winner(intervals)
    if ships == "baseline":
        # The contract calls the served model `tuned`; where the gain is within noise, that is the simple one.
        scores["tuned"], on_test["tuned"] = scores["baseline"], on_test["baseline"]
        intervals = replace(intervals, tuned=intervals.baseline)
    capacity = prepared.business.capacity
    figures = {name: metrics.figures(months, y, score, capacity) for name, score in on_test.items()}
    held = part == "calibration"
    decision = decide(
        prepared.business, rows["snapshot_month"].to_numpy(dtype=object)[held], scores["tuned"][held]
    )
    calls = called(decision, months, on_test["tuned"])
    filled = metrics.capacity_mask(months, on_test["tuned"], capacity)

    version = f"churn-{'lgbm' if ships == 'tuned' else 'logistic'}-{runs[ships][:12]}"
    models = {
        name: ChurnModel(
            version=version if name == ships else f"churn-{name}-{runs[name][:12]}",
            run_id=runs[name],
            spec=prepared.spec,
            estimator=estimator,
            calibration=calibrations[name],
            threshold=decision.threshold,
            fields=prepared.fields,
            ignored=tuple(prepared.dropped),
        )
        for name, estimator in estimators.items()
    }
    models[ships].save(folder / "model")
    outcome = Outcome(
        prepared, split, figures, intervals, decision, int(calls.sum()), float(y[calls].mean()) if calls.any() else 0.0,
        profit(prepared.business, y, calls), profit(prepared.business, y, filled),
        metrics.by_segment(test_rows, SEGMENTS, y, on_test["tuned"], calls),
        calibrations[ships].kind, ships, version, trials, on_test["tuned"], y,
    )  # fmt: skip
    write_evaluation(folder / "evaluation", outcome, rows, part, label, scores, on_test)
    parameters = {
        "baseline": baseline.PARAMETERS,
        "tuned": {
            **search.FIXED,
            **results[0].parameters,
            "learning_rate": search.FINAL_RATE,
            "trees": booster.num_trees(),
            "trials": trials,
        },
    }
    for name, model in models.items():
        _log_model(
            log, runs[name], model, parameters[name], figures[name], losses[name], folder, name == ships
        )
    say(
        f"tuned PR-AUC {figures['tuned']['pr_auc']:.4f}, baseline "
        f"{figures['baseline']['pr_auc']:.4f}; ships {ships} as {version}"
    )
    return outcome


def winner(intervals: metrics.Intervals) -> str:
    """Return which model ships: the tuned one if its gain is beyond chance, else the simpler.

    The scores rank the list and feed the budget. So the gain must show in PR-AUC; or in log loss, which needs fewer
    rows to show one, while the middle of the PR-AUC interval points the same way.
    """
    ranks_better = intervals.gain[0] > 0
    fits_better = intervals.log_loss_gain[0] > 0 and sum(intervals.gain) > 0
    return "tuned" if ranks_better or fits_better else "baseline"


def _calibrate(
    estimators: dict[str, LogisticWeights | BoostedLogistic], held: Rows
) -> tuple[dict[str, Calibration], dict[str, dict[str, float]]]:
    chosen = {
        name: choose_calibration(one.raw(held.matrix), held.label, held.customers, SEED)
        for name, one in estimators.items()
    }
    return {name: pair[0] for name, pair in chosen.items()}, {name: pair[1] for name, pair in chosen.items()}


def _data_tags(prepared: Prepared, split: MonthSplit, sets: dict[str, Rows]) -> dict[str, str]:
    tags = {"data.sha256": prepared.sha256, "data.variant": str(prepared.contract.get("variant", "unknown"))}
    for name, months in vars(split).items():
        tags[f"data.{name}"] = f"{months[0]}..{months[-1]}, {len(sets[name].label)} rows"
    tags["data.dropped_columns"] = ", ".join(
        f"{column} ({kind})" for column, kind in prepared.dropped.items()
    )
    return tags


def _trial_logger(log: RunLog, parent: str, seen: dict[str, str]) -> Callable[[search.Trial], None]:
    def record(trial: search.Trial) -> None:
        run = log.start(
            f"trial-{trial.number:02d}", {"role": "trial", "data.sha256": seen["data.sha256"]}, parent
        )
        figures = {
            "validation_pr_auc": trial.pr_auc,
            "validation_log_loss": trial.log_loss,
            "seconds": trial.seconds,
        }
        log.finish(
            run, {**trial.parameters, "learning_rate": search.SEARCH_RATE, "rounds": trial.rounds}, figures
        )

    return record


def _log_model(
    log: RunLog,
    run: str,
    model: ChurnModel,
    parameters: dict,
    figures: dict[str, float],
    losses: dict[str, float],
    folder: Path,
    served: bool,
) -> None:
    if served:
        log.keep(run, folder / "model", "model")
        log.keep(run, folder / "evaluation", "evaluation")
    else:
        with tempfile.TemporaryDirectory() as scratch:
            model.save(Path(scratch))
            log.keep(run, Path(scratch), "model")
    measured = {f"test_{name}": value for name, value in figures.items()}
    measured |= {f"calibration_log_loss_{name}": value for name, value in losses.items()}
    tags = {
        "model_version": model.version,
        "served": str(served).lower(),
        "calibration": model.calibration.kind,
    }
    log.finish(run, parameters, measured, tags)


def write_evaluation(
    folder: Path, outcome: Outcome, rows: pd.DataFrame, part: np.ndarray, label: np.ndarray,
    scores: dict[str, np.ndarray], on_test: dict[str, np.ndarray],
) -> None:  # fmt: skip
    """Write predictions, metrics, lift, segments and the two figures."""
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "snapshot_month": rows["snapshot_month"].astype(str),
            "split": part.astype(str),
            "y_true": rows[ISSUED].to_numpy(dtype=int),
            "y_used": label,
            "p_baseline": scores["baseline"],
            "p_tuned": scores["tuned"],
        }
    ).to_parquet(folder / "predictions.parquet", index=False)
    bounds = asdict(outcome.intervals)
    report = {
        name: {**outcome.figures[name], "pr_auc_ci": list(bounds[name])} for name in ("baseline", "tuned")
    }
    report["ships"] = outcome.ships
    report["gain_pr_auc_ci"], report["gain_log_loss_ci"] = list(bounds["gain"]), list(bounds["log_loss_gain"])
    report["decision"] = {
        **asdict(outcome.decision),
        "break_even": outcome.prepared.business.break_even,
        "calls": outcome.calls,
        "precision_of_calls": outcome.call_precision,
        "profit_eur": outcome.profit,
        "profit_if_the_list_is_filled_eur": outcome.fill_profit,
    }
    report["segments"] = json.loads(outcome.segments.to_json(orient="records", double_precision=6))
    (folder / "metrics.json").write_text(json.dumps(report, indent=2) + "\n")
    outcome.segments.to_csv(folder / "segments.csv", index=False)
    metrics.lift_table(outcome.label, outcome.scores).to_csv(folder / "lift.csv", index=False)
    plots.calibration_plot(outcome.label, on_test, folder / "calibration.png")
    pr_auc = {name: figures["pr_auc"] for name, figures in outcome.figures.items()}
    plots.pr_curve_plot(outcome.label, on_test, pr_auc, folder / "pr_curve.png")
