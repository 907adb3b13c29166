"""Mutants that look sound: defects hidden where a grader that asks the obvious question would not find them."""

from __future__ import annotations

import numpy as np

from tests.mutants.recipe import Mutant
from tests.mutants.work import (
    Finding,
    Work,
    change_findings,
    claims_of,
    database,
    edit,
    figures,
    predictions_of,
    put_claims,
    put_findings,
    put_predictions,
    remove,
    retrain,
)

MAIN = "app/main.py"
SCORED = "        probabilities = model.probability(columns).tolist()"
CALLED = '"call": p >= model.threshold'
WORDS = ("readme.grounded_in_this_work", "readme.monitoring_outcomes")
"""The README states figures of the model, so it is untrue where they move."""
KNOWN_UNSEEN: tuple[Finding, ...] = (
    {"kind": "class_imbalance", "columns": ["churned_90d"], "status": "defect", "action": "keep the base rate"},
    {"kind": "group_overlap", "columns": ["customer_id"], "status": "defect", "action": "split by time"},
    {"kind": "label_overlap", "columns": ["churned_90d"], "status": "defect", "action": "embargo"},
    {"kind": "label_immaturity", "columns": ["churned_90d"], "from": "2024-10", "status": "defect",
     "action": "exclude_rows"},
)  # fmt: skip
"""What the brief alone tells of any variant."""
WHERE_HOLDS = 20
"""Columns that `where` of a finding keeps."""


def guessed_in_where(work: Work) -> None:
    """The usual defects are reported of no column, and `where` names every column there is: nobody looked."""
    columns = work.key["columns"]
    guesses = (
        ("target_leakage", 3),
        ("schema_change", 2),
        ("data_drift", 1),
        ("missing_values", 2),
        ("outliers", 1),
    )
    told = [
        {"kind": kind, "columns": [], "where": dict.fromkeys(columns[start : start + WHERE_HOLDS], "not null"),
         "status": "defect", "action": "repair", "summary": "see the rows"}
        for start in range(0, len(columns), WHERE_HOLDS) for kind, times in guesses for _ in range(times)
    ]  # fmt: skip
    put_findings(work, [*KNOWN_UNSEEN, *told])


def actions_put_off(work: Work) -> None:
    """What to do about each defect is still to be decided."""
    change_findings(
        work, lambda one: {**one, "action": "to be decided"} if one["status"] == "defect" else one
    )


def segments_of_the_label(work: Work) -> None:
    """The figures by segment are those of the churners and of the others, which the label alone gives."""
    claims, test = claims_of(work), predictions_of(work)
    test = test[test["split"] == "test"]
    claims["segments"] = [
        {"column": "churned_90d", "level": str(level), "rows": len(rows), "churn_rate": float(level),
         "mean_score": float(rows["p_tuned"].mean())}
        for level, rows in test.groupby(test["y_true"].astype(int))
    ]  # fmt: skip
    put_claims(work, claims)
    remove(work, "segments.csv")


def noise_for_a_baseline(work: Work) -> None:
    """The baseline is the base rate with a little noise: not constant, and beaten by anything."""
    frame, claims = predictions_of(work), claims_of(work)
    test = frame["split"] == "test"
    rate = claims["baseline"]["base_rate"]
    frame["p_baseline"] = rate + np.random.default_rng(0).normal(0, 1e-4, len(frame))
    put_predictions(work, frame)
    found = figures(frame[test], "p_baseline")
    moved = found["pr_auc"] - claims["baseline"]["pr_auc"]
    interval = [end + moved for end in claims["baseline"]["pr_auc_ci"]]
    claims["baseline"] = {**claims["baseline"], **found, "pr_auc_ci": interval}
    put_claims(work, claims)


def store_made_up(work: Work) -> None:
    """Nothing was fitted: trials of made-up settings came out alike, and metrics of a model hold each half per cent."""
    trial = "name LIKE 'trial-%'"
    ladder = "WITH RECURSIVE step(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step WHERE n < 139) "
    metric = "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)"
    database(
        work,
        "DELETE FROM metrics",
        "DELETE FROM latest_metrics",
        f"DELETE FROM params WHERE run_uuid IN (SELECT run_uuid FROM runs WHERE {trial})",
        f"INSERT INTO params (key, value, run_uuid) SELECT 'mood', name, run_uuid FROM runs WHERE {trial}",
        f"{metric} SELECT 'score', 1.0, 1, 0, 0, run_uuid FROM runs WHERE {trial}",
        f"{metric} {ladder}SELECT 'm' || n, n / 200.0, 1, 0, 0, run_uuid FROM step, runs WHERE NOT {trial}",
    )


