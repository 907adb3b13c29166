"""A service that fills the engine's disk is found out, whatever others do on that disk meanwhile."""

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.execution import disk_watch
from grader.execution.disk_watch import DiskWatch, blame_for_disk, build_watcher, free_files, out_of_space
from grader.execution.limits import MIB
from grader.execution.runs import open_run, others_at_work
from grader.types import Verdict

LIMIT = 100 * MIB


class Layer:
    """An engine with one container, whose own layer has so many bytes; it remembers what was killed."""

    def __init__(self, size: int) -> None:
        self.root_dir = Path("/")
        self.client = SimpleNamespace(api=self)
        self.killed: list[str] = []
        self._size = size

    def containers(self, **_: object) -> list[dict[str, int]]:
        """Tell the size of the layer."""
        return [{"SizeRw": self._size}]

    def kill(self, container: str, _: str) -> None:
        """Remember it."""
        self.killed.append(container)


@pytest.mark.parametrize(
    ("free", "anyway"),
    [
        ((9000,), 0.01),  # their images went while it wrote, and nothing moves any more
        ((9000, 8900), 900.0),  # they went before it wrote
    ],
)
def test_disk_that_others_give_back_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, free: tuple[int, ...], anyway: float
) -> None:
    """What somebody else removed from the disk once made room for a service to fill unseen."""
    told: Iterator[int] = chain((5000,), free, repeat(free[-1]))
    monkeypatch.setattr(disk_watch, "free_disk", lambda _: next(told) * MIB)
    monkeypatch.setattr(disk_watch, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(disk_watch, "MEASURE_ANYWAY", anyway)
    engine = Layer(2 * LIMIT)
    watch = DiskWatch(engine, "service", LIMIT)  # type: ignore[arg-type]
    watch.start()
    watch.join(60)
    assert (watch.exceeded, engine.killed) == (True, ["service"])
    watch.stop()


def test_a_small_layer_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk that others take is not held against a service."""
    told = chain((9000,), repeat(1))
    monkeypatch.setattr(disk_watch, "free_disk", lambda _: next(told) * MIB)
    monkeypatch.setattr(disk_watch, "LOOK_EVERY", 0.001)
    engine = Layer(1)
    watch = DiskWatch(engine, "service", LIMIT)  # type: ignore[arg-type]
    watch.start()
    watch.join(0.5)
    watch.stop()
    assert (watch.exceeded, engine.killed) == (False, [])


@pytest.mark.parametrize(
    ("before", "after", "beside", "verdict"),
    [
        (50_000, 20_000, False, Verdict.DISK_LIMIT),
        (50_000, 20_000, True, Verdict.INFRA_ERROR),
        (50_000, 49_000, True, None),
        (3_000, 500, False, Verdict.INFRA_ERROR),
    ],
)
def test_incident_disk_that_other_gradings_took_was_a_candidates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    after: int,
    beside: bool,
    verdict: Verdict | None,
) -> None:
    """What several gradings write at a time cannot be told apart, so beside others a build is not blamed for it."""
    runs = [open_run(tmp_path / "runs") for _ in range(1 + beside)]
    told = chain((before,), repeat(after))
    monkeypatch.setattr(disk_watch, "free_disk", lambda _: next(told) * MIB)
    try:
        look = build_watcher(Layer(0), runs[0], 1000 * MIB)  # type: ignore[arg-type]
        assert look is not None
        said = look()
        assert (said and blame_for_disk(said)) == verdict
        seen = out_of_space(before * MIB, runs[0], 1000 * MIB, least=after * MIB)[0]
        assert seen is (
            verdict or Verdict.DISK_LIMIT
        )  # words alone, on a disk with room, make no other guilty
        assert out_of_space(before * MIB, runs[0], 1000 * MIB)[0] is (
            verdict or (Verdict.INFRA_ERROR if beside else Verdict.DISK_LIMIT)
        )
    finally:
        for run in runs:
            run.release()


@pytest.mark.parametrize(
    ("files", "verdict"),
    [(3, Verdict.INFRA_ERROR), (9_000_000, Verdict.DISK_LIMIT), (None, Verdict.DISK_LIMIT)],
)
def test_incident_a_disk_without_inodes_was_the_candidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int | None, verdict: Verdict
) -> None:
    """A disk that takes no more files says what a full one says, with all of its bytes free."""
    found = SimpleNamespace(f_favail=files, f_files=10**7 if files is not None else 0)
    monkeypatch.setattr(disk_watch.os, "statvfs", lambda _: found)
    assert free_files(tmp_path) == files
    assert free_files(None) is None
    run = open_run(tmp_path / "runs")
    assert out_of_space(900 * 1024 * MIB, run, MIB, free_files(tmp_path))[0] is verdict
    run.release()


def test_a_grading_that_is_over_is_at_work_no_more(tmp_path: Path) -> None:
    """Only a lock that is held counts: one left behind by a killed grading, or given back, does not."""
    run, other = (open_run(tmp_path) for _ in range(2))
    assert others_at_work(run)
    other.release()
    (tmp_path / "0123456789ab.lock").touch()
    assert not others_at_work(run)
    run.release()
