"""The submission as a whole: complete, legal, consistent, and made of the bundle alone."""

from __future__ import annotations

import ast
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from tests.reference_solution.conftest import SOLUTION

FILES = (
    "README.md", "audit.ipynb", "findings.json", "mlflow.db", "model/model.json", "evaluation/predictions.parquet",
    "evaluation/metrics.json", "evaluation/lift.csv", "evaluation/calibration.png", "evaluation/pr_curve.png",
    "Dockerfile", "requirements.txt",
)  # fmt: skip


def test_submission_is_complete(submission: Path) -> None:
    """A missing deliverable would earn nothing."""
    assert [name for name in FILES if not (submission / name).is_file()] == []


def test_imports_nothing_of_the_project() -> None:
    """The model answer must not be able to look at the key's side."""
    foreign = []
    for path in SOLUTION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            foreign += [
                name for name in names if name.split(".")[0] in ("grader", "data_generator", "takehome")
            ]
    assert foreign == []


def test_split_keeps_the_embargo(submission: Path) -> None:
    """A label used before the test must be known before the first test month, and no immature month is used."""
    rows = pd.read_parquet(submission / "evaluation/predictions.parquet")
    number = rows["snapshot_month"].str[:4].astype(int) * 12 + rows["snapshot_month"].str[5:].astype(int)
    last = number.groupby(rows["split"]).max()
    first = number.groupby(rows["split"]).min()
    assert first["test"] - last[["train", "validation", "calibration"]].max() >= 3
    assert rows["snapshot_month"].max() <= "2024-09"
    assert not rows.duplicated(["customer_id", "snapshot_month"]).any()


def test_claimed_figures_recompute(submission: Path) -> None:
    """The claimed PR-AUC is that of the submitted predictions, and its interval holds it."""
    rows = pd.read_parquet(submission / "evaluation/predictions.parquet").query("split == 'test'")
    claimed = json.loads((submission / "evaluation/metrics.json").read_text())
    for model in ("baseline", "tuned"):
        value = average_precision_score(rows["y_true"], rows[f"p_{model}"])
        low, high = claimed[model]["pr_auc_ci"]
        assert claimed[model]["pr_auc"] == pytest.approx(value)
        assert low < value < high


def test_labels_are_the_issued_ones(submission: Path, bundle: Path) -> None:
    """Nothing in the predictions may carry a label that was not issued."""
    rows = pd.read_parquet(submission / "evaluation/predictions.parquet")
    issued = pd.read_parquet(bundle / "data/snapshots.parquet")[
        ["customer_id", "snapshot_month", "churned_90d"]
    ]
    both = rows.merge(issued.drop_duplicates(), on=["customer_id", "snapshot_month"])
    assert len(both) == len(rows)
    assert (both["y_true"] == both["churned_90d"]).all()


def test_served_model_leads_to_its_run(submission: Path) -> None:
    """`model_version` must name a finished run whose artefacts hold the served model, with its trials nested."""
    model = json.loads((submission / "model/model.json").read_text())
    connection = sqlite3.connect(submission / "mlflow.db")
    try:
        status, uri = connection.execute(
            "SELECT status, artifact_uri FROM runs WHERE run_uuid = ?", (model["run_id"],)
        ).fetchone()
        trials = connection.execute("SELECT count(*) FROM tags WHERE key = 'mlflow.parentRunId'").fetchone()[
            0
        ]
    finally:
        connection.close()
    assert model["run_id"].startswith(model["version"].rsplit("-", 1)[1])
    assert status == "FINISHED"
    assert (Path(uri.removeprefix("file://")) / "model/model.json").read_text() == (
        submission / "model/model.json"
    ).read_text()
    assert trials == 3


def test_leaks_do_not_reach_the_model(submission: Path) -> None:
    """A finding whose action is `drop` must be true of the served model."""
    findings = json.loads((submission / "findings.json").read_text())["findings"]
    spec = json.loads((submission / "model/model.json").read_text())["spec"]
    used = {*spec["numbers"], *spec["levels"]}
    assert [
        one["columns"][0] for one in findings if one["action"] == "drop" and one["columns"][0] in used
    ] == []


def test_existing_output_is_left_alone(submission: Path, bundle: Path) -> None:
    """A finished submission must not be overwritten by mistake."""
    command = [sys.executable, str(SOLUTION / "run.py"), "--bundle", str(bundle), "--out", str(submission)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "exists already" in done.stderr


def test_missing_bundle_is_a_usage_error(tmp_path: Path) -> None:
    """A wrong path ends with exit code 2 and leaves nothing behind."""
    command = [
        sys.executable,
        str(SOLUTION / "run.py"),
        "--bundle",
        str(tmp_path / "no"),
        "--out",
        str(tmp_path / "out"),
    ]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_readme_is_short_and_true(submission: Path) -> None:
    """Words past the limit are not read, and the quoted PR-AUC must be the measured one."""
    from training.readme import WORD_LIMIT, count_words

    text = (submission / "README.md").read_text()
    claimed = json.loads((submission / "evaluation/metrics.json").read_text())
    assert count_words(text) <= WORD_LIMIT
    assert f"{claimed['tuned']['pr_auc']:.3f}" in text
    assert "{" not in text.split("## Run")[0]


def test_lift_table_adds_up(submission: Path) -> None:
    """Ten deciles hold every test row and every churner once."""
    table = pd.read_csv(submission / "evaluation/lift.csv")
    rows = pd.read_parquet(submission / "evaluation/predictions.parquet").query("split == 'test'")
    assert table["customers"].sum() == len(rows)
    assert table["churners"].sum() == rows["y_true"].sum()
    assert np.isclose(table["cumulative_capture"].iloc[-1], 1.0)
