"""Our own failures are tried again a bounded number of times, cost nobody anything, and are never kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import SandboxError, SubmissionError
from grader.execution.offline import because_offline
from grader.pipeline.phase_cache import Measured, Outcome, PhaseCache
from grader.pipeline.progress import Silent
from grader.pipeline.units import TO_DO, Retry, Units, not_run, our_fault, told
from grader.types import PhaseRecord, Verdict
from tests.grader.fake_executor import FakeExecutor

KEY = "ab" * 32
GOOD = Measured(records=(PhaseRecord(id="a", verdict=Verdict.OK),))
THEIRS = Measured(records=(PhaseRecord(id="a", verdict=Verdict.OOM),))
REGISTRY = Measured(records=(PhaseRecord(id="a", verdict=Verdict.INFRA_ERROR, detail="no registry"),))

Ending = Measured | Exception


class Engine(FakeExecutor):
    """An executor that comes back, or does not."""

    def __init__(self, gone: bool = False) -> None:
        super().__init__()
        self.gone = gone

    def recover(self, patience: float) -> None:
        """Come back, or not."""
        self.recovered += 1
        if self.gone:
            raise SandboxError("no engine answers")


class Unit:
    """A unit that ends as told, attempt after attempt."""

    def __init__(self, *endings: Ending) -> None:
        self.endings = list(endings)
        self.attempts = 0

    def __call__(self) -> Outcome[Measured]:
        """End as the next one was told to."""
        self.attempts += 1
        ending = self.endings.pop(0) if len(self.endings) > 1 else self.endings[0]
        if isinstance(ending, Exception):
            raise ending
        return Outcome(ending)


def test_incident_after_an_offline_build_the_same_command_does_not_help() -> None:
    """The message said to grade without the option, and to run the same command again."""
    detail = because_offline("pip ended with 1")
    build = Measured(records=(PhaseRecord(id="a", verdict=Verdict.INFRA_ERROR, detail=detail),))
    assert told(Outcome(build)).value.records[0].detail == detail
    assert TO_DO in told(Outcome(REGISTRY)).value.records[0].detail


@pytest.fixture
def cache(tmp_path: Path) -> PhaseCache:
    """An empty cache."""
    return PhaseCache(tmp_path / "phases")


def ran(units: Units, unit: Callable[[], Outcome[Measured]], key: str | None = KEY) -> Outcome[Measured]:
    """Run one unit."""
    return units.run("a", Measured, key, unit, lambda record: Measured(records=(record,)))


def units_with(
    cache: PhaseCache | None, engine: Engine | None = None, slept: list[float] | None = None
) -> Units:
    """Units that do not really wait."""
    sleep = slept.append if slept is not None else lambda seconds: None
    return Units(engine or Engine(), Silent(), cache, Retry(sleep=sleep))


def test_a_phase_that_recovers_is_measured_and_kept(cache: PhaseCache) -> None:
    """An engine that comes back costs an attempt and a pause, nothing else."""
    slept: list[float] = []
    engine = Engine()
    unit = Unit(SandboxError("engine gone"), GOOD)
    found = ran(units_with(cache, engine, slept), unit)
    assert (found.value, unit.attempts, engine.recovered, slept) == (GOOD, 2, 1, [5.0])
    kept = cache.read(KEY, Measured)
    assert kept is not None
    assert kept.value == GOOD


@pytest.mark.parametrize(
    "ending", [SandboxError("engine gone"), OSError(28, "No space left on device"), REGISTRY]
)
def test_attempts_are_bounded_and_say_what_to_do(cache: PhaseCache, ending: Ending) -> None:
    """Three attempts with growing pauses; then open, with the next step, and measured anew next time."""
    slept: list[float] = []
    unit = Unit(ending)
    found = ran(units_with(cache, slept=slept), unit)
    assert (unit.attempts, slept) == (3, [5.0, 20.0])
    record = found.value.records[0]
    assert record.verdict is Verdict.INFRA_ERROR
    assert record.detail.endswith(TO_DO)
    assert cache.read(KEY, Measured) is None


def test_an_engine_that_stays_away_is_waited_for_once(cache: PhaseCache) -> None:
    """After the wait was in vain the phases that follow are tried once each, so that the end comes soon."""
    engine = Engine(gone=True)
    units = units_with(cache, engine)
    first, second = Unit(SandboxError("gone")), Unit(SandboxError("gone"))
    ran(units, first)
    ran(units, second, "cd" * 32)
    assert (first.attempts, second.attempts, engine.recovered) == (1, 1, 1)


def test_a_defect_of_the_grader_is_ours_and_not_repeated(cache: PhaseCache) -> None:
    """It would end the same way again; it is told, and not kept."""
    unit = Unit(KeyError("oops"))
    found = ran(units_with(cache), unit)
    record = found.value.records[0]
    assert (unit.attempts, record.verdict, record.ours) == (1, Verdict.INFRA_ERROR, True)
    assert "KeyError" in record.detail
    assert cache.read(KEY, Measured) is None


def test_the_candidates_own_failure_is_kept_and_not_repeated(cache: PhaseCache) -> None:
    """Out of memory is a result like any other."""
    unit = Unit(THEIRS)
    units = units_with(cache)
    assert ran(units, unit).value == THEIRS
    again = ran(units, unit)
    assert (again.value, again.reused, unit.attempts) == (THEIRS, True, 1)


def test_a_refusal_of_the_submission_is_no_failure_of_ours(cache: PhaseCache) -> None:
    """It ends the grading as it is."""
    with pytest.raises(SubmissionError):
        ran(units_with(cache), Unit(SubmissionError("another variant")))


def test_what_cannot_be_done_without_is_tried_as_often() -> None:
    """Opening an archive needs the engine too; after the last attempt the error itself is told."""
    left = [SandboxError("gone"), SandboxError("gone")]

    def opened() -> str:
        if left:
            raise left.pop()
        return "opened"

    assert units_with(None).insist(opened) == "opened"
    left[:] = [SandboxError("gone")] * 9
    with pytest.raises(SandboxError, match="gone"):
        units_with(None).insist(opened)
    assert len(left) == 6


def test_without_cache_or_key_nothing_is_kept(cache: PhaseCache) -> None:
    """Where a phase's inputs are not known for certain it is measured every time."""
    unit = Unit(GOOD)
    ran(units_with(None), unit)
    ran(units_with(cache), unit, None)
    ran(units_with(cache), unit, None)
    assert unit.attempts == 3


def test_what_was_not_run_inherits_whose_fault_that_was() -> None:
    """Ours stays ours, theirs stays theirs."""
    assert not_run("service", our_fault("build", "gone")).ours
    assert not_run("service", REGISTRY.records[0]).ours
    assert not not_run("service", THEIRS.records[0]).ours
