"""The check that candidates get with the starter: one file, up to date, without the key's side, run by CI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grader.contract import broken

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "assignment" / "starter"
NAME = "takehome-check.pyz"
WORKFLOW = STARTER / ".github" / "workflows" / "check.yml"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the single file in a folder, without this repository on the path."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "DATA_DIR")}
    command = [sys.executable, "-P", str(folder / NAME), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission that keeps the contract, with the single file in it as the starter has it."""
    made = broken.submission(tmp_path / "work")
    shutil.copyfile(STARTER / NAME, made / NAME)
    return made


def test_it_says_that_a_whole_submission_keeps_the_contract(folder: Path) -> None:
    """Exit code 0, and machine-readable where asked."""
    done = run(folder, ".", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["contract_kept"] is True


def test_it_fails_a_broken_submission(folder: Path) -> None:
    """Exit code 1 is what turns a pull request red."""
    broken.write_findings(folder, [{**broken.FINDING, "kind": "nonsense"}])
    done = run(folder)
    assert done.returncode == 1
    assert "findings[0].kind" in done.stdout


def test_incident_a_pipe_that_closed_showed_a_traceback(folder: Path) -> None:
    """`| head` and Ctrl-C are no errors of ours; what the check found is still its exit code."""
    broken.write_findings(folder, [{**broken.FINDING, "kind": "nonsense"}])
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-P", str(folder / NAME), "."]
    done = subprocess.run(
        command, cwd=folder, stdout=writes, stderr=subprocess.PIPE, text=True, timeout=240, check=False
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (1, "")


def test_it_holds_nothing_of_the_keys_side() -> None:
    """Readers and the contract only: no check of the rubric, no vault, no generator."""
    with zipfile.ZipFile(STARTER / NAME) as archive:
        names = archive.namelist()
    assert not [n for n in names if n.startswith(("grader/checks", "data_generator")) or "truth" in n]
    assert len(names) < 100


def test_the_workflow_runs_it(folder: Path) -> None:
    """The step that checks the files is the command itself, and it passes where the contract is kept."""
    workflow: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    checks = [line for line in commands if line.startswith(f"python {NAME}")]
    assert checks == [f"python {NAME} .", f"python {NAME} . --port 8000"]
    assert run(folder, *checks[0].split()[2:]).returncode == 0
    assert workflow["permissions"] == {"contents": "read"}


def test_the_starter_is_a_valid_submission(tmp_path: Path) -> None:
    """After its own training script the starter keeps the contract, so a candidate begins from green."""
    folder = tmp_path / "submission"
    shutil.copytree(STARTER, folder)
    data = broken.issued(tmp_path / "data", customers=40)
    environment = {**os.environ, "DATA_DIR": str(data), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "train.py"]
    trained = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=240, check=False
    )
    assert trained.returncode == 0, trained.stderr[-2000:]
    done = run(folder, ".")
    assert done.returncode == 0, done.stdout
    rows = json.loads((folder / "evaluation" / "sample_request.json").read_text())["rows"]
    assert rows
    assert all("churned_90d" not in row for row in rows)
