"""Docker for tests: skip where no engine answers, or fail where TAKEHOME_REQUIRE_DOCKER=1 asks for one."""

import os
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor


def docker_required() -> bool:
    """Whether a missing engine is a failure of the test run."""
    return os.environ.get("TAKEHOME_REQUIRE_DOCKER") == "1"


def open_docker_executor(runs: Path) -> DockerExecutor:
    """Return an executor on the engine that answers; skips or fails the test where there is none."""
    try:
        return DockerExecutor(runs=runs)
    except SandboxError as error:
        if docker_required() or "no Docker engine answers" not in str(error):
            pytest.fail(str(error))
        pytest.skip(str(error))
