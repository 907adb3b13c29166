"""What an executor does with an engine that refuses, told by a stand-in for the engine: no Docker is needed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from grader.errors import SandboxError
from grader.execution import docker as docker_module
from grader.execution.docker import DockerExecutor
from grader.execution.engine_life import EngineLife


class Client:
    """An engine's client: it lists what it is given, and removes nothing."""

    def __init__(self) -> None:
        self.api: Any = self
        self.ended: list[dict[str, str]] = []
        self.closed = 0

    def containers(self, **_: object) -> list[dict[str, str]]:
        """List what has ended."""
        return self.ended

    def volumes(self, **_: object) -> dict[str, None]:
        """List nothing."""
        return {"Volumes": None}

    def images(self, **_: object) -> list[object]:
        """List nothing."""
        return []

    def remove_container(self, container: str, **_: object) -> None:
        """Do not answer."""
        raise requests.ReadTimeout(f"{container} timed out")

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """The client that executors get for an engine."""
    client = Client()
    monkeypatch.setattr(docker_module, "connect", lambda _: SimpleNamespace(client=client))
    monkeypatch.setattr(EngineLife, "mark", lambda _: 0)
    return client


def test_incident_what_a_restart_left_and_cannot_be_removed_was_kept_secret(
    tmp_path: Path, client: Client
) -> None:
    """After a restart containers that the engine did not remove were forgotten without a word."""
    said: list[str] = []
    with DockerExecutor(runs=tmp_path, sandbox_image="image", progress=said.append) as executor:
        executor.recover(1)
        assert said == []
        client.ended = [{"Id": "first"}, {"Id": "second"}]
        executor.recover(1)
        client.ended = []
    assert said == [
        "the engine did not remove 2 ended container(s) of this run: first timed out; second timed out"
    ]


@pytest.mark.parametrize("step", ["sweep", "open_run", "ensure_sandbox"])
def test_incident_an_executor_that_could_not_start_left_its_connections_open(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whatever fails on the way to an executor, the client's connections are closed and no lock is left."""

    def fail(*_: object) -> None:
        raise SandboxError(step)

    monkeypatch.setattr(docker_module, step, fail)
    with pytest.raises(SandboxError, match=step):
        DockerExecutor(runs=tmp_path)
    assert (client.closed, list(tmp_path.iterdir())) == (1, [])
