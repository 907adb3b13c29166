"""Watch the memory, process and CPU counters of a running container."""

from __future__ import annotations

import time
from pathlib import Path

import requests
from docker.errors import DockerException

from docker import DockerClient
from grader.execution.cpu_share import CpuShare
from grader.execution.engine import Engine

CGROUPS = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
STATS_EVERY = 1.0
HOST_SHORT = 0.03
"""Share of the host's memory below which what is available is next to none."""


class Watch:
    """Highest counters seen so far; `peak_memory` in bytes counts the page cache the kernel charged too.

    Counters are read from the host's control groups where the engine is on this machine, else from the
    engine's statistics once a second. They vanish with the container, so `sample` is called while it runs.
    `peak_exact` is true where the kernel's own highest count was read after a kill for memory was seen.
    `limit_untouched` is true where a kill for memory was seen and the container's own limit never was reached,
    `host_short` where the host (of control groups that can be read) had next to no memory left. `cpu` is how
    much of its `cpus` the host left to the container.
    """

    def __init__(self, engine: Engine, container: str, container_id: str, pid: int, cpus: float) -> None:
        self.peak_memory: int | None = None
        self.pids_refused = False
        self.oom_killed = False
        self.limit_untouched = False
        self.peak_exact = False
        self.host_short = False
        self._client: DockerClient = engine.client
        self._container = container
        self._folders = _folders(container_id, pid) if engine.root_dir is not None else {}
        self._next_stats = time.monotonic()
        self.cpu = CpuShare(cpus, self._cpu_seconds)

    def sample(self) -> None:
        """Read the counters once; a container that is gone changes nothing."""
        if self._folders:
            self._sample_cgroups()
            self.cpu.sample()
        elif time.monotonic() >= self._next_stats:
            self._next_stats = time.monotonic() + STATS_EVERY
            self._sample_stats()

    def _sample_cgroups(self) -> None:
        for memory in self._folders.get("memory", []):
            events = _text(memory / "memory.oom_control") + _text(memory / "memory.events")
            # After the events: what was read before a kill says nothing of how the limit was reached for it.
            peak = _number(memory / "memory.max_usage_in_bytes") or _number(memory / "memory.peak")
            self._raise_peak(peak)
            if _counter(events, "oom_kill") > 0:
                self.oom_killed = True
                self.peak_exact = peak is not None
                self.limit_untouched = _limit_untouched(memory, events)
        self.host_short |= host_short()
        for pids in self._folders.get("pids", []):
            self.pids_refused |= _counter(_text(pids / "pids.events"), "max") > 0

    def _cpu_seconds(self) -> float | None:
        """Return the CPU seconds that the container used so far, None where its counters do not say."""
        for folder in self._folders.get("cpuacct", []):
            nanoseconds = _number(folder / "cpuacct.usage")
            if nanoseconds is not None:
                return nanoseconds / 1e9
            microseconds = _counter(_text(folder / "cpu.stat"), "usage_usec")
            if microseconds > 0:
                return microseconds / 1e6
        return None

    def _sample_stats(self) -> None:
        try:
            stats = self._client.api.stats(self._container, stream=False, one_shot=True)
        except (DockerException, requests.RequestException):
            return
        memory = stats.get("memory_stats") or {}
        self._raise_peak(memory.get("max_usage") or memory.get("usage"))

    def _raise_peak(self, amount: int | None) -> None:
        if amount:
            self.peak_memory = max(amount, self.peak_memory or 0)


def _folders(container_id: str, pid: int) -> dict[str, list[Path]]:
    """Return the control group folders of a process by controller, version 1 or 2.

    The container's id must be in the path: a process id of an engine in a virtual machine means another
    process here.
    """
    found: dict[str, list[Path]] = {}
    for line in _text(Path(f"/proc/{pid}/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        if container_id not in path:
            continue
        for controller in ("memory", "pids", "cpuacct"):
            if controllers == "":
                found.setdefault(controller, []).append(CGROUPS / path.lstrip("/"))
            elif controller in controllers.split(","):
                found.setdefault(controller, []).append(CGROUPS / controller / path.lstrip("/"))
    return found


def _limit_untouched(memory: Path, events: str) -> bool:
    """Whether the counters, read after a kill, are there and say that the group's own limit was never reached."""
    failed = _number(memory / "memory.failcnt")
    if failed is not None:
        return failed == 0
    named = {line.partition(" ")[0] for line in events.splitlines()}
    return {"oom", "max"} <= named and _counter(events, "oom") == 0 and _counter(events, "max") == 0


def host_short() -> bool:
    """Whether the host has next to no memory available now; False where it does not say."""
    total, free = _memory("MemTotal"), available_memory()
    return total is not None and free is not None and free < HOST_SHORT * total


def available_memory() -> int | None:
    """Return the bytes of memory that the host has available now, None where it does not say."""
    return _memory("MemAvailable")


def _memory(name: str) -> int | None:
    told = (line.partition(":") for line in _text(MEMINFO).splitlines())
    value = next((value.split() for key, _, value in told if key == name), [])
    return int(value[0]) * 1024 if value else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None


def _counter(text: str, name: str) -> int:
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.isdigit():
            return int(value)
    return 0
