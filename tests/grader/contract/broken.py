"""A submission that keeps the contract, in a few kilobytes, to be broken one thing at a time."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd

FINDING: dict[str, Any] = {
    "kind": "unit_change",
    "columns": ["tenure_months"],
    "from": "2024-04",
    "to": None,
    "statistic": {"name": "median_ratio", "value": 1.5, "reference": "2023-01..2024-03"},
    "action": "rescale",
    "summary": "Reported in days from April 2024.",
}
FIGURES = {"pr_auc": 0.2, "precision_at_capacity": 0.3}


def issued(folder: Path, customers: int = 3) -> Path:
    """Write the issued data of a few customers in all months, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    keys = [(customer, month) for month in months for customer in range(11, 11 + customers)]
    frame = pd.DataFrame(keys, columns=["customer_id", "snapshot_month"])
    frame["tenure_months"] = range(len(frame))
    frame["churned_90d"] = [place % 5 == 0 for place in range(len(frame))]
    frame.to_parquet(folder / "snapshots.parquet", index=False)
    return folder


def predictions(folder: Path) -> pd.DataFrame:
    """Return rows as the brief wants them: train to 2023-12, a gap, test from 2024-04 to 2024-09."""
    frame = pd.read_parquet(folder / "snapshots.parquet")[["customer_id", "snapshot_month"]]
    train, test = frame["snapshot_month"] <= "2023-12", frame["snapshot_month"].between("2024-04", "2024-09")
    frame["split"] = ["train" if one else "test" for one in train]
    frame["p_baseline"], frame["p_tuned"] = 0.1, 0.2
    return frame[train | test].reset_index(drop=True)


def submission(folder: Path) -> Path:
    """Write a submission that keeps the contract, with the data beside it."""
    data = issued(folder.parent / "data")
    (folder / "evaluation").mkdir(parents=True)
    (folder / "README.md").write_text("# Running this model\n\n" + "We watch each input every month. " * 40)
    cell = 'import os\nprint(os.environ.get("DATA_DIR"), os.environ.get("OUTPUT_DIR"), "findings.json")'
    write_notebook(folder, cell)
    write_findings(folder, [FINDING])
    (folder / "Dockerfile").write_text("FROM python:3.11-slim\nCOPY requirements.txt .\n")
    (folder / "requirements.txt").write_text("fastapi==0.115.0\n")
    predictions(data).to_parquet(folder / "evaluation" / "predictions.parquet", index=False)
    decision = {"threshold": 0.2, "capacity_share": 0.1}
    metrics = {"baseline": FIGURES, "tuned": FIGURES, "decision": decision}
    (folder / "evaluation" / "metrics.json").write_text(json.dumps(metrics))
    with sqlite3.connect(folder / "mlflow.db") as store:
        store.execute("create table experiments (experiment_id integer)")
        store.execute("create table runs (run_uuid text, name text, lifecycle_stage text, artifact_uri text)")
        store.executemany(
            "insert into runs values (?, ?, 'active', '')", [("a" * 32, "baseline"), ("b" * 32, "tuned")]
        )
    store.close()
    return folder


def write_notebook(folder: Path, source: str) -> None:
    """Write the notebook with one code cell."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    document = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "audit.ipynb").write_text(json.dumps(document))


def write_findings(folder: Path, findings: list[Any]) -> None:
    """Write findings.json."""
    (folder / "findings.json").write_text(json.dumps({"findings": findings}))
