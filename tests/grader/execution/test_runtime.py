"""Which runtime confines: the stronger one where it is installed, the one asked for, never one that is not there."""

import pytest

from grader.errors import SandboxError
from grader.execution import engine
from grader.execution.containers import confinement
from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from grader.execution.protocol import BuildRequest
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


def test_services_run_under_the_engines_own(having):
    """A service and its prober must share a loopback, which gVisor's containers do not."""
    assert having(["runc", "runsc"]).own_runtime == "runc"
    assert having(["runc", "runsc"], default="runsc").own_runtime == "runc"
    assert having(["crun", "runsc"], default="crun").own_runtime == "crun"


def test_gvisors_own_threads_do_not_use_up_the_limit(having):
    """The limit of processes is as wide inside a stronger runtime as without one."""
    connected, limits = having(["runc", "runsc"]), JobLimits(seconds=1, memory=MIB, pids=10)
    plain, strong = (confinement(connected, limits, name) for name in ("runc", "runsc"))
    assert (plain["runtime"], plain["pids_limit"]) == ("runc", 10)
    assert (strong["runtime"], strong["pids_limit"]) == ("runsc", 160)


@pytest.mark.docker
def test_the_runtime_is_told(confined: DockerExecutor):
    """The report's environment names the runtime that was used, and the one of services where it differs."""
    assert confined.environment()["runtime"].startswith(confined._engine.runtime)
    assert confined._engine.own_runtime in confined.environment()["runtime"]


@pytest.mark.docker
def test_a_service_answers_beside_the_stronger_runtime(confined: DockerExecutor, tmp_path, job):
    """Whatever confines notebooks, a service is reached by its prober."""
    (tmp_path / "Dockerfile").write_text(
        'FROM python:3.11-slim\nCMD ["python", "-m", "http.server", "8000"]\n'
    )
    built = confined.build(BuildRequest(tmp_path, "Dockerfile", 300, 1 << 31))
    text = (
        "import time, urllib.request\nfor _ in range(600):\n"
        "    try: print(urllib.request.urlopen('http://127.0.0.1:8000', timeout=9).status); break\n"
        "    except OSError: time.sleep(.1)"
    )
    with confined.serve(built.image, JobLimits(seconds=60, memory=256 * MIB)) as service:
        assert service.probe(job(text, limits={"seconds": 90})).stdout == b"200\n"


@pytest.mark.docker
def test_conformance_was_tried_with_the_stronger_runtime(docker_executor: DockerExecutor):
    """Says in the test run's summary where this folder's tests could not be run with it."""
    if "runsc" not in runtimes():
        pytest.skip("the engine has no runsc: this folder was tested under runc only")
