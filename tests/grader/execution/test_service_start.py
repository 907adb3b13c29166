"""Whose fault it is that a service, or a command in it, cannot be started."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from docker.errors import APIError

from grader.errors import SandboxError
from grader.execution import docker_job, watch
from grader.execution.docker import DockerExecutor
from grader.execution.docker_service import DockerService
from grader.execution.limits import GIB, MIB, JobLimits
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

pytestmark = pytest.mark.docker
SERVICE = JobLimits(seconds=60, memory=256 * MIB, cpus=1.0, pids=64)
RUNC = (
    "failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: {}: unknown"
)
NO_PROCESS = RUNC.format("can't get final child's PID from pipe: EOF")
"""What engine 20.10 says (500) where a control group refuses the new process."""
NO_GROUP = RUNC.format(
    "unable to apply cgroup configuration: mkdir /sys/fs/cgroup/memory/x: cannot allocate memory"
)


def said(status: int, words: str) -> APIError:
    """An answer of the engine."""
    response: Any = SimpleNamespace(status_code=status)
    return APIError(words, response=response, explanation=words)


def image(executor: DockerExecutor, folder: Path, lines: str) -> str:
    """Build an image of these lines."""
    (folder / "Dockerfile").write_text(f"FROM python:3.11-slim\n{lines}\n")
    built = executor.build(BuildRequest(folder, "Dockerfile", 120, GIB))
    assert built.image is not None, built
    return built.image


def never_starts(executor: DockerExecutor, folder: Path, lines: str) -> str:
    """Return what is kept of a service of these lines that is down for good."""
    with executor.serve(image(executor, folder, lines), SERVICE) as service:
        assert service.down() is Verdict.SERVICE_DOWN
        return service.logs()


@pytest.mark.parametrize("words", [NO_PROCESS, NO_GROUP])
@pytest.mark.parametrize(
    ("fails", "outcome"),
    [(("service", "control"), SandboxError), (("service",) * 9, "down"), (("service",), "up")],
)
def test_incident_a_host_that_could_start_nothing_was_a_service_that_is_down(
    docker_executor: DockerExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    fails: tuple[str, ...],
    outcome: object,
) -> None:
    """A host without processes or control groups left speaks as a missing command does: a container of ours tells."""
    made = image(docker_executor, tmp_path, "CMD sleep 60")
    api = docker_executor._engine.client.api
    real, left = api.start, list(fails)

    def start(name: str) -> None:
        if left and f"-{left[0]}-" in name:
            left.pop(0)
            raise said(500, words)
        real(name)

    monkeypatch.setattr(api, "start", start)
    if outcome is SandboxError:
        with pytest.raises(SandboxError, match="a container of ours"), docker_executor.serve(made, SERVICE):
            pass
        return
    with docker_executor.serve(made, SERVICE) as service:
        assert service.down() is (Verdict.SERVICE_DOWN if outcome == "down" else None)


@pytest.mark.parametrize(
    "line",
    [
        "USER 0:nosuchgroup",
        "USER 4294967295",
        "RUN rm -rf /w && touch /w\nENTRYPOINT []\nCMD true",
        "RUN touch /v\nVOLUME /v",
        "RUN ln -s v /v\nVOLUME /v",
        f"VOLUME /{'v' * 300}",
        "VOLUME /etc/hosts",
        "RUN rm /etc/passwd && ln -s passwd /etc/passwd\nUSER app",
    ],
)
def test_incident_an_image_that_can_never_start_hid_its_zero(
    docker_executor: DockerExecutor, tmp_path: Path, line: str
) -> None:
    """An unknown group, a user out of range and a working directory that is a file were pending, not down."""
    assert never_starts(docker_executor, tmp_path, f"WORKDIR /w\n{line}\nLABEL once={uuid4().hex}")


@pytest.mark.parametrize(
    "line",
    [
        "RUN rm /etc/passwd && mkfifo /etc/passwd",
        "RUN rm /etc/group && mkfifo /x && ln -s /x /etc/group",
        "RUN rm /etc/passwd && mknod /etc/passwd c 1 3",
    ],
)
def test_incident_a_pipe_instead_of_the_accounts_held_the_engine_for_ever(
    docker_executor: DockerExecutor, tmp_path: Path, line: str
) -> None:
    """The engine opened it and waited: the service was pending, and its container could not be removed any more."""
    assert "no regular file" in never_starts(docker_executor, tmp_path, f"{line}\nUSER app\nCMD sleep 60")


def test_incident_nested_volumes_took_the_hosts_memory(
    docker_executor: DockerExecutor, tmp_path: Path
) -> None:
    """The engine copies a file into each volume it is in, past the service's limit: sixteen took 8 GiB of the host."""
    folders = ["/v" + "/d" * depth for depth in range(8)]
    lines = [
        f"RUN mkdir -p {folders[-1]} && head -c 30M /dev/zero > {folders[-1]}/x",
        f"VOLUME {' '.join(folders)}",
    ]
    made = image(docker_executor, tmp_path, "\n".join([*lines, "CMD sleep 60"]))
    limits = SERVICE.model_copy(update={"tmp": 80 * MIB})
    with pytest.raises(SandboxError, match="a volume here"), docker_executor.serve(made, limits):
        pass
    with docker_executor.serve(made, SERVICE) as service:
        assert service.down() is None


