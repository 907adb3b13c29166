"""When the engine or a registry fails it is ours, said plainly, and repaired at the next start."""

import contextlib
import gc
import socket
import threading
import time

import pytest
from docker.errors import APIError, ImageNotFound, NotFound

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.execution.engine import engine_host
from grader.execution.limits import GIB
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

pytestmark = pytest.mark.docker


class Relay:
    """A socket in front of the engine's that can be cut, as an engine that is killed is."""

    def __init__(self, path, engine):
        self.path, self.engine = path, engine
        self.open = []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        """Join each caller to the engine."""
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                far.connect(self.engine)
                self.open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        """Pass bytes on until one side closes."""
        with contextlib.suppress(OSError):
            while block := source.recv(65536):
                sink.sendall(block)
            sink.shutdown(socket.SHUT_WR)

    def cut(self):
        """Close everything at once."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.path.unlink(missing_ok=True)
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the SDK leaves sockets that could not connect
def test_engine_that_goes_away_is_our_error_and_its_leftovers_are_swept(
    docker_executor: DockerExecutor, tmp_path, job, monkeypatch
):
    """A job cut off by a dying engine raises SandboxError soon; the next executor removes its container."""
    real = engine_host()
    if not real.startswith("unix://"):
        pytest.skip("the relay needs a Unix socket")
    relay = Relay(tmp_path / "relay.sock", real.removeprefix("unix://"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{relay.path}")
    cut_off = DockerExecutor(runs=tmp_path / "runs", sandbox_image=docker_executor.sandbox_image)
    threading.Timer(2.0, relay.cut).start()
    begun = time.monotonic()
    with pytest.raises(SandboxError, match="engine failed"):
        cut_off.run(job("import time; time.sleep(900)", limits={"seconds": 600}))
    assert time.monotonic() - begun < 120
    with pytest.raises(SandboxError):
        cut_off.close()
    monkeypatch.setenv("DOCKER_HOST", real)
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=docker_executor.sandbox_image) as after:
        assert after.swept == (cut_off._run.id,)
    gc.collect()  # here, where their warnings are ignored, and not during a later test


DENIED = "pull access denied for python, repository does not exist or may require {}"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (APIError("500 Server Error", explanation="lookup: no such host"), Verdict.INFRA_ERROR),
        (ImageNotFound("404", explanation="manifest unknown"), Verdict.BUILD_FAIL),
        (NotFound("404", explanation="docker.io/library/python:3.13.99-slim: not found"), Verdict.BUILD_FAIL),
        (ImageNotFound("404", explanation=DENIED.format("docker login")), Verdict.INFRA_ERROR),
        (NotFound("404", explanation=DENIED.format("authorization: server message")), Verdict.INFRA_ERROR),
        (None, Verdict.INFRA_ERROR),
    ],
)
def test_incident_a_base_image_that_was_kept_from_us_did_not_exist(
    docker_executor: DockerExecutor, tmp_path, monkeypatch, error, verdict
):
    """No registry, or one that gives us nothing, is our trouble; a tag that no registry has is the candidate's."""

    def pull(*_, **__):
        if error is not None:
            raise error

    monkeypatch.setattr(docker_executor._engine.client.api, "pull", pull)
    (tmp_path / "Dockerfile").write_text("FROM python:3.13.99-slim\n")
    built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 30, GIB))
    assert built.verdict is verdict
    assert "python:3.13.99-slim" in built.detail


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("manifest for {} not found: manifest unknown: manifest unknown", Verdict.BUILD_FAIL),
        ('{}: manifest tagged by "3.11-denied" is not found', Verdict.BUILD_FAIL),
        ("pull access denied for python:3.11-denied, may require 'docker login'", Verdict.INFRA_ERROR),
    ],
)
def test_incident_a_tag_that_said_denied_was_kept_from_us(
    docker_executor: DockerExecutor, tmp_path, monkeypatch, words, verdict
):
    """The engine repeats the tag it was asked for, which is any word the candidate likes."""

    def pull(*_, **__):
        raise NotFound("404", explanation=words.format("python:3.11-denied"))

    monkeypatch.setattr(docker_executor._engine.client.api, "pull", pull)
    (tmp_path / "Dockerfile").write_text("FROM python:3.11-denied\n")
    assert docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 30, GIB)).verdict is verdict


def test_an_index_that_comes_back_is_asked_again(docker_executor: DockerExecutor, monkeypatch):
    """What a control build found holds for one attempt, not for the next."""
    images = docker_executor._images
    told = iter(["the index is away", None])
    monkeypatch.setattr(images, "_control", lambda kind: next(told))
    monkeypatch.setattr(images, "_controls", {})
    assert images.network_trouble("pip") == images.network_trouble("pip") == "the index is away"
    docker_executor.recover(5)
    assert images.network_trouble("pip") is None


def test_heredoc_on_an_old_engine_is_not_the_candidates(docker_executor: DockerExecutor, tmp_path):
    """What this engine cannot build for its age alone costs nobody points."""
    if docker_executor._engine.heredocs:
        pytest.skip("this engine builds heredocs")
    (tmp_path / "Dockerfile").write_text("FROM python:3.11-slim\nRUN <<EOF\ntrue\nEOF\n")
    built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 30, GIB))
    assert built.verdict is Verdict.INFRA_ERROR
    assert "engine 23" in built.detail
