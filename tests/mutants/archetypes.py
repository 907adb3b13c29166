"""Whole submissions of kinds of candidates, most of them the reference after several honest weaknesses."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutants import evaluation, serving
from tests.mutants.equivalents import logistic_ships
from tests.mutants.recipe import Archetype
from tests.mutants.work import (
    Work,
    claims_of,
    edit,
    findings_of,
    put_claims,
    put_findings,
    retrain,
)

BOAST = """# Churn model

Our LightGBM model reaches a ROC-AUC of 0.96, which is state of the art, and is ready for production.
We monitor accuracy and retrain the model every month on all data.
"""
THIN = """# Churn service

The model is a logistic regression on the monthly snapshots. It predicts churn in 90 days.

## Monitoring

We compute the PSI of the input columns every month against the training data and look at the columns above 0.2.
`LEAK` was dropped because it leaks. We also check the share of nulls.

## Performance

Once the labels of a month are known, after three months, we compute PR-AUC and compare it with the test figure.

## Retraining

If PR-AUC drops by more than 10 %, or after six months, the model is trained again on the newest data.

## Deployment

The service runs in Docker. If the new version is worse, the old image is started again.
"""
SENIOR = """# Churn model: running it

Owner: retention analytics. The model ranks customers once a month, the calling team takes the top tenth.

## What we watch every month

Reference is the training period. `DRIVERS` get a PSI per column; above 0.2 the analyst on duty looks at it.
Null rates: more than 5 points away from training opens a ticket. Levels that training never saw are counted.
`CHANGED` changed from MONTH on; the service corrects it, so a new jump there stops the run until the feed is checked.

## Is it still right?

A label needs three months. Until then we look at the mean score and at the share above the threshold. After that:
PR-AUC and precision in the top tenth for the month that has just matured, next to the figures of the test.

## Retraining

When precision in the top tenth stays under 0.8 of its test value for two matured months, we refit on the newest
twelve complete months and compare with the old model on the last one. A broken feed is repaired first and is no
reason to retrain.

## What we know about the data

`LEAK` is only filled once somebody is leaving, so it is not used. The last three months have no complete labels and
were left out. We do not know how the model does on customers that came after the test months.

## Release

