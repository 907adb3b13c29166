"""Docker for tests: skip where no engine answers, or fail where TAKEHOME_REQUIRE_DOCKER=1 asks for one."""

import os
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.execution.engine import STRONGER_RUNTIME, connect


def docker_required() -> bool:
    """Whether a missing engine is a failure of the test run."""
    return os.environ.get("TAKEHOME_REQUIRE_DOCKER") == "1"


def runtimes() -> list[str]:
    """Return the runtimes to test under: the ordinary one, and the stronger one where the engine has it."""
    try:
        engine = connect()
    except SandboxError:
        return ["runc"]
    engine.client.close()
    return ["runc", *({STRONGER_RUNTIME} & set(engine.runtimes))]


def open_docker_executor(runs: Path, runtime: str | None = None) -> DockerExecutor:
    """Return an executor on the engine that answers; skips or fails the test where there is none."""
    try:
        return DockerExecutor(runs=runs, runtime=runtime)
    except SandboxError as error:
        if docker_required() or "no Docker engine answers" not in str(error):
            pytest.fail(str(error))
        pytest.skip(str(error))
