"""Which runtime confines: the stronger one where it is installed, the one asked for, never one that is not there."""

import pytest

from grader.errors import SandboxError
from grader.execution import engine
from grader.execution.containers import confinement
from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from tests.docker_engine import runtimes


class Client:
    """An engine's answers, with the runtimes it has."""

    def __init__(self, names, default="runc"):
        self.names, self.default, self.closed = names, default, False

    def version(self):
        """Say an engine's version."""
        return {"Version": "24.0"}

    def info(self):
        """Say which runtimes there are."""
        return {"Runtimes": {name: {} for name in self.names}, "DefaultRuntime": self.default}

    def close(self):
        """Remember it."""
        self.closed = True


@pytest.fixture
def having(monkeypatch):
    """Connect to an engine that has these runtimes."""

    def connect(names, wanted=None, default="runc"):
        monkeypatch.setattr(engine, "_knock", lambda _: None)
        monkeypatch.setattr(engine, "_api_version", lambda _: "1.41")
        monkeypatch.setattr(engine, "_client", lambda *_: Client(names, default))
        return engine.connect(wanted)

    return connect


def test_the_stronger_runtime_is_taken_where_it_is(having):
    """Without being asked, containers run under it; else under the engine's own."""
    assert having(["runc", "runsc"]).runtime == "runsc"
    assert having(["runc"]).runtime == "runc"
    assert having(["crun"], default="crun").runtime == "crun"
    assert having(["runc", "runsc"], "runc").runtime == "runc"


def test_a_runtime_that_is_not_there_is_refused(having):
    """Nothing runs less confined than asked for."""
    with pytest.raises(SandboxError, match="no runtime 'runsc'; it has runc"):
        having(["runc"], "runsc")


def test_every_container_gets_the_runtime(having):
    """The runtime is part of what confines jobs and services alike."""
    found = confinement(having(["runc", "runsc"]), JobLimits(seconds=1, memory=MIB))
    assert found["runtime"] == "runsc"


@pytest.mark.docker
def test_the_runtime_is_told(confined: DockerExecutor):
    """The report's environment names the runtime that was used."""
    assert confined.environment()["runtime"] == confined._engine.runtime


@pytest.mark.docker
def test_conformance_was_tried_with_the_stronger_runtime(docker_executor: DockerExecutor):
    """Says in the test run's summary where this folder's tests could not be run with it."""
    if "runsc" not in runtimes():
        pytest.skip("the engine has no runsc: this folder was tested under runc only")
