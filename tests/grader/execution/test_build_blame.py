"""Whose fault a build was that did not end well; no engine is asked."""

from types import SimpleNamespace

import pytest

from grader.execution import docker_build
from grader.execution.build_client import BuildEnd
from grader.execution.capture import Capture
from grader.execution.docker_build import ImageBuilder
from grader.execution.limits import GIB
from grader.execution.protocol import BuildRequest
from grader.execution.runs import open_run
from grader.types import Verdict

AWAY = "a build of ours cannot reach the pip package index either"


@pytest.mark.parametrize(
    ("timed_out", "index", "verdict"),
    [
        (True, AWAY, Verdict.INFRA_ERROR),
        (True, None, Verdict.TIMEOUT_JOB),
        (False, AWAY, Verdict.INFRA_ERROR),
        (False, None, Verdict.BUILD_FAIL),
    ],
)
def test_incident_a_build_that_waited_for_an_index_was_the_candidates(
    tmp_path, monkeypatch, timed_out, index, verdict
):
    """An index that swallows requests lets builds time out, not fail: 29 points were lost, and kept as lost.

    A build that times out while the index answers is still the candidate's.
    """
    engine = SimpleNamespace(client=SimpleNamespace(ping=lambda: True), version="20.10")
    builder = ImageBuilder(engine, SimpleNamespace(), lambda: None, "control")
    monkeypatch.setattr(builder, "_control", lambda kind: index)
    end = BuildEnd(None if timed_out else 1, Capture(1024), 900.0, timed_out=timed_out)
    text = "FROM python:3.11-slim\nRUN pip install -r requirements.txt\n"
    found, detail = builder._blame(end, text, BuildRequest(tmp_path, "Dockerfile", 900, GIB))
    assert found is verdict
    assert index is None or detail == index


PIP = "WARNING: Retrying ... NewConnectionError: Temporary failure in name resolution\nERROR: exit code: 1\n"
QUIET_PIP = (
    'ERROR: failed to solve: process "/bin/sh -c pip install -q numpy" did not complete: exit code: 1\n'
)
CLASSIC = "The command '/bin/sh -c apt-get update -qq' returned a non-zero code: 100\n"
OWN = 'ERROR: failed to solve: process "/bin/sh -c python -m train" did not complete successfully: exit code: 1\n'
MISSING = 'COPY models models\nERROR: "/models": not found\n'


@pytest.mark.parametrize(
    ("log", "timed_out", "verdict"),
    [
        (PIP, False, Verdict.INFRA_ERROR),
        (PIP, True, Verdict.INFRA_ERROR),
        (QUIET_PIP, False, Verdict.INFRA_ERROR),
        (CLASSIC, False, Verdict.INFRA_ERROR),
        (OWN, False, Verdict.BUILD_FAIL),
        (MISSING, False, Verdict.BUILD_FAIL),
        (OWN, True, Verdict.TIMEOUT_JOB),
    ],
)
def test_a_build_kept_offline_is_blamed_for_its_own_failures_only(
    tmp_path, monkeypatch, log, timed_out, verdict
):
    """Who grades chose to give no network, so a step that asked for it costs nothing; no control build is asked."""
    engine = SimpleNamespace(client=SimpleNamespace(ping=lambda: True), version="20.10")
    builder = ImageBuilder(engine, SimpleNamespace(), lambda: None, "control", offline=True)
    monkeypatch.setattr(builder, "_control", lambda kind: pytest.fail("nothing offline reaches an index"))
    said = Capture(4096)
    said.write(log.encode())
    end = BuildEnd(None if timed_out else 1, said, 9.0, timed_out=timed_out)
    text = "FROM python:3.11-slim\nRUN apt-get update && pip install numpy\n"
    found, detail = builder._blame(end, text, BuildRequest(tmp_path, "Dockerfile", 900, GIB))
    assert found is verdict
    assert "offline" in detail
    assert ("--offline-build" in detail) == (verdict is Verdict.INFRA_ERROR)


@pytest.mark.parametrize(("free", "verdict"), [(2, Verdict.INFRA_ERROR), (90, Verdict.DISK_LIMIT)])
def test_incident_a_short_log_of_a_full_disk_was_not_read(tmp_path, monkeypatch, free, verdict):
    """Only what came after the first 64 KiB was searched, and as Python writes it, not as an engine does."""
    said = Capture(128 * 1024)
    said.write(
        b"ERROR: failed to solve: write /usr/lib/x.so: no space left on device\n".replace(b"no s", b"No s")
    )
    monkeypatch.setattr(docker_build, "run_build", lambda *given, **named: BuildEnd(1, said, 9.0))
    monkeypatch.setattr(docker_build, "free_disk", lambda root: free * GIB)
    monkeypatch.setattr(docker_build, "build_watcher", lambda *given: None)
    run = open_run(tmp_path / "runs")
    engine = SimpleNamespace(
        client=SimpleNamespace(ping=lambda: True), root_dir=tmp_path, host="", version="20.10"
    )
    builder = ImageBuilder(engine, run, lambda: SimpleNamespace(buildkit=False), "control")
    monkeypatch.setattr(builder, "_control", lambda kind: None)
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY x x\n")
    assert builder.build(BuildRequest(tmp_path, "Dockerfile", 900, GIB)).verdict is verdict
    run.release()
