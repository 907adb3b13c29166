"""A small generated bundle and the submission that the reference makes of it, once for all tests here."""

from __future__ import annotations

import os
import socket
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
def service(submission: Path) -> Iterator[httpx.Client]:
    """The submission's service in a real server process on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "app.main:service",
        "--port",
        str(port),
        "--no-access-log",
    ]
    environment = {**os.environ, "PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=submission, env=environment, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait_until_healthy(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_healthy(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the service ended before it was healthy"
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the service did not become healthy in 20 s")
