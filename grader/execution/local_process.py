"""Run one local job to its end: pipes drained, clock, memory and disk watched."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from grader.errors import SandboxError
from grader.execution import local_launch
from grader.execution.capture import Capture, Spool
from grader.execution.limits import GIB, JobLimits
from grader.execution.verdicts import Ending

LOOK_EVERY = 0.1
BLOCK = 1 << 16
END_PATIENCE = 15.0


@dataclass(frozen=True)
class LocalEnd:
    """How a process tree ended; `full` names the folder that outgrew its limit."""

    ending: Ending
    stdout: Capture | Spool
    stderr: Capture
    seconds: float
    full: str | None = None


def run_process(
    command: list[str],
    *,
    limits: JobLimits,
    environment: Mapping[str, str],
    folder: Path,
    bounded: Mapping[Path, int],
    spool: Spool | None = None,
) -> LocalEnd:
    """Run a command in a process group of its own; `bounded` are folders and the bytes each may hold.

    Standard output goes to `spool` where there is one.
    """
    stdout, stderr = spool or Capture(limits.output_bytes), Capture(limits.output_bytes)
    begun = time.monotonic()
    process = _launch(command, limits, environment, folder)
    assert process.stdout is not None
    assert process.stderr is not None
    readers = [
        threading.Thread(target=_drain, args=(stream, capture), daemon=True)
        for stream, capture in ((process.stdout, stdout), (process.stderr, stderr))
    ]
    for reader in readers:
        reader.start()
    peak, why = 0, None
    try:
        pause = 0.005
        while process.poll() is None and why is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=pause)
            pause = min(2 * pause, LOOK_EVERY)
            peak = max(peak, local_launch.resident_bytes(local_launch.descendants(process.pid)))
            why = _exceeded(limits, stdout, stderr, begun, peak, bounded)
    finally:
        _end(process)
        for reader in readers:
            reader.join(timeout=5)
        process.stdout.close()
        process.stderr.close()
    seconds = time.monotonic() - begun
    full = why if why is not None and why.startswith("/") else _overfull(bounded)
    tail = stderr.head()[-BLOCK:] + stderr.tail()[-BLOCK:]
    code = process.returncode
    ending = Ending(
        exit_code=None if why else code,
        stderr_tail=tail,
        timed_out=why == "time",
        # A job that ended may have left more in its pipes than had been read by then.
        flooded=stdout.flooded or stderr.flooded,
        oom_killed=why == "memory" or (code != 0 and b"MemoryError" in tail),
        peak_memory=peak or None,
    )
    return LocalEnd(ending, stdout, stderr, seconds, full)


def _launch(
    command: list[str], limits: JobLimits, environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    resources = {
        # Threads of numerical libraries reserve far more addresses than they use.
        "RLIMIT_AS": 4 * limits.memory + 16 * GIB,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": max(limits.output_area, limits.tmp),
        "RLIMIT_CORE": 0,
    }
    words = [sys.executable, "-I", local_launch.__file__, json.dumps(resources), *command]
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"{folder}: a local job cannot be started: {error}") from error


def _exceeded(
    limits: JobLimits,
    stdout: Capture | Spool,
    stderr: Capture,
    begun: float,
    resident: int,
    bounded: Mapping[Path, int],
) -> str | None:
    """Return `time`, `output`, `memory` or the path of an overfull folder, None while all is within limits."""
    if resident > limits.memory:
        return "memory"
    if stdout.flooded or stderr.flooded:
        return "output"
    if time.monotonic() - begun > limits.seconds:
        return "time"
    return _overfull(bounded)


def _overfull(bounded: Mapping[Path, int]) -> str | None:
    for folder, limit in bounded.items():
        if _size(folder) > limit:
            return str(folder)
    return None


def _size(folder: Path) -> int:
    total, waiting = 0, [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def _drain(stream: BinaryIO, capture: Capture | Spool) -> None:
    with contextlib.suppress(ValueError, OSError):
        while block := os.read(stream.fileno(), BLOCK):
            capture.write(block)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the launcher to end its tree, then kill whatever of the group is left."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=END_PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
