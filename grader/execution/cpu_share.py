"""How much CPU the host left to a running job: a clock that ran out on a busy host says nothing of the job."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STAT = Path("/proc/stat")
SAMPLE_EVERY = 1.0
STARVED = 0.45
"""Share of the CPUs of its limits below which a job was held up by the host.

Two gradings side by side leave each half, less what the engine and we take: at half, each would excuse the other.
"""
MIN_SECONDS = 60.0
"""Seconds that must have been seen; a limit as short as that is not missed for want of CPU alone."""


@dataclass(frozen=True)
class _Seen:
    """Clock, CPU seconds that the host was idle over all its CPUs, and CPU seconds that the job used."""

    clock: float
    idle: float
    used: float


class CpuShare:
    """Compares what a job used and what lay idle beside it with the CPUs that its limits promise.

    `used` returns the CPU seconds of the job so far, None where they cannot be read (then, and where the host
    does not say how idle it is, nothing is held against the host). What the job itself keeps busy counts as
    left to it, so that no job can make its host look busy. `cpus` is the limit, capped by those that are there.
    """

    def __init__(self, cpus: float, used: Callable[[], float | None]) -> None:
        self._cpus = min(cpus, os.cpu_count() or 1)
        self._used = used
        self._first: _Seen | None = None
        self._last: _Seen | None = None

    def sample(self) -> None:
        """Look at the counters once a second; a job that is gone changes nothing."""
        now = time.monotonic()
        if self._last is not None and now - self._last.clock < SAMPLE_EVERY:
            return
        idle, used = idle_seconds(), self._used()
        if idle is None or used is None:
            return
        self._last = _Seen(now, idle, used)
        self._first = self._first or self._last

    def left(self) -> float | None:
        """Return the share 0..1 of its CPUs that the job had or could have had; None where too little was seen."""
        if self._first is None or self._last is None:
            return None
        seconds = self._last.clock - self._first.clock
        if seconds < MIN_SECONDS:
            return None
        had = self._last.used - self._first.used + self._last.idle - self._first.idle
        return max(0.0, min(1.0, had / (self._cpus * seconds)))


def held_up(left: float | None) -> str | None:
    """Return a sentence where the host left a job too little CPU to hold its clock against it, else None.

    >>> held_up(0.31), held_up(0.45), held_up(None)
    ('the host was busy with other work and left it 31 % of its CPUs; end that and grade again', None, None)
    """
    if left is None or left >= STARVED:
        return None
    share = f"{100 * left:.0f} %"
    return f"the host was busy with other work and left it {share} of its CPUs; end that and grade again"


def idle_seconds() -> float | None:
    """Return the seconds that the host's CPUs were idle, waited or served interrupts since it started, added up.

    Interrupts are no work of others here: what a job sends itself over loopback may be counted under them.
    """
    try:
        words = STAT.read_text(encoding="ascii").partition("\n")[0].split()
        # cpu user nice system idle iowait irq softirq ..., in ticks: proc_stat(5)
        return sum(int(word) for word in words[4:8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, UnicodeDecodeError):
        return None
