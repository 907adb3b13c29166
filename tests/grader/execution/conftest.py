"""Executors for the tests of this folder, and builders of small jobs."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Executor, Job
from tests.docker_engine import open_docker_executor, runtimes

JobMaker = Callable[..., Job]


@pytest.fixture(scope="session")
def docker_executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerExecutor]:
    """One Docker executor for all tests of the session; areas and images of tests have their own names."""
    executor = open_docker_executor(tmp_path_factory.mktemp("docker") / "runs")
    with executor:
        yield executor


@pytest.fixture(scope="session")
def of_runtime(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], DockerExecutor]]:
    """Docker executors by the runtime of their containers, each opened once where the engine has it."""
    with contextlib.ExitStack() as opened:
        known: dict[str, DockerExecutor] = {}

        def open_once(runtime: str) -> DockerExecutor:
            if runtime not in known:
                folder = tmp_path_factory.mktemp(runtime) / "runs"
                known[runtime] = opened.enter_context(open_docker_executor(folder, runtime))
            return known[runtime]

        yield open_once


RUNTIMES = [pytest.param(name, marks=pytest.mark.docker) for name in runtimes()]


@pytest.fixture(params=RUNTIMES)
def confined(request: pytest.FixtureRequest, of_runtime: Callable[[str], DockerExecutor]) -> DockerExecutor:
    """The Docker executor without a stronger runtime, and with it where the engine has it."""
    return of_runtime(request.param)


@pytest.fixture(params=[*RUNTIMES, "local"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    """Each executor in turn."""
    if request.param != "local":
        yield request.getfixturevalue("of_runtime")(request.param)
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
