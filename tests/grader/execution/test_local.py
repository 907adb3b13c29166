"""What the local executor does not do, it says."""

from grader.execution.limits import JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import BuildRequest
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
