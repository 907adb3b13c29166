"""Whole submissions of kinds of candidates, most of them the reference after several honest weaknesses."""

from __future__ import annotations

import re
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
    """The starter with every kind reported of every column, and a README of all the right words and no sentence."""
    starter(work)
    kinds = ("target_leakage", "covariate_drift", "unit_change", "category_recode", "concept_drift", "missing_values",
             "sentinel_values", "impossible_values")  # fmt: skip
    sprayed = [
        {"kind": kind, "columns": [column], "from": "2024-01", "to": None, "status": "defect", "action": "drop",
         "summary": "data quality"} for kind in kinds for column in work.key["columns"]
    ]  # fmt: skip
    sprayed += [{"kind": kind, "columns": [], "from": "2024-10", "to": None, "action": "keep", "summary": "x"}
                for kind in ("class_imbalance", "label_immaturity", "duplicate_rows", "group_overlap")]  # fmt: skip
    put_findings(work, sprayed[:200])
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
    """The reference with what six hours cost: two findings missing, no look-alikes explained, fewer words."""
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
    path = work.path("README.md")
    parts = re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))
    kept = [part for part in parts if not part.startswith("## Release")]
    kept.append(
        "## Release\n\nA new image goes to 10 % of customers first. If it fails we put the old tag back.\n"
    )
    path.write_text("".join(kept), encoding="utf-8")


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
