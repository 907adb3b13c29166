"""Write predictions, metrics and the MLflow store of a constant model: the layout, without any modelling."""

import json
import os
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sklearn.metrics import average_precision_score

CAPACITY_SHARE = 0.10
DATA = Path(os.environ.get("DATA_DIR", "data")) / "snapshots.parquet"
HERE = Path(__file__).resolve().parent
EVALUATION = HERE / "evaluation"


def precision_at_capacity(test: pd.DataFrame, score: str) -> float:
    """Share of churners among the highest scored tenth of each month (rounded down), the months pooled."""
    ranked = test.sort_values(score, ascending=False, kind="stable")
    by_month = ranked.groupby("snapshot_month")["y_true"]
    called = by_month.cumcount() + 1 <= CAPACITY_SHARE * by_month.transform("size")
    return float(ranked.loc[called, "y_true"].mean())


def main() -> None:
    data = pd.read_parquet(DATA, columns=["customer_id", "snapshot_month", "churned_90d"])
    predictions = data.rename(columns={"churned_90d": "y_true"})
    # Placeholders: rows at random, no month left out, one probability for all. Replace all three.
    predictions["split"] = np.random.default_rng(0).choice(["train", "test"], len(data), p=[0.8, 0.2])
    predictions["p_baseline"] = 0.5
    predictions["p_tuned"] = 0.5
    test = predictions[predictions["split"] == "test"]

    # A file store (mlruns/) is accepted too; this MLflow writes one only with MLFLOW_ALLOW_FILE_STORE=true.
    mlflow.set_tracking_uri(f"sqlite:///{HERE / 'mlflow.db'}")
    mlflow.set_experiment("churn")
    metrics = {}
    for name, score in (("baseline", "p_baseline"), ("tuned", "p_tuned")):
        metrics[name] = {
            "pr_auc": float(average_precision_score(test["y_true"], test[score])),
            "precision_at_capacity": precision_at_capacity(test, score),
        }
        with mlflow.start_run(run_name=name):
            mlflow.log_param("model", "constant")
            mlflow.log_metrics(metrics[name])
    metrics["decision"] = {"threshold": 1.0, "capacity_share": CAPACITY_SHARE}

    EVALUATION.mkdir(exist_ok=True)
    predictions.to_parquet(EVALUATION / "predictions.parquet", index=False)
    (EVALUATION / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    # One request as the service will get it; takehome-check.pyz sends it where the data is not at hand.
    rows = next(pq.ParquetFile(DATA).iter_batches(batch_size=3)).to_pandas().drop(columns="churned_90d")
    request = {"rows": json.loads(rows.to_json(orient="records"))}
    (EVALUATION / "sample_request.json").write_text(json.dumps(request, indent=2) + "\n")


if __name__ == "__main__":
    main()
