"""Run probes in forks of this process: the same scripts under the same clocks, without starting Python each time.

Two thousand cases take minutes instead of hours. What needs a real executor (areas, a kernel) is handed to one.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import runpy
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Collection
from pathlib import Path

from grader.execution.limits import GIB
from grader.execution.protocol import Execution, Executor, Job
from grader.types import Verdict

WARM = ("numpy", "pandas", "pyarrow.parquet", "sqlite3", "zipfile", "tarfile", "nbformat")
LOOK_EVERY = 0.005


class ForkingExecutor:
    """An executor for the fuzz run; not isolated, and only ever given probes of ours."""

    def __init__(self, other: Executor) -> None:
        self._other = other
        for name in WARM:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    def run(self, job: Job) -> Execution:
        """Run a job in a fork, or by the other executor where it writes an area."""
        if job.output_area is not None:
            return self._other.run(job)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begun = time.monotonic()
            child = os.fork()
            if child == 0:
                _become(job, out.fileno(), err.fileno())
            status = _wait(child, begun + job.limits.seconds)
            seconds = time.monotonic() - begun
            out.seek(0)
            err.seek(0)
            stdout, stderr = out.read(), err.read()
        if status is None:
            return Execution(Verdict.TIMEOUT_JOB, None, b"", stderr, seconds)
        code = os.waitstatus_to_exitcode(status)
        if job.saved is not None:
            over = len(stdout) > job.saved.limit
            job.saved.path.write_bytes(stdout[: job.saved.limit])
            stdout = b""
            if over:
                return Execution(Verdict.OUTPUT_LIMIT, code, b"", stderr, seconds)
        verdict = Verdict.OK if code == 0 else Verdict.OOM if b"MemoryError" in stderr else Verdict.CRASH
        return Execution(verdict, code, stdout, stderr, seconds)


def _wait(child: int, deadline: float) -> int | None:
    """Return the status of a child; None where it was killed at the deadline."""
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        time.sleep(LOOK_EVERY)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _become(job: Job, out: int, err: int) -> None:
    """Be the job's process: its output, environment and arguments, its script, its end."""
    code = 1
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_AS, (8 * GIB + job.limits.memory, 8 * GIB + job.limits.memory))
        os.environ.update({**job.environment, **{k: str(v) for k, v in job.inputs.items()}})
        sys.argv = [str(job.script), *job.arguments]
        runpy.run_path(str(job.script), run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:  # noqa: BLE001 - what a process prints when it dies of an exception
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def kept_apart(folder: Path, script: str, arguments: Collection[str]) -> None:
    """Run a function of ours in a process of its own, so that no library starts threads before the forks."""
    words = [sys.executable, "-c", script, *arguments]
    code = os.spawnve(os.P_WAIT, words[0], words, {**os.environ, "PYTHONPATH": str(folder)})
    if code:
        raise RuntimeError(f"{script}: ended with {code}")
