"""A clock that ran out on a host busy with other work says nothing of the job."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.execution import cpu_share
from grader.execution.cpu_share import CpuShare, held_up, idle_seconds
from grader.execution.docker import DockerExecutor
from grader.types import Verdict


def share(
    monkeypatch: pytest.MonkeyPatch, *, used: float, idle: float, seconds: float = 100.0
) -> float | None:
    """What was left to a job of two CPUs that used so many CPU seconds while the host was idle for so many."""
    now = SimpleNamespace(clock=1000.0, idle=500.0, used=3.0)
    monkeypatch.setattr(cpu_share, "time", SimpleNamespace(monotonic=lambda: now.clock))
    monkeypatch.setattr(cpu_share, "idle_seconds", lambda: now.idle)
    monkeypatch.setattr(cpu_share.os, "cpu_count", lambda: 2)
    seen = CpuShare(2.0, lambda: now.used)
    for _ in range(10):
        seen.sample()
        now.clock, now.idle, now.used = now.clock + seconds / 9, now.idle + idle / 9, now.used + used / 9
    return seen.left()


@pytest.mark.parametrize(
    ("used", "idle", "excused"),
    [
        (200, 0, False),  # it kept both busy itself
        (100, 100, False),  # one thread, alone
        (0, 200, False),  # it slept
        (0, 101, False),  # it slept beside one other grading
        (102, 0, False),  # it had its half beside another grading
        (95, 0, False),  # the same, the engine's own work taken off
        (60, 10, True),
        (0, 20, True),
    ],
)
def test_only_what_others_keep_busy_excuses(
    monkeypatch: pytest.MonkeyPatch, used: float, idle: float, excused: bool
) -> None:
    """A job starved by others is excused; one that sleeps, or keeps the CPUs busy itself, never is."""
    assert (held_up(share(monkeypatch, used=used, idle=idle)) is not None) is excused


def test_incident_two_endless_notebooks_side_by_side_excused_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left of two CPUs after 2 % for the engine is less than half for each, and no want of CPU."""
    each = (200 - 4) / 2
    assert held_up(share(monkeypatch, used=each, idle=0)) is None


def test_little_that_was_seen_excuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment's rush on the host is no reason, and where nothing can be read nothing is said."""
    assert share(monkeypatch, used=1, idle=1, seconds=50.0) is None
    assert CpuShare(2.0, lambda: None).left() is None
    blind = CpuShare(2.0, lambda: None)
    blind.sample()
    assert blind.left() is None


def test_the_host_says_how_idle_it_is() -> None:
    """The kernel's own counter is read, in seconds, and does not run backwards."""
    first, second = idle_seconds(), idle_seconds()
    assert first is not None
    assert second is not None
    assert 0 < first <= second


def test_incident_traffic_that_a_job_sent_itself_was_the_work_of_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """CPU that interrupts take counts as left to the job: a flood over its own loopback excuses no clock."""
    stat = tmp_path / "stat"
    stat.write_text("cpu 100 0 50 1000 10 300 400 7 0 0\nintr 1\n")
    monkeypatch.setattr(cpu_share, "STAT", stat)
    assert idle_seconds() == pytest.approx(1710 / os.sysconf("SC_CLK_TCK"))


@pytest.mark.docker
@pytest.mark.parametrize(("bound", "verdict"), [(2.0, Verdict.INFRA_ERROR), (0.0, Verdict.TIMEOUT_JOB)])
def test_incident_a_clock_that_others_used_up_cost_points(
    docker_executor: DockerExecutor, job, monkeypatch: pytest.MonkeyPatch, bound: float, verdict: Verdict
) -> None:
    """The counters of a real job are read; below the bound its verdict is ours and says so, above it is its own."""
    monkeypatch.setattr(cpu_share, "MIN_SECONDS", 0.5)
    monkeypatch.setattr(cpu_share, "SAMPLE_EVERY", 0.2)
    monkeypatch.setattr(cpu_share, "STARVED", bound)
    done = docker_executor.run(job("while True: pass", limits={"seconds": 3}))
    assert done.verdict is verdict, done.detail
    assert ("busy with other work" in done.detail) is (verdict is Verdict.INFRA_ERROR)
