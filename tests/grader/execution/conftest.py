"""Executors for the tests of this folder, and builders of small jobs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Executor, Job
from tests.docker_engine import open_docker_executor

JobMaker = Callable[..., Job]


@pytest.fixture(scope="session")
def docker_executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerExecutor]:
    """One Docker executor for all tests of the session; areas and images of tests have their own names."""
    executor = open_docker_executor(tmp_path_factory.mktemp("docker") / "runs")
    with executor:
        yield executor


@pytest.fixture(params=[pytest.param("docker", marks=pytest.mark.docker), "local"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    """Each executor in turn."""
    if request.param == "docker":
        yield request.getfixturevalue("docker_executor")
        return
    with LocalExecutor(folder=tmp_path / "local") as local:
        yield local


@pytest.fixture
def job(tmp_path: Path) -> JobMaker:
    """Make a job from the text of its script, with small limits."""

    def make(text: str, *, limits: dict[str, Any] | None = None, **rest: Any) -> Job:
        script = tmp_path / f"script{len(list(tmp_path.glob('script*.py')))}.py"
        script.write_text(text, encoding="utf-8")
        chosen = {"seconds": 30, "memory": 256 * MIB, "tmp": 32 * MIB, "output_area": 16 * MIB}
        return Job(
            id=rest.pop("id", "test"), script=script, limits=JobLimits(**(chosen | (limits or {}))), **rest
        )

    return make
