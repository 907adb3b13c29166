"""Stop builds and services that fill the engine's disk: layers have no size limit of their own on every driver."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from pathlib import Path

import requests
from docker.errors import DockerException

from grader.execution.build_client import Watcher
from grader.execution.engine import Engine
from grader.execution.limits import GIB, MIB
from grader.execution.runs import Run, others_at_work
from grader.types import Verdict

LOOK_EVERY = 0.5
MEASURE_EVERY = 5.0
MEASURE_ANYWAY = 15.0
GROWTH_FACTOR = 3
GROWTH_SLACK = 2 * GIB
"""Disk a build may take: the largest allowed image times the factor (stages, caches), and what others write."""
MOST_FILES = 500_000
"""Files that a build may make; a disk with room for fewer was filled up by others."""
RESERVE = 1 * GIB
"""Bytes that strangers' builds must leave free on the engine's disk."""
NEARLY_FULL = 4 * GIB
"""Free bytes below which a disk that is looked at every moment may have been full in between."""
OURS = "the engine's disk"
"""How what a watcher says of a disk that is not the build's fault begins."""


def free_disk(root: Path | None) -> int | None:
    """Return the free bytes of the engine's disk, None where it is not on this machine."""
    if root is None:
        return None
    try:
        return shutil.disk_usage(root).free
    except OSError:
        return None


def free_files(root: Path | None) -> int | None:
    """Return how many files more the engine's disk takes, None where it is not here or has no such limit."""
    if root is None:
        return None
    try:
        found = os.statvfs(root)
    except OSError:
        return None
    return found.f_favail if found.f_files else None


def most_disk(max_bytes: int) -> int:
    """Return the bytes of disk that the build of an image of at most `max_bytes` may take."""
    return GROWTH_FACTOR * max_bytes + GROWTH_SLACK


def blame_for_disk(said: str) -> Verdict:
    """Return the verdict of a build that a watcher stopped with these words."""
    return Verdict.INFRA_ERROR if said.startswith(OURS) else Verdict.DISK_LIMIT


def out_of_space(
    before: int | None, run: Run, max_bytes: int, files: int | None = None, least: int | None = None
) -> tuple[Verdict, str]:
    """Tell whose fault a disk was that filled up in a build, as its log says, which anybody can print.

    `before` bytes were free when that began, `least` at one time since, and `files` more could be made where that
    is known. A disk on which there was room all the time is no other grading's doing.
    """
    allowed = most_disk(max_bytes)
    shrank = before is None or least is None or least < NEARLY_FULL or before - least > allowed
    said = _too_much_disk(run, allowed) if shrank else _took_more(allowed)
    if files is not None and files < MOST_FILES:
        said = f"{OURS} took {files} files more when the build began, at least {MOST_FILES} are needed"
    if before is None or before < allowed:
        said = f"{OURS} is full; make {allowed / MIB:.0f} MiB of room on it"
    return blame_for_disk(said), said


def _too_much_disk(run: Run, allowed: int) -> str:
    """Return what is said where the disk shrank by more than a build may take.

    What several gradings write cannot be told apart, so beside others it is not held against this build.
    """
    if others_at_work(run):
        return (
            f"{OURS} lost more than {allowed / MIB:.0f} MiB during the build while other gradings were at work; "
            "grade this one again when they are done"
        )
    return _took_more(allowed)


def _took_more(allowed: int) -> str:
    return f"the build took more than {allowed / MIB:.0f} MiB of disk"


def build_watcher(engine: Engine, run: Run, max_bytes: int) -> Watcher | None:
    """Return what stops a build that takes far more disk than its image may have, or nearly all there is."""
    before = free_disk(engine.root_dir)
    if before is None:
        return None
    start, most = before, most_disk(max_bytes)

    def look() -> str | None:
        free = free_disk(engine.root_dir)
        if free is None:
            return None
        if start - free > most:
            return _too_much_disk(run, most)
        if free < RESERVE:
            return f"{OURS} has only {free / MIB:.0f} MiB left; make room on it"
        return None

    return look


class DiskWatch(threading.Thread):
    """Measures a container's own layer when the disk shrinks, and kills the container over `limit` bytes.

    Where the disk cannot be seen from here the layer is measured every five seconds. Others may remove what they
    have on the disk while this container fills it, so it is measured now and then although nothing shrinks.
    """

    def __init__(self, engine: Engine, container: str, limit: int) -> None:
        super().__init__(name=f"disk of {container}", daemon=True)
        self.exceeded = False
        self._engine = engine
        self._container = container
        self._limit = limit
        self._stopping = threading.Event()
        self._free = free_disk(engine.root_dir)

    def run(self) -> None:
        """Look until told to stop."""
        last_measured = time.monotonic()
        while not self._stopping.wait(LOOK_EVERY):
            if time.monotonic() - last_measured < self._pause():
                continue
            last_measured = time.monotonic()
            with contextlib.suppress(DockerException, requests.RequestException):
                if self._layer_bytes() > self._limit:
                    self.exceeded = True
                    self._engine.client.api.kill(self._container, "SIGKILL")
                    return

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self.ident is not None:
            self.join(timeout=10)

    def _pause(self) -> float:
        """Return the seconds that must have passed since the layer was measured before it is measured again."""
        free = free_disk(self._engine.root_dir)
        if free is None or self._free is None:
            return MEASURE_EVERY
        self._free = max(self._free, free)
        # Others write too; measuring costs the engine a walk, so it is done often only where it may matter.
        return 2 * LOOK_EVERY if self._free - free >= self._limit // 2 else MEASURE_ANYWAY

    def _layer_bytes(self) -> int:
        found = self._engine.client.api.containers(
            all=True, size=True, filters={"name": f"^/{self._container}$"}
        )
        return int(found[0].get("SizeRw") or 0) if found else 0