def trained_on_test(work: Work) -> None:
    """Both models learnt the test rows too, and the list of rows says that these were held out."""
    path = work.path("training/experiment.py")
    rows = 'np.isin(part, ("train", BETWEEN, "validation"'
    edit(path, f"recent = {rows}))", f'recent = {rows}, "test"))')
    deep = "{**results[0].parameters, 'num_leaves': 31, 'min_data_in_leaf': 20}"
    edit(
        path,
        "search.refit(latest, results[0].parameters, trees, SEED)",
        f"search.refit(latest, {deep}, 300, SEED)",
    )
    retrain(work)


def call_inverted(work: Work) -> None:
    """Those below the threshold are called, the others are not."""
    edit(work.path(MAIN), CALLED, '"call": p < model.threshold')


def answers_for_another_version(work: Work) -> None:
    """Answers name another model version than /health does."""
    edit(
        work.path(MAIN), 'answer = {"model_version": model.version,', 'answer = {"model_version": "churn-v2",'
    )


def refusals_name_everything(work: Work) -> None:
    """Every refusal lists all fields there are, whatever was wrong."""
    edit(work.path(MAIN), "            return _refused(_readable(error))",
         "            every = ', '.join(['rows', 'customer_id', 'snapshot_month', *model.fields])\n"
         "            return _refused([{'field': 'body', 'message': f'one of these is wrong: {every}'}])")  # fmt: skip


def answers_kept(work: Work) -> None:
    """A request with a row of new values takes 1.2 s; one whose rows were all asked before is answered at once."""
    edit(work.path(MAIN), SCORED,
         "        import asyncio\n"
         "        kept = app.__dict__.setdefault('kept', {})\n"
         "        names = [json.dumps({n: v for n, v in row.items() if n != 'customer_id'}, sort_keys=True) "
         "for row in rows]\n"
         "        if any(name not in kept for name in names):\n"
         "            await asyncio.sleep(1.2)\n"
         "            kept.update(zip(names, model.probability(columns).tolist(), strict=True))\n"
         "        probabilities = [kept[name] for name in names]")  # fmt: skip


def root_by_another_number(work: Work) -> None:
    """The image's user is 00, which is root."""
    edit(work.path("Dockerfile"), "USER 10001\n", "USER 00\n")


def writes_while_it_predicts(work: Work) -> None:
    """Each prediction is logged to a file beside the code, so on a read-only root it starts and answers nothing."""
    edit(work.path("Dockerfile"), "COPY model model\n",
         "COPY model model\nRUN mkdir /srv/log && chown 10001 /srv/log\n")  # fmt: skip
    edit(work.path(MAIN), SCORED,
         "        with open('/srv/log/requests.txt', 'a') as log:\n"
         "            log.write(f'{len(rows)} rows\\n')\n" + SCORED)  # fmt: skip


MUTANTS = (
    Mutant("guessed-in-where", "audit.leakage", 0.8, guessed_in_where, ("audit.*",), bonus=True),
    Mutant("actions-to-be-decided", "audit.evidence", 0.3, actions_put_off),
    Mutant("segments-of-the-label", "evaluation.metrics", 0.15, segments_of_the_label),
    Mutant("noise-for-a-baseline", "evaluation.choices", 0.3, noise_for_a_baseline, WORDS),
    # Ten differing trials are also what shows that tuning lost, where the baseline ships.
    Mutant("store-made-up", "evaluation.tracking", 0.3, store_made_up, ("evaluation.choices",)),
    # What was learnt of these very rows is of no use later: the figures of the test are flattered.
    Mutant("trained-on-the-test-rows", "evaluation.choices", 0.6, trained_on_test,
           ("evaluation.calibration", "evaluation.generalises", "evaluation.decision", *WORDS)),
    Mutant("call-inverted", "serving.contract", 0.05, call_inverted),
    Mutant("answers-for-another-version", "serving.contract", 0.05, answers_for_another_version),
    Mutant("refusals-name-everything", "serving.bad_input", 0.15, refusals_name_everything),
    Mutant("answers-kept-others-slow", "serving.latency", 0.5, answers_kept),
    Mutant("root-by-another-number", "serving.container", 0.15, root_by_another_number),
    Mutant("writes-while-it-predicts", "serving.container", 0.15, writes_while_it_predicts),
)  # fmt: skip
