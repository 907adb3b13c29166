"""Whatever a probe's run comes to, the pipeline gets a value and a record; only a broken sandbox raises."""

from __future__ import annotations

import numpy as np
import pytest

from grader.errors import SandboxError
from grader.evidence.modelling import PREDICTION_ARRAYS, PredictionsEvidence
from grader.execution.limits import JobLimits
from grader.execution.protocol import Job
from grader.pipeline.probing import Probed, probe_script, run_probe, worst_of
from grader.types import PhaseRecord, Verdict
from tests.grader.fake_executor import FakeExecutor, answer

EMPTY = PredictionsEvidence(problems=("not read",))


def probed(said: bytes | Verdict | Exception) -> Probed[PredictionsEvidence]:
    """The result of a probe that answers this."""
    job = Job(
        id="read_predictions",
        script=probe_script("read_predictions"),
        limits=JobLimits(seconds=1, memory=2**20),
    )
    return run_probe(
        FakeExecutor({"read_predictions": said}), job, PredictionsEvidence, EMPTY, PREDICTION_ARRAYS
    )


def test_a_good_answer_is_decoded() -> None:
    """Value and arrays arrive, and the record says OK."""
    found = probed(answer({"rows": 3}, {"row": np.arange(3.0)}))
    assert (found.value.rows, found.record.verdict) == (3, Verdict.OK)
    assert found.arrays["row"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("said", [b"", b"hello\n", answer({"rows": 3, "score": 100}), answer({"rows": "3"}),
                                  answer({}, {"secret": np.zeros(2)}), answer({}) + b"more"])  # fmt: skip
def test_nonsense_is_the_empty_value(said: bytes) -> None:
    """Other fields, other arrays, other types and extra bytes are not evidence."""
    found = probed(said)
    assert found.value == EMPTY
    assert found.arrays == {}
    assert found.record.verdict is Verdict.CRASH


@pytest.mark.parametrize("verdict", [Verdict.OOM, Verdict.TIMEOUT_JOB, Verdict.CRASH])
def test_a_failed_probe_keeps_its_verdict(verdict: Verdict) -> None:
    """How it ended is what the record says."""
    found = probed(verdict)
    assert (found.value, found.record.verdict) == (EMPTY, verdict)


def test_a_broken_sandbox_raises() -> None:
    """Our own failure is not turned into an answer."""
    with pytest.raises(SandboxError):
        probed(SandboxError("gone"))


def test_the_worst_of_several_names_each() -> None:
    """One record for all probes, with the seconds of all and every failure named."""
    good = PhaseRecord(id="a", verdict=Verdict.OK, seconds=1)
    bad = PhaseRecord(id="b", verdict=Verdict.OOM, seconds=2, detail="too much")
    assert worst_of("probes", [good, good]).verdict is Verdict.OK
    joined = worst_of("probes", [good, bad])
    assert (joined.id, joined.verdict, joined.seconds, joined.detail) == (
        "probes",
        Verdict.OOM,
        3,
        "b: too much",
    )
