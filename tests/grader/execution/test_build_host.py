"""A build that failed for want of memory, CPU or a steady network is not held against whoever wrote it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from grader.execution import build_host, docker_build, images
from grader.execution.build_client import BuildEnd
from grader.execution.build_host import HostDuring, may_pass
from grader.execution.capture import Capture
from grader.execution.docker import DockerExecutor
from grader.execution.docker_build import ImageBuilder
from grader.execution.images import PackagesImage
from grader.execution.limits import GIB
from grader.execution.protocol import Build, BuildRequest
from grader.execution.runs import Run, open_run
from grader.types import Verdict

CUT = "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSPool(host='files.pythonhosted.org'): Read timed out."
NAME = "curl: (6) Could not resolve host: github.com"
FETCH = "E: Failed to fetch http://deb.debian.org/debian/pool/main/c/x.deb  Connection failed [IP: 146.75.2.132 80]"
EMPTY = "ERROR: Could not find a version that satisfies the requirement six (from versions: none)"
BUSY = (
    "ERROR: HTTP error 503 while getting https://x: 503 Server Error: Service Unavailable for url: https://x"
)
SHIM = "failed to create shim task: OCI runtime create failed: runc create failed: unable to apply cgroup configuration"
KILLED = "The command '/bin/sh -c pip install .' returned a non-zero code: 137"
BUILDKIT = 'ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 137'
OWN = "No module named 'churn'\nThe command '/bin/sh -c python -m train' returned a non-zero code: 1"
MISSING = "COPY failed: file not found in build context or excluded by .dockerignore: stat models: file does not exist"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run of its own folder."""
    opened = open_run(tmp_path / "runs")
    yield opened
    opened.release()


def ended(log: str, code: int | None = 1, *, timed_out: bool = False) -> BuildEnd:
    """A build that ended so."""
    said = Capture(128 * 1024)
    said.write(log.encode())
    return BuildEnd(code, said, 9.0, timed_out=timed_out)


@pytest.mark.parametrize(
    ("log", "again"),
    [
        *((log, True) for log in (CUT, NAME, FETCH, EMPTY, BUSY, SHIM, KILLED, BUILDKIT)),
        (OWN, False),
        (MISSING, False),
    ],
)
def test_what_may_have_passed_is_told_from_what_stays(log: str, again: bool) -> None:
    """The words of pip, apt, curl, engines and kernels for what passes are known; a candidate's own errors are not."""
    assert may_pass(log) is again


def fake_builder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, client: Any, control: Any
) -> ImageBuilder:
    """A builder on a disk with room, whose client and control build are these."""
    monkeypatch.setattr(docker_build, "run_build", client)
    monkeypatch.setattr(docker_build, "free_disk", lambda root: 900 * GIB)
    monkeypatch.setattr(docker_build, "build_watcher", lambda *given: None)
    engine: Any = SimpleNamespace(
        client=SimpleNamespace(ping=lambda: True), root_dir=tmp_path, host="", version="20.10"
    )
    program: Any = SimpleNamespace(buildkit=False)
    builder = ImageBuilder(engine, run, lambda: program, "control")
    monkeypatch.setattr(builder, "_control", control)
    monkeypatch.setattr(builder, "_built", lambda tag, end, request: Build(Verdict.OK, tag, "", "", 1.0))
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY x x\n")
    return builder


def built_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, ends: list[BuildEnd]
) -> tuple[Build, int]:
    """How a submission's build ends where the client ends so, one call after another, and how many were not made."""
    left = iter(ends)
    builder = fake_builder(tmp_path, monkeypatch, run, lambda *given, **named: next(left), lambda kind: None)
    return builder.build(BuildRequest(tmp_path, "Dockerfile", 900, GIB)), len(list(left))


@pytest.mark.parametrize(
    ("ends", "verdict", "unused"),
    [
        ([ended(CUT), ended("done", 0)], Verdict.OK, 0),
        ([ended(CUT), ended(CUT)], Verdict.BUILD_FAIL, 0),
        ([ended(OWN), ended("done", 0)], Verdict.BUILD_FAIL, 1),
        ([ended(CUT, None, timed_out=True), ended("done", 0)], Verdict.TIMEOUT_JOB, 1),
    ],
)
def test_incident_an_index_that_failed_for_a_moment_cost_the_service(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
    ends: list[BuildEnd],
    verdict: Verdict,
    unused: int,
) -> None:
    """An index that was back when the control build asked left BUILD_FAIL, which was kept for every later grading.

    Words that anybody can print win another try, and never more than that.
    """
    found, left = built_with(tmp_path, monkeypatch, run, ends)
    assert (found.verdict, left) == (verdict, unused), found.detail


def test_incident_an_index_that_had_answered_before_was_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """A control build of the notebook's phase answered for the image's build, minutes later, with the index gone."""
    told = iter([None, "the index is away"])
    builder = fake_builder(tmp_path, monkeypatch, run, None, lambda kind: next(told))
    assert builder.network_trouble("pip") is None
    found, detail = builder._blame(ended(CUT), "FROM scratch", BuildRequest(tmp_path, "Dockerfile", 900, GIB))
    assert (found, detail) == (Verdict.INFRA_ERROR, "the index is away")


