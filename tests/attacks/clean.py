"""The clean submission that attacks start from: honest, complete and middling, so that every point can be tried for."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from tests.attacks.clean_texts import CELL, DOCKERFILE, README, SERVICE

FEATURES = (
    "tenure_months", "autopay_enabled", "days_since_last_login", "support_tickets_30d", "tickets_open",
    "payment_failures_3m", "late_payments_12m", "discount_pct", "active_days_30d",
)  # fmt: skip
LAST_TRAINED, TESTED = "2024-03", ("2024-07", "2024-08", "2024-09")
CAPACITY, THRESHOLD = 0.1, 0.2


def make_clean(bundle: Path, folder: Path) -> Path:
    """Write the submission for a bundle; the service needs nothing beyond the base image."""
    data = pd.read_parquet(bundle / "data" / "snapshots.parquet").drop_duplicates(
        ["customer_id", "snapshot_month"]
    )
    used = data[(data["snapshot_month"] <= LAST_TRAINED) | data["snapshot_month"].isin(TESTED)].reset_index(
        drop=True
    )
    train = used["snapshot_month"] <= LAST_TRAINED
    model = _fitted(used[train], FEATURES)
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(model), encoding="utf-8")
    predictions = pd.DataFrame(
        {
            "customer_id": used["customer_id"],
            "snapshot_month": used["snapshot_month"],
            "split": np.where(train, "train", "test"),
            "y_true": used["churned_90d"],
            "p_baseline": _scored(_fitted(used[train], FEATURES[:2]), used),
            "p_tuned": _scored(model, used),
        }
    )
    _write_evaluation(predictions, folder / "evaluation")
    write_store(folder / "mlflow.db", len(used))
    artefact = folder / "mlruns" / "1" / "models" / "m-1" / "artifacts"
    artefact.mkdir(parents=True)
    (artefact / "MLmodel").write_text("flavors: {}\n", encoding="utf-8")
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Audit"), nbformat.v4.new_code_cell(CELL)]
    )
    nbformat.write(book, folder / "audit.ipynb")
    for name, text in (("service.py", SERVICE), ("Dockerfile", DOCKERFILE), ("README.md", README)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "findings.json").write_text(json.dumps(_findings(bundle)), encoding="utf-8")
    return folder


def write_store(path: Path, rows: int) -> None:
    """Write an MLflow store in SQLite with a baseline, a tuned run and its trials."""
    with sqlite3.connect(path) as store:
        store.execute("CREATE TABLE experiments (experiment_id INTEGER, name TEXT)")
        store.execute(
            "CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, start_time INT, end_time INT,"
            " lifecycle_stage TEXT, artifact_uri TEXT)"
        )
        for table in ("params", "tags"):
            store.execute(f"CREATE TABLE {table} (key TEXT, value TEXT, run_uuid TEXT)")
        store.execute(
            "CREATE TABLE latest_metrics (key TEXT, value DOUBLE, timestamp INT, step INT, is_nan INT, run_uuid TEXT)"
        )
        store.execute(
            "CREATE TABLE logged_models (model_id TEXT, artifact_location TEXT, source_run_id TEXT)"
        )
        store.execute(
            "INSERT INTO logged_models VALUES ('m-1', '/home/ada/mlruns/1/models/m-1/artifacts', 't')"
        )
        for key, name in (("b", "baseline"), ("t", "tuned"), ("t1", "trial 1"), ("t2", "trial 2")):
            line = (key, name, "FINISHED", 1000, 9000, "active", f"/home/ada/mlruns/1/{key}/artifacts")
            store.execute("INSERT INTO runs VALUES (?,?,?,?,?,?,?)", line)
            store.execute("INSERT INTO params VALUES ('train_rows', ?, ?)", (str(rows), key))
            store.execute("INSERT INTO latest_metrics VALUES ('pr_auc', 0.13, 1, 1, 0, ?)", (key,))
        store.execute(
            "INSERT INTO tags VALUES ('mlflow.parentRunId', 't', 't1'), ('mlflow.parentRunId', 't', 't2')"
        )
    store.close()


def _fitted(train: pd.DataFrame, features: tuple[str, ...]) -> dict[str, list[float] | list[str] | float]:
    """Fit a logistic model; return what a service without any package can compute it from."""
    values = train[list(features)].astype(float)
    medians, spread = values.median(), values.std().replace(0, 1.0)
    model = LogisticRegression(C=0.3).fit((values.fillna(medians) - medians) / spread, train["churned_90d"])
    return {
        "features": list(features),
        "medians": medians.tolist(),
        "spread": spread.tolist(),
        "weights": model.coef_[0].tolist(),
        "intercept": float(model.intercept_[0]),
    }


def _scored(model: dict[str, list[float] | list[str] | float], rows: pd.DataFrame) -> np.ndarray:
    medians, spread, weights = (np.array(model[name]) for name in ("medians", "spread", "weights"))
    values = rows[model["features"]].astype(float).to_numpy()
    values = np.where(np.isnan(values), medians, values)
    return 1 / (1 + np.exp(-(((values - medians) / spread) @ weights + model["intercept"])))


def _write_evaluation(predictions: pd.DataFrame, folder: Path) -> None:
    folder.mkdir()
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    test = predictions[predictions["split"] == "test"]
    metrics: dict[str, dict[str, float]] = {}
    for name in ("baseline", "tuned"):
        ranked = test.sort_values(f"p_{name}", ascending=False, kind="stable")
        by_month = ranked.groupby("snapshot_month")["y_true"]
        called = by_month.cumcount() + 1 <= CAPACITY * by_month.transform("size")
        metrics[name] = {
            "pr_auc": float(average_precision_score(test["y_true"], test[f"p_{name}"])),
            "precision_at_capacity": float(ranked.loc[called, "y_true"].mean()),
        }
    metrics["decision"] = {"threshold": THRESHOLD, "capacity_share": CAPACITY}
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")


def _findings(bundle: Path) -> dict[str, list[dict[str, object]]]:
    """Run the audit cell's own computation, so that what is submitted is what the notebook writes."""
    found: dict[str, dict[str, list[dict[str, object]]]] = {}
    data = bundle / "data"
    code = CELL.replace('os.environ["DATA_DIR"]', repr(str(data))).rsplit("\n", 2)[0]
    exec(compile(code, "audit", "exec"), found)
    return {"findings": found["findings"]}  # type: ignore[dict-item]
