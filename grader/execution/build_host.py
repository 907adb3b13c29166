"""What the host did to a build: a build that failed for want of memory, CPU or a steady network is not yet judged."""

from __future__ import annotations

import os
import re
import time

from grader.execution.build_client import BuildEnd, Watcher
from grader.execution.cpu_share import MIN_SECONDS, idle_seconds
from grader.execution.disk_watch import free_disk
from grader.execution.engine import Engine
from grader.execution.limits import GIB
from grader.execution.runs import Run, others_at_work
from grader.execution.watch import available_memory, host_short

SATURATED = 0.1
"""Share of the host's CPUs that lay idle below which gradings side by side held each other up."""
PLENTY = 4 * GIB
"""Memory that a build may count on, as much as a notebook has; what it needs beyond that is its own matter."""
KILLED = re.compile(r"\b137\b|\bKilled\b|[Cc]annot allocate memory|\b[Oo]ut of memory\b")
"""What a log says of a step that the kernel ended for memory; builds have no limit of ours."""
PASSING = re.compile(
    r"name resolution|name or service not known|could ?n[o']t resolve|failure resolving|no such host"
    r"|connection (?:was )?(?:reset|refused|timed out|broken|aborted|closed)|NewConnectionError|RemoteDisconnected"
    r"|timed out|time-?out|IncompleteRead|unexpected EOF|unexpected end of|SSLError|SSL_ERROR|handshake"
    r"|network is unreachable|no route to host|EAI_AGAIN|ECONNRESET|failed to fetch|hash sum mismatch|HTTP/2 stream"
    r"|\b(?:429|500|502|503|504) |too many requests|from versions: none|do not match the hashes"
    r"|\b137\b|\bkilled\b|cannot allocate memory|out of memory|too many open files|resource temporarily unavailable"
    r"|input/output error|resource busy|rpc error|context canceled|OCI runtime|create shim|layer does not exist"
    r"|unknown parent image|no such image|failed to (?:get|export|register) layer"
    r"|no such container|error reading from server",
    re.I,
)
"""What a log says where trouble of the host, of a registry or of an index may have passed since."""


def may_pass(log: str) -> bool:
    """Return whether a build that failed is to be tried once more; whoever prints such words wins that only."""
    return PASSING.search(log) is not None


class HostDuring:
    """Looks at the host while a build runs; `look` is what else is asked. It is a watcher itself."""

    def __init__(self, engine: Engine, run: Run, look: Watcher | None) -> None:
        self._engine = engine
        self._run = run
        self._look = look
        self._here = engine.root_dir is not None
        self._begun, self._idle = time.monotonic(), idle_seconds()
        self._short = self._beside = False
        available = available_memory()
        self._scarce = available is None or available < PLENTY
        self.least_disk: int | None = None
        """Fewest free bytes of the engine's disk that were seen."""

    def __call__(self) -> str | None:
        """Take note of the host, and return what the other watcher says."""
        self._short = self._short or (self._here and host_short())
        self._beside = self._beside or others_at_work(self._run)
        free = free_disk(self._engine.root_dir)
        if free is not None:
            self.least_disk = free if self.least_disk is None else min(free, self.least_disk)
        return self._look() if self._look else None

    def excuse(self, end: BuildEnd) -> str | None:
        """Return a sentence where a build ended as it did through the host, else None."""
        if end.timed_out:
            return self._held_up()
        if end.exit_code is not None and end.exit_code < 0:
            return f"the Docker client was ended by signal {-end.exit_code} during the build"
        # As with the CPU: one that is alone, and had plenty when it began, used it up itself.
        others = self._beside or self._scarce
        if self._short and others and end.exit_code and KILLED.search(end.log_text()):
            return "the host ran out of memory during the build; end other work on it and grade again"
        return None

    def _held_up(self) -> str | None:
        """Return a sentence where other gradings kept the host busy for as long as the build took.

        What a build uses itself cannot be told from what they use, so one that is alone is never excused.
        """
        seconds, idle = time.monotonic() - self._begun, idle_seconds()
        if not (self._here and self._beside) or idle is None or self._idle is None or seconds < MIN_SECONDS:
            return None
        share = (idle - self._idle) / ((os.cpu_count() or 1) * seconds)
        if share >= SATURATED:
            return None
        return (
            "the host was busy with other gradings during the build; grade this one again when they are done"
        )
