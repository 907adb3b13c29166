"""Watch the memory of a service and of its host, so that a kill for what others use is told from one for its own."""

from __future__ import annotations

import threading
from typing import Any

from grader.execution.engine import Engine
from grader.execution.limits import JobLimits
from grader.execution.verdicts import Ending, memory_of_the_host
from grader.execution.watch import Watch

LOOK_EVERY = 0.2


class MemoryWatch(threading.Thread):
    """Samples the counters of a running container until told to stop; nothing where they are not on this machine."""

    def __init__(self, engine: Engine, container: str, state: dict[str, Any], limits: JobLimits) -> None:
        super().__init__(name=f"memory of {container}", daemon=True)
        self._limits = limits
        self._stopping = threading.Event()
        pid = int(state["State"]["Pid"] or 0)
        self._seen = Watch(engine, container, state["Id"], pid, limits.cpus) if engine.root_dir else None

    def run(self) -> None:
        """Look until told to stop."""
        while self._seen is not None and not self._stopping.wait(LOOK_EVERY):
            self._seen.sample()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self.ident is not None:
            self.join(timeout=10)

    def host_ran_out(self, state: dict[str, Any]) -> bool:
        """Return whether a container in this state, which nobody of us ended, was killed for the host's memory."""
        if self._seen is None or state["Running"]:
            return False
        ending = Ending(
            exit_code=int(state["ExitCode"]),
            oom_killed=bool(state["OOMKilled"]) or self._seen.oom_killed,
            peak_memory=self._seen.peak_memory,
            limit_untouched=self._seen.limit_untouched,
            peak_exact=self._seen.peak_exact,
            host_short=self._seen.host_short,
        )
        return memory_of_the_host(ending, self._limits)
