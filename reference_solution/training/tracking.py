"""What is kept of every run in MLflow: parameters, metrics, the data it saw and the model files."""

import os
import sqlite3
import time
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

EXPERIMENT = "churn-90d"


class RunLog:
    """One experiment in an SQLite store beside its artefacts, both inside the submission."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
        artifacts = (folder / "mlartifacts").resolve()
        self.experiment = self.client.create_experiment(EXPERIMENT, artifact_location=artifacts.as_uri())

    def start(self, name: str, tags: dict[str, str], parent: str | None = None) -> str:
        """Start a run and return its id; `parent` nests it."""
        tags = {**tags, **({"mlflow.parentRunId": parent} if parent else {})}
        return self.client.create_run(self.experiment, run_name=name, tags=tags).info.run_id

    def finish(
        self, run: str, parameters: dict, metrics: dict[str, float], tags: dict[str, str] | None = None
    ) -> None:
        """Write a run's figures in one go and close it."""
        now = int(time.time() * 1000)
        self.client.log_batch(
            run,
            metrics=[Metric(name, float(value), now, 0) for name, value in metrics.items()],
            params=[Param(name, str(value)) for name, value in parameters.items()],
            tags=[RunTag(name, str(value)) for name, value in (tags or {}).items()],
        )
        self.client.set_terminated(run)

    def keep(self, run: str, path: Path, under: str) -> None:
        """Copy a file or a folder into the run's artefacts."""
        if path.is_dir():
            self.client.log_artifacts(run, str(path), under)
        else:
            self.client.log_artifact(run, str(path), under)


def move_artifact_root(database: Path, old: Path, new: Path) -> None:
    """Point the store's artefact addresses at the folder's final place."""
    with sqlite3.connect(database) as connection:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (str(old), str(new)))
    connection.close()
