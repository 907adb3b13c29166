"""Run one created container to its end: output, clock, flood, verdict."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass

import requests
from docker.errors import DockerException
from docker.utils.socket import SocketError

from grader.errors import SandboxError
from grader.execution.capture import Capture, Spool
from grader.execution.cpu_share import held_up
from grader.execution.engine import Engine, engine_errors, first_line
from grader.execution.limits import JobLimits
from grader.execution.streams import OutputStream
from grader.execution.verdicts import Ending
from grader.execution.watch import Watch

SAMPLE_EVERY = 0.1
KILL_PATIENCE = 30.0


@dataclass(frozen=True)
class Ended:
    """How a container ended, with its captured output and wall seconds from start to end."""

    ending: Ending
    stdout: Capture | Spool
    stderr: Capture
    seconds: float


class _Reader(threading.Thread):
    """Drains the attached output, so that a container never waits for us and never fills our memory."""

    def __init__(self, engine: Engine, container: str, limits: JobLimits, spool: Spool | None) -> None:
        super().__init__(name=f"output of {container}", daemon=True)
        self.stdout = spool or Capture(limits.output_bytes)
        self.stderr = Capture(limits.output_bytes)
        self.done = threading.Event()
        self.flooded = threading.Event()
        self.trouble: Exception | None = None
        self._stream = OutputStream(
            engine.client.api.attach_socket(container, {"stdout": 1, "stderr": 1, "stream": 1})
        )

    def run(self) -> None:
        """Read until the container ends or the engine goes."""
        try:
            for is_stdout, data in self._stream:
                (self.stdout if is_stdout else self.stderr).write(data)
                if self.stdout.flooded or self.stderr.flooded:
                    self.flooded.set()
                    self.done.set()
        except (DockerException, requests.RequestException, OSError, ValueError, SocketError) as error:
            # An engine that went away is noticed by whoever waits for the container; output that was cut is not.
            self.trouble = error
        finally:
            self.done.set()

    def close(self) -> None:
        """Stop reading and wait for the thread."""
        if self.ident is not None:
            self.join(timeout=5)
        self._stream.close()


def run_to_end(
    engine: Engine, container: str, limits: JobLimits, spool: Spool | None = None, *, alone: bool = True
) -> Ended:
    """Start a created container and wait for its end, killing it at its limits.

    Standard output goes to `spool` where there is one. `alone` is whether no other container of the submission
    runs beside it: what that one keeps busy would look like other work of the host. Raises SandboxError where
    the engine fails. The caller removes the container.
    """
    api = engine.client.api
    with engine_errors("running a job"):
        reader = _Reader(engine, container, limits, spool)
        try:
            begun = time.monotonic()
            api.start(container)
            reader.start()
            timed_out, watch = _watch(engine, container, reader, limits.cpus, begun + limits.seconds)
            seconds = time.monotonic() - begun
            if timed_out or reader.flooded.is_set():
                _kill(engine, container)
            elif reader.trouble is not None:
                raise SandboxError(f"the output of a job was cut: {first_line(reader.trouble)}")
            state = api.inspect_container(container)["State"]
        except BaseException:
            # An interrupt too ends the job at once, and with it the reader.
            with contextlib.suppress(DockerException, requests.RequestException):
                api.kill(container, "SIGKILL")
            raise
        finally:
            reader.close()
    ending = Ending(
        exit_code=None if timed_out else int(state["ExitCode"]),
        stderr_tail=reader.stderr.head()[-65536:] + reader.stderr.tail()[-65536:],
        timed_out=timed_out,
        flooded=reader.flooded.is_set(),
        oom_killed=bool(state["OOMKilled"]) or watch.oom_killed,
        pids_refused=watch.pids_refused,
        peak_memory=watch.peak_memory,
        limit_untouched=watch.limit_untouched,
        peak_exact=watch.peak_exact,
        host_short=watch.host_short,
        held_up=held_up(watch.cpu.left()) if alone else None,
    )
    return Ended(ending, reader.stdout, reader.stderr, seconds)


def _watch(
    engine: Engine, container: str, reader: _Reader, cpus: float, deadline: float
) -> tuple[bool, Watch]:
    """Wait for the end, the deadline or a flood; return whether it was the deadline, and the counters."""
    found = engine.client.api.inspect_container(container)
    watch = Watch(engine, container, found["Id"], int(found["State"]["Pid"] or 0), cpus)
    watch.sample()
    pause = 0.01
    while not reader.done.wait(pause):
        watch.sample()
        pause = min(2 * pause, SAMPLE_EVERY)
        if time.monotonic() >= deadline:
            return True, watch
    # A program may close its output and run on, so the end of output is not yet its end.
    while not reader.flooded.is_set() and not _ended(engine, container):
        watch.sample()
        if time.monotonic() >= deadline:
            return True, watch
    return False, watch


def _ended(engine: Engine, container: str, patience: int = 1) -> bool:
    """Wait a moment for the end; a wait that times out is no error, an engine that is gone is one."""
    with contextlib.suppress(requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError):
        engine.client.api.wait(container, timeout=patience)
        return True
    return not engine.client.api.inspect_container(container)["State"]["Running"]


def _kill(engine: Engine, container: str) -> None:
    with contextlib.suppress(DockerException):
        engine.client.api.kill(container, "SIGKILL")  # already over is as good
    until = time.monotonic() + KILL_PATIENCE
    while time.monotonic() < until:
        if _ended(engine, container):
            return
