"""A host on which a service that does nothing is slow times nobody."""

from pathlib import Path

import pytest

from grader.execution.limits import Limits
from grader.pipeline.service_phase import measure_floor
from grader.types import Verdict
from tests.docker_engine import open_docker_executor


@pytest.mark.docker
@pytest.mark.slow
def test_a_slow_host_is_ours(tmp_path: Path) -> None:
    """On a fiftieth of a processor the do-nothing service itself misses the bound, and says what to do."""
    given = Limits()
    slow = given.model_copy(
        update={"service": given.service.model_copy(update={"cpus": 0.02}), "floor_seconds": 3.0}
    )
    with open_docker_executor(tmp_path / "runs") as executor:
        _, record = measure_floor(executor, slow)
    assert (record.verdict, record.ours) == (Verdict.INFRA_ERROR, True)
    assert "too slow" in record.detail or "gave no latencies" in record.detail