A new image goes to 10 % of customers first. If it fails we put the old tag back.
"""
STARTER = Path(__file__).resolve().parents[2] / "assignment" / "starter"


def _clear(work: Work) -> None:
    shutil.rmtree(work.folder)
    work.folder.mkdir()


def empty(work: Work) -> None:
    """A README without a word."""
    _clear(work)
    work.path("README.md").write_text("", encoding="utf-8")


def starter(work: Work) -> None:
    """The starter after its own train.py."""
    _clear(work)
    shutil.copytree(STARTER, work.folder, dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=work.folder, capture_output=True, text=True, check=False,
        env={"DATA_DIR": str(work.bundle / "data"), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1",
             "HOME": str(work.folder.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def keyword_stuffer(work: Work) -> None:
    """The starter, what every table of this kind has (nobody looked), and a README of the right words, no sentence.

    With findings that are wrong as well, or none, it would tie with the starter: words earn nothing.
    """
    starter(work)
    textbook = (("class_imbalance", "keep"), ("label_immaturity", "exclude_rows"), ("group_overlap", "split by person"),
                ("label_overlap", "embargo"))  # fmt: skip
    put_findings(
        work,
        [{"kind": kind, "columns": [], "from": "2024-10" if kind == "label_immaturity" else None, "to": None,
          "status": "defect", "action": action, "summary": f"best practice: {kind}"} for kind, action in textbook],
    )  # fmt: skip
    words = ("PSI, KS, Evidently, drift, data quality, monitoring, Prometheus, Grafana, alerts, retraining, champion, "
             "challenger, shadow, canary, blue-green, rollback, feature store, MLflow, CI/CD, calibration, PR-AUC, "
             "SHAP, fairness, SLA, p99, A/B test, model registry, data contract, great expectations")  # fmt: skip
    work.path("README.md").write_text(
        f"# Production\n\n## Monitoring\n\n{words}.\n\n## Retraining\n\n{words}.\n\n## Release\n\n{words}.\n",
        encoding="utf-8",
    )


def leaderboard_chaser(work: Work) -> None:
    """All columns, leaks included, a random split, ROC-AUC called great, and one sentence on production."""
    edit(work.path("train.py"), '.read_text())["findings"]', '.read_text())["findings"]\n    findings = []')
    retrain(work)
    evaluation.random_split(work)
    claims = claims_of(work)
    for model in ("baseline", "tuned"):
        claims[model] = {name: claims[model][name] for name in ("pr_auc", "roc_auc", "precision_at_capacity")}
    del claims["segments"]
    claims["decision"] = {"threshold": 0.5, "capacity_share": 0.1}
    put_claims(work, {k: v for k, v in claims.items() if not k.endswith("_ci")})
    evaluation.remove(work, "segments.csv")
    facts = [one for one in findings_of(work) if one["kind"] == "class_imbalance"]
    put_findings(work, [{**facts[0], "statistic": None}] if facts else [])
    work.path("README.md").write_text(BOAST, encoding="utf-8")
    serving_as_it_comes(work)


def serving_as_it_comes(work: Work) -> None:
    """Root, a floating dependency, no health check."""
    edit(work.path("Dockerfile"), "USER 10001\n", "")
    serving.unpinned(work)
    serving.no_healthcheck(work)


def solid_junior(work: Work) -> None:
    """An honest logistic regression: half of the findings, no embargo, default threshold, a thin README."""
    logistic_ships(work)
    evaluation.no_embargo(work)
    claims = claims_of(work)
    for model in ("baseline", "tuned"):
        claims[model].pop("pr_auc_ci", None)
    del claims["segments"]
    claims["decision"]["threshold"] = 0.5
    put_claims(work, {k: v for k, v in claims.items() if not k.endswith("_ci")})
    evaluation.remove(work, "segments.csv")
    evaluation.no_search(work)
    defects = [one for one in findings_of(work) if one["status"] == "defect"]
    known = [
        one for one in defects if one["kind"] in ("class_imbalance", "label_immaturity", "duplicate_rows")
    ]
    others = [one for one in defects if one not in known]
    put_findings(work, [{**one, "statistic": None} for one in (*known, *others[::2])])
    serving_as_it_comes(work)
    edit(work.path("app/main.py"), "            return _refused(_readable(error))",
         "            return _refused([{'field': 'body', 'message': 'bad request'}])")  # fmt: skip
    leak = next((one["columns"][0] for one in others if one["columns"]), "the leak")
    work.path("README.md").write_text(THIN.replace("LEAK", leak), encoding="utf-8")


def solid_senior(work: Work) -> None:
    """The reference with what six hours cost: two findings missing, no look-alikes explained, a README of its own."""
    found = findings_of(work)
    changes = work.columns_of("change")
    missed = next((one for one in found if one["status"] == "defect" and set(one["columns"]) & changes), None)
    defects = [one for one in found if one["status"] == "defect" and one is not missed]
    # The hard one of the variant if it has one, else the last that was found: two are missing in any case.
    hard = next((one for one in defects if one["kind"] in ("row_order", "look_ahead_window")), defects[-1])
    put_findings(work, [one for one in defects if one is not hard])
    evaluation.no_segments(work)
    evaluation.interval_too_narrow(work)
    edit(work.path("app/main.py"), "            return _refused(_readable(error))",
         "            return _refused([{'field': 'body', 'message': 'bad request'}])")  # fmt: skip
    serving.no_healthcheck(work)
    changed = next(
        (one for one in defects if set(one["columns"]) & changes), {"columns": ["plan"], "from": "2024-01"}
    )
    drivers = [one["columns"][0] for one in found if one["kind"] == "strong_predictor"][:2]
    text = SENIOR
    for word, value in (("`DRIVERS`", " and ".join(f"`{name}`" for name in drivers)), ("LEAK", work.seeded_leak()),
                        ("CHANGED", changed["columns"][0]), ("MONTH", changed["from"])):  # fmt: skip
        text = text.replace(word, value)
    work.path("README.md").write_text(text, encoding="utf-8")


def reference(work: Work) -> None:
    """The reference as it is."""


ARCHETYPES = (
    Archetype("empty", empty, 0, 0, real_notebook=True),
    Archetype("starter", starter, 0, 5, real_notebook=True),
    Archetype("keyword-stuffer", keyword_stuffer, 0, 15, real_notebook=True),
    Archetype("leaderboard-chaser", leaderboard_chaser, 20, 45),
    Archetype("solid-junior", solid_junior, 50, 72),
    Archetype("solid-senior", solid_senior, 78, 93),
    Archetype("the-reference", reference, 95, 100, real_notebook=True),
)