@pytest.mark.parametrize(
    ("end", "short", "beside", "available", "verdict"),
    [
        (ended(KILLED, 137), True, False, 1, Verdict.INFRA_ERROR),
        (ended(KILLED, 137), True, True, 16, Verdict.INFRA_ERROR),
        (ended(KILLED, 137), True, False, 16, Verdict.BUILD_FAIL),  # alone, it used up what there was itself
        (ended(BUILDKIT), True, False, 1, Verdict.INFRA_ERROR),
        (ended(KILLED, 137), False, True, 1, Verdict.BUILD_FAIL),
        (ended(OWN), True, True, 1, Verdict.BUILD_FAIL),
        (ended("Step 3/9 : RUN make", -9), False, False, 16, Verdict.INFRA_ERROR),
    ],
)
def test_incident_a_build_that_the_host_had_no_memory_for_was_the_candidates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
    end: BuildEnd,
    short: bool,
    beside: bool,
    available: int,
    verdict: Verdict,
) -> None:
    """Steps and the client itself are killed by the kernel for what others use; the words alone excuse nobody.

    Nor does a host that only the build itself left without memory.
    """
    monkeypatch.setattr(build_host, "host_short", lambda: short)
    monkeypatch.setattr(build_host, "available_memory", lambda: available * GIB)
    monkeypatch.setattr(build_host, "others_at_work", lambda run: beside)

    def client(*given: object, watcher: HostDuring, **named: object) -> BuildEnd:
        watcher()
        return end

    builder = fake_builder(tmp_path, monkeypatch, run, client, lambda kind: None)
    assert builder.build(BuildRequest(tmp_path, "Dockerfile", 900, GIB)).verdict is verdict


@pytest.mark.parametrize(
    ("beside", "idle", "here", "excused"),
    [
        (True, 20.0, True, True),
        (True, 900.0, True, False),  # half of the host lay idle: the build waited for itself
        (False, 20.0, True, False),  # alone, it is the build that keeps the host busy
        (True, 20.0, False, False),
    ],
)
def test_incident_a_build_beside_other_gradings_ran_out_of_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: bool, idle: float, here: bool, excused: bool
) -> None:
    """A clock that others used up was held against a build, though not against a notebook."""
    runs = [open_run(tmp_path / "runs") for _ in range(1 + beside)]
    now = SimpleNamespace(clock=1000.0, idle=50.0)
    monkeypatch.setattr(build_host, "time", SimpleNamespace(monotonic=lambda: now.clock))
    monkeypatch.setattr(build_host, "idle_seconds", lambda: now.idle)
    monkeypatch.setattr(build_host.os, "cpu_count", lambda: 2)
    host = HostDuring(SimpleNamespace(root_dir=tmp_path if here else None), runs[0], None)  # type: ignore[arg-type]
    host()
    now.clock, now.idle = now.clock + 900, now.idle + idle
    try:
        assert (host.excuse(ended("", None, timed_out=True)) is not None) is excused
    finally:
        for one in runs:
            one.release()


def test_the_least_room_that_was_on_the_disk_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """A disk that others filled and gave back meanwhile is told from one that never was near its end."""
    told = iter((90, 3, 70))
    monkeypatch.setattr(build_host, "free_disk", lambda root: next(told))
    host = HostDuring(SimpleNamespace(root_dir=tmp_path), run, None)  # type: ignore[arg-type]
    for _ in range(3):
        host()
    assert host.least_disk == 3


@pytest.mark.docker
def test_incident_a_step_that_found_nobody_for_a_moment_is_tried_again(
    docker_executor: DockerExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real step that is refused first, and would be served a moment later, ends as an image."""
    bridge = docker_executor._engine.client.api.inspect_network("bridge")["IPAM"]["Config"][0]
    address = bridge.get("Gateway") or bridge["Subnet"].rsplit(".", 1)[0] + ".1"
    with socket.socket() as index:
        index.bind(("0.0.0.0", 0))
        monkeypatch.setattr(docker_executor._images, "_control", lambda kind: index.listen())
        step = f"import socket; socket.create_connection(('{address}', {index.getsockname()[1]}), 5)  # {uuid4().hex}"
        (tmp_path / "Dockerfile").write_text(f'FROM python:3.11-slim\nRUN python -c "{step}"\n')
        built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 90, GIB))
    assert built.verdict is Verdict.OK, built


@pytest.mark.docker
@pytest.mark.parametrize(
    ("second", "verdict"),
    [(PackagesImage("made"), None), (PackagesImage(None, "no", asked_index=True), True)],
)
def test_incident_packages_that_could_not_be_had_for_a_moment_cost_the_notebook(
    docker_executor: DockerExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    second: PackagesImage,
    verdict: bool | None,
) -> None:
    """Packages are asked for once more where the index answers again; what fails twice is the candidate's."""
    made = iter([PackagesImage(None, "cut", asked_index=True, may_pass=True), second])
    monkeypatch.setattr("grader.execution.docker.packages_image", lambda *given, **named: next(made))
    monkeypatch.setattr(docker_executor._images, "_control", lambda kind: None)
    found = docker_executor._packages(tmp_path / "requirements.txt")
    assert found == "made" if verdict is None else found.verdict is Verdict.BUILD_FAIL  # type: ignore[union-attr]


def test_a_failing_install_says_whether_it_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """pip's own words decide it; without network by choice nothing is tried twice."""
    monkeypatch.setattr(images, "build_watcher", lambda *given: None)
    wanted = tmp_path / "requirements-notebook.txt"
    wanted.write_text("polars==1.9.0\n")
    engine: Any = SimpleNamespace(host="", root_dir=None)
    for log, offline, again in ((CUT, False, True), (OWN, False, False), (CUT, True, False)):
        monkeypatch.setattr(images, "run_build", lambda *given, log=log, **named: ended(log))
        made = images.packages_image(engine, engine, run, "sandbox", wanted, offline=offline)
        assert (made.image, made.asked_index, made.may_pass) == (None, True, again)