@pytest.mark.parametrize(
    "change",
    ["grep -v app /etc/passwd > /tmp/p; cat /tmp/p > /etc/passwd", "rm /etc/passwd; mkfifo /etc/passwd"],
)
def test_incident_a_service_that_removed_its_own_user_was_pending(
    docker_executor: DockerExecutor, tmp_path: Path, change: str
) -> None:
    """The engine looks the user up again for a health check, its own ones included: that is the service's doing."""
    lines = [
        "RUN useradd app && chown app /etc /etc/passwd",
        "HEALTHCHECK --interval=1s CMD true",
        "USER app",
    ]
    made = image(docker_executor, tmp_path, "\n".join([*lines, f"CMD {change}; echo changed; sleep 60"]))
    with docker_executor.serve(made, SERVICE) as service:
        until = time.monotonic() + 60
        while "changed" not in service.logs() and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(3)  # several of the engine's own checks would have come by
        assert service.health_check_passes(5) is False
        assert service.running()


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (said(400, 'OCI runtime exec failed: exec failed: exec: "/nope": no such file or directory'), False),
        (said(409, "Container x is not running"), False),
        (said(500, "open /proc/1/ns/net: too many open files"), None),
        (said(500, "write /run/x.json: no space left on device"), None),
    ],
)
def test_incident_a_health_check_that_the_engine_could_not_run_had_failed(
    docker_executor: DockerExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: APIError,
    passes: bool | None,
) -> None:
    """Any error of the engine took the candidate's health check for one that does not work."""
    made = image(docker_executor, tmp_path, "HEALTHCHECK CMD true\nCMD sleep 60")

    def fail(*_: object, **__: object) -> None:
        raise answer

    with docker_executor.serve(made, SERVICE) as service:
        assert service.health_check_passes(60) is True
        monkeypatch.setattr(docker_executor._engine.client.api, "exec_start", fail)
        if passes is None:
            with pytest.raises(SandboxError, match="health check"):
                service.health_check_passes(5)
        else:
            assert service.health_check_passes(5) is passes


def test_incident_output_that_was_cut_was_a_crash_of_the_candidates(
    docker_executor: DockerExecutor, job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that broke while a probe answered left half an answer, and a probe that works had crashed."""
    real = docker_job.OutputStream.__iter__

    def broken(stream: docker_job.OutputStream) -> Any:
        for frame in real(stream):
            yield frame
            raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr(docker_job.OutputStream, "__iter__", broken)
    text = "import time; print('half', flush=True); time.sleep(1); print('whole')"
    with pytest.raises(SandboxError, match="output of a job was cut"):
        docker_executor.run(job(text))


ASKS = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/', timeout=2)"


@pytest.mark.parametrize(("line", "idle"), [
    ("HEALTHCHECK CMD true", True),
    ("HEALTHCHECK CMD python -c pass || exit 1", True),
    ('HEALTHCHECK CMD ["test", "-f", "/etc/passwd"]', True),
    (f'HEALTHCHECK CMD ["python", "-c", "{ASKS}"]', False),
    (f'HEALTHCHECK CMD python -c "{ASKS}" || exit 1', False),
    ("VOLUME /srv\nHEALTHCHECK CMD test -e /srv/alive", False),
    ("HEALTHCHECK CMD sleep 60", False),
    ('HEALTHCHECK CMD ["/nope"]', False),
])  # fmt: skip
def test_incident_a_health_check_that_asks_nothing_was_one(
    docker_executor: DockerExecutor, tmp_path: Path, line: str, idle: bool
) -> None:
    """One that passes where nothing serves tells nobody that a service is down; one that asks or waits does."""
    made = image(docker_executor, tmp_path, line + '\nENTRYPOINT ["touch", "/srv/alive"]\nCMD ["/tmp/x"]')
    assert docker_executor.passes_idle(made, SERVICE, 3) is idle


def until_down(service: DockerService) -> Verdict | None:
    """Wait for the end of a service and return how it ended."""
    until = time.monotonic() + 30
    while service.running() and time.monotonic() < until:
        time.sleep(0.1)
    return service.down()


@pytest.mark.parametrize(("available", "ours"), [(20, True), (900, False)])
def test_incident_a_service_that_was_killed_for_the_hosts_memory_was_down(
    docker_executor: DockerExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    available: int,
    ours: bool,
) -> None:
    """The kernel kills where most memory is, which may be a service far below its limit on a host that is full."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal:       1000 kB\nMemAvailable:   {available} kB\n")
    monkeypatch.setattr(watch, "MEMINFO", meminfo)
    made = image(docker_executor, tmp_path, "CMD sleep 60")
    with docker_executor.serve(made, SERVICE) as service:
        watching: Any = service._memory
        until = time.monotonic() + 60
        while watching._seen.peak_memory is None and time.monotonic() < until:  # looked at once at least
            time.sleep(0.1)
        docker_executor._engine.client.api.kill(service._container, "SIGKILL")
        if ours:
            with pytest.raises(SandboxError, match="the host ran out of memory"):
                until_down(service)
        else:
            assert until_down(service) is Verdict.SERVICE_DOWN
