"""What the local executor does not do, it says."""

import time

import pytest

from grader.execution import local_process
from grader.execution.limits import JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import BuildRequest, Saved
from grader.types import Verdict


def test_local_executor_builds_and_serves_nothing(tmp_path, job):
    """Without an engine, images are not assessed rather than failed."""
    with LocalExecutor(folder=tmp_path / "scratch") as local:
        built = local.build(BuildRequest(tmp_path, "Dockerfile", 1, 1))
        assert (built.verdict, built.image) == (Verdict.NOT_RUN, None)
        assert "not assessed" in built.detail
        with local.serve("x", JobLimits(seconds=1, memory=1)) as service:
            assert not service.running()
            assert service.probe(job("pass")).verdict is Verdict.NOT_RUN
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_flood_that_is_read_after_the_end_is_one(tmp_path, job, monkeypatch: pytest.MonkeyPatch):
    """On a busy machine a job may have ended before we come to read its output, which was then cut as if whole."""
    drain = local_process._drain

    def late(stream, capture):
        time.sleep(1)
        drain(stream, capture)

    monkeypatch.setattr(local_process, "_drain", late)
    with LocalExecutor(folder=tmp_path / "scratch") as local:
        done = local.run(job("print('x' * 1000)", saved=Saved(tmp_path / "saved", 1000)))
    assert done.verdict is Verdict.OUTPUT_LIMIT
