"""A service that fills the engine's disk is found out, whatever others do on that disk meanwhile."""

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.execution import disk_watch
from grader.execution.disk_watch import DiskWatch
from grader.execution.limits import MIB

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
