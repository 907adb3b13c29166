"""The starter: the smallest valid submission really runs, and promises nothing it does not have."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import nbformat
import numpy as np
import pandas as pd
import pytest
import uvicorn
import yaml

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "assignment" / "starter"
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "assignment" / "contract.yaml").read_text())
ROW = {"customer_id": 17, "snapshot_month": "2025-01", "tenure_months": 14, "nps_score": None}
QUIET = {"PYTHONWARNINGS": "ignore", "MPLBACKEND": "agg"}

RUN_NOTEBOOK = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=200, kernel_name="python3", force_raise_errors=True).execute()
"""


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """Copy the starter beside a folder `data` with twelve months of forty customers."""
    folder = tmp_path / "submission"
    shutil.copytree(STARTER, folder)
    (tmp_path / "data").mkdir()
    keys = [(c, f"2023-{m:02d}") for m in range(1, 13) for c in range(100, 140)]
    frame = pd.DataFrame(keys, columns=["customer_id", "snapshot_month"])
    frame["churned_90d"] = (np.arange(len(frame)) % 16 == 0).astype("int8")
    frame.to_parquet(tmp_path / "data" / "snapshots.parquet")
    return folder


def run(arguments: list[str], folder: Path, **environment: str) -> None:
    """Run Python in the submission's folder; a failure shows what it printed."""
    outcome = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **QUIET, "DATA_DIR": str(folder.parent / "data"), **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert outcome.returncode == 0, outcome.stderr[-3000:]


