"""A small generated bundle and the submission that the reference makes of it, once for all tests here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "reference_solution"
sys.path.insert(0, str(SOLUTION))


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice bundle of 40,000 rows."""
    out = tmp_path_factory.mktemp("reference") / "data"
    command = [
        sys.executable,
        "-m",
        "data_generator.cli",
        "generate",
        "--seed",
        "11",
        "--rows",
        "40000",
        "--out",
        str(out),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return out / "bundle"


@pytest.fixture(scope="session")
def submission(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `run.py` makes of the bundle, with a short search."""
    out = tmp_path_factory.mktemp("solved") / "submission"
    command = [
        sys.executable,
        str(SOLUTION / "run.py"),
        "--bundle",
        str(bundle),
        "--out",
        str(out),
        "--trials",
        "3",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def service(submission: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The submission's service in a real server process on a port of loopback that the machine gives it."""
    said = tmp_path_factory.mktemp("service") / "log"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "app.main:service",
        "--port",
        "0",
        "--no-access-log",
    ]
    environment = {**os.environ, "PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
    with said.open("wb") as log:
        process = subprocess.Popen(command, cwd=submission, env=environment, stderr=log)
    try:
        with httpx.Client(base_url=_address(said, process), timeout=60) as client:
            assert client.get("/health").status_code == 200
            yield client
    finally:
        process.terminate()
        process.wait(120)


def _address(said: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address that a server says it listens on, once it does."""
    for _ in range(1200):
        found = re.search(r"running on (http://127\.0\.0\.1:\d+)", said.read_text(encoding="utf-8"))
        if found:
            return found[1]
        assert process.poll() is None, said.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError("the service did not listen in 120 s")
