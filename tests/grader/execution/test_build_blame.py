"""Whose fault a build was that did not end well; no engine is asked."""

import subprocess
from types import SimpleNamespace

import pytest

from grader.errors import SandboxError
from grader.execution import docker_build
from grader.execution import engine as engine_module
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
    monkeypatch.setattr(docker_build, "free_files", lambda root: None)
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


CONDA = "FROM condaforge/miniforge3\nRUN conda install -y numpy\n"
MAMBA = "FROM mambaorg/micromamba:2\nRUN micromamba install -y -n base -f environment.yml\n"
APK = "FROM python:3.12-alpine\nRUN apk add --no-cache gcc\n"
HTTP_000 = "CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.anaconda.org/x.json>\n"
LIBMAMBA = "critical libmamba Download error (6) Could not resolve hostname [https://conda.anaconda.org/conda-forge/x]\n"
APK_AWAY = (
    "WARNING: fetching https://dl-cdn.alpinelinux.org/alpine/v3.22/main: temporary error (try again later)\n"
)
CONFLICT = "error    libmamba Could not solve for environment specs\n"


@pytest.mark.parametrize(
    ("text", "log", "timed_out", "asked"),
    [
        (CONDA, HTTP_000, False, ["pip", "conda"]),
        (MAMBA, LIBMAMBA, False, ["pip", "conda"]),
        (APK, APK_AWAY, False, ["pip", "apk"]),
        (APK, "", True, ["pip", "apk"]),
        (MAMBA, CONFLICT, False, ["pip"]),
        ("FROM python:3.11-slim\n# conda, apk\nRUN false\n", HTTP_000, False, ["pip"]),
        ("FROM python:3.11-slim\nRUN apt-get update\n", "", False, ["pip", "apt"]),
        ("FROM python:3.11-slim\n# less than apt would\nRUN python -m adapt --capture\n", "", False, ["pip"]),
    ],
)
def test_incident_an_index_other_than_pips_was_out_of_reach(
    tmp_path, monkeypatch, text, log, timed_out, asked
):
    """Where PyPI answers and conda's or Alpine's index does not, every submission built from it was BUILD_FAIL."""
    engine = SimpleNamespace(client=SimpleNamespace(ping=lambda: True), version="20.10")
    builder = ImageBuilder(engine, SimpleNamespace(), lambda: None, "control")
    kinds = []

    def control(kind):
        kinds.append(kind)
        return AWAY if kind == asked[-1] else None

    monkeypatch.setattr(builder, "_control", control)
    said = Capture(4096)
    said.write(log.encode())
    end = BuildEnd(None if timed_out else 1, said, 9.0, timed_out=timed_out)
    found, _ = builder._blame(end, text, BuildRequest(tmp_path, "Dockerfile", 900, GIB))
    assert (kinds, found) == (asked, Verdict.INFRA_ERROR)
    assert set(kinds) <= set(docker_build.CONTROL_STEPS)


def test_incident_a_client_that_was_slow_to_answer_had_no_buildkit(monkeypatch):
    """On a busy host the older builder was taken, which fails on what BuildKit builds."""

    def late(*given, **named):
        raise subprocess.TimeoutExpired("docker", 60)

    monkeypatch.setattr(engine_module.subprocess, "run", late)
    with pytest.raises(SandboxError, match="no answer"):
        engine_module.find_builder("unix:///var/run/docker.sock")