def load_app(folder: Path) -> ModuleType:
    """Import the service from its file."""
    spec = importlib.util.spec_from_file_location("starter_app", folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["starter_app"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    """Serve the starter on a free port of the loopback."""
    server = uvicorn.Server(uvicorn.Config(load_app(STARTER).app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 120
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client
    server.should_exit = True
    thread.join(timeout=30)


def test_notebook_is_clean_and_parses() -> None:
    """The notebook is valid, comes without outputs, and names a kernel that the runner has."""
    notebook = nbformat.read(STARTER / "audit.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert all(not cell.get("outputs") for cell in notebook.cells)


def test_notebook_writes_the_submitted_findings(submission: Path) -> None:
    """A fresh run writes to $OUTPUT_DIR exactly what the starter hands in."""
    output = submission.parent / "out"
    run(["-c", RUN_NOTEBOOK, "audit.ipynb"], submission, OUTPUT_DIR=str(output))
    written = json.loads((output / "findings.json").read_text())
    assert written == json.loads((submission / "findings.json").read_text()) == {"findings": []}


def test_training_writes_what_the_contract_asks_for(submission: Path) -> None:
    """Predictions, figures and the tracking store have the columns, names and runs of the contract."""
    run(["train.py"], submission)
    predictions = pd.read_parquet(submission / "evaluation" / "predictions.parquet")
    columns = CONTRACT["predictions"]["columns"]
    assert {c for c, spec in columns.items() if spec["required"]} <= set(predictions) <= set(columns)
    assert set(predictions["split"]) <= set(CONTRACT["split"]["names"])
    metrics = json.loads((submission / "evaluation" / "metrics.json").read_text())
    for model in CONTRACT["metrics"]["models"]:
        assert set(CONTRACT["metrics"]["required"]) <= set(metrics[model])
    assert set(metrics["decision"]) == set(CONTRACT["metrics"]["decision"])
    base_rate = predictions.loc[predictions["split"] == "test", "y_true"].mean()
    assert metrics["tuned"]["pr_auc"] == pytest.approx(base_rate)
    store = sqlite3.connect(submission / "mlflow.db")
    try:
        names = {row[0] for row in store.execute("select name from runs")}
    finally:
        store.close()
    assert names == {"baseline", "tuned"}


def test_service_answers_as_the_contract_says(service: httpx.Client) -> None:
    """One row and a thousand are answered in order, with the agreed keys."""
    health = service.get("/health")
    assert health.status_code == 200
    assert health.json()["status"] == "ok"
    for n_rows in (1, CONTRACT["service"]["max_rows"]):
        rows = [{**ROW, "customer_id": i} for i in range(n_rows)]
        answer = service.post("/predict", json={"rows": rows})
        assert answer.status_code == 200
        assert list(answer.json()) == CONTRACT["service"]["response_keys"]
        predictions = answer.json()["predictions"]
        assert [p["customer_id"] for p in predictions] == list(range(n_rows))
        assert all(list(p) == CONTRACT["service"]["prediction_keys"] for p in predictions)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"rows": []}, "rows"),
        ({"rows": [ROW] * 1001}, "rows"),
        ({}, "rows"),
        ({"rows": [{"customer_id": 1}]}, "snapshot_month"),
        ({"rows": [{**ROW, "customer_id": "x"}]}, "customer_id"),
        ({"rows": [{**ROW, "snapshot_month": "January"}]}, "snapshot_month"),
    ],
    ids=["no rows", "too many", "nothing", "field missing", "wrong type", "not a month"],
)
def test_service_names_the_wrong_field(service: httpx.Client, body: dict[str, Any], named: str) -> None:
    """Invalid input answers 422 and says which field."""
    answer = service.post("/predict", json=body)
    assert answer.status_code == CONTRACT["service"]["predict"]["invalid_status"]
    assert named in answer.text


def test_dockerfile_keeps_the_rules() -> None:
    """The base is an allowed one, nothing is fetched by ADD, and no data is copied into the image."""
    text = (STARTER / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", text, flags=re.M)
    assert bases
    assert set(bases) <= set(CONTRACT["docker"]["base_images"])
    assert not re.search(r"^\s*(ADD|# *syntax)", text, flags=re.M | re.I)
    copied = re.findall(r"^COPY (\S+)", text, flags=re.M)
    assert copied == ["requirements.txt", "app.py"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-train.txt"])
def test_requirements_are_the_locked_ones(name: str) -> None:
    """Every package is pinned to the version that the project is tested with."""
    lock = set(re.findall(r"^([a-z0-9-]+==[0-9.]+)", (ROOT / "requirements.lock").read_text(), flags=re.M))
    pins = (STARTER / name).read_text().split()
    assert pins
    assert set(pins) <= lock


def test_incident_the_check_could_not_tell_run_instructions_from_words() -> None:
    """What the workflow installs for the check is in the file that the brief says to install."""
    (line,) = re.findall(r"run: pip install (.+)", (STARTER / ".github/workflows/check.yml").read_text())
    pins = (STARTER / "requirements-train.txt").read_text().split()
    brought_by_others = {"pyyaml"}  # of mlflow
    assert set(line.split()) - brought_by_others <= {pin.partition("==")[0] for pin in pins}


def test_readme_earns_nothing() -> None:
    """The placeholder says nothing that could pass for production judgment."""
    text = (STARTER / "README.md").read_text().lower()
    assert len(text.split()) < 60
    assert not re.search(r"drift|monitor|retrain|rollback|alert", text)


@pytest.mark.parametrize("place", ["data", "bundle/data"])
def test_the_setup_of_the_practice_starter_found_no_data(place: str, tmp_path: Path) -> None:
    """The README's line for DATA_DIR holds beside a bundle's data and in a practice folder."""
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "snapshots.parquet").touch()
    work = tmp_path / "submission"
    work.mkdir()
    readme = (STARTER / "README.md").read_text(encoding="utf-8")
    line = next(line.strip() for line in readme.splitlines() if "export DATA_DIR" in line)
    bare = {k: v for k, v in os.environ.items() if k != "DATA_DIR"}
    script = f'set -e\n{line}\ntest -f "$DATA_DIR/snapshots.parquet"'
    subprocess.run(["sh", "-c", script], cwd=work, env=bare, check=True, timeout=120)
