"""The reference submission, made and graded once for all end-to-end tests."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.docker_engine import open_docker_executor
from tests.end_to_end import tools

# The same examples in every run, and none that fails because the machine is busy.
settings.register_profile(
    "takehome", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("takehome")


@dataclass(frozen=True)
class Graded:
    """A variant with canaries in its vault, the reference's solution of it, and the report of its grading."""

    data: Path
    canary: str
    submission: Path
    result: Path
    report: dict[str, Any]


def pytest_configure(config: pytest.Config) -> None:
    """Keep the phases of this test run apart from those of people and of earlier runs; its workers share them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="takehome-phases-")
        os.environ["TAKEHOME_PHASE_CACHE"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the long gradings first, so that the workers end together."""
    long = {"graded", "guarded", "engine"}
    items.sort(key=lambda item: not long & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip without an engine, or fail where one is required."""
    open_docker_executor(tmp_path_factory.mktemp("runs")).close()


@pytest.fixture(scope="session")
def graded(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The reference graded in Docker against a vault full of canaries; one for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "reference"
    data, submission, result = (
        folder / "variant" / "data",
        folder / "solved" / "s",
        folder / "graded" / "result",
    )
    noted = folder / "canary.txt"
    with (shared / "reference.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not noted.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            for path in (data, submission, result):
                path.parent.mkdir(parents=True)
            tools.generate(data)
            tools.solve(data / "bundle", submission)
            canary = tools.plant_canary(tools.vault_of(data))
            tools.grade(submission, data, result)
            noted.write_text(canary, encoding="utf-8")
    report = json.loads((result / "report.json").read_text(encoding="utf-8"))
    return Graded(data, noted.read_text(encoding="utf-8"), submission, result, report)
