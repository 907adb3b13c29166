"""Start a command under resource limits and leave none of its processes behind.

Run as a program by the local executor: `python -I local_launch.py LIMITS COMMAND...`, LIMITS being JSON of
resource names to values. Standard library only. Ends with the command's exit code, 128 + n after signal n.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

SET_PARENT_DEATH_SIGNAL = 1
SET_CHILD_SUBREAPER = 36
PROC = Path("/proc")
PATIENCE = 10.0


def descendants(root: int) -> list[int]:
    """Return the processes below `root`, nearest first; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def resident_bytes(pids: list[int]) -> int:
    """Return the resident memory of processes, shared pages counted once for each."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    for pid in pids:
        try:
            total += int((PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]) * page
        except (OSError, ValueError, IndexError):
            continue
    return total


def _parents() -> Iterator[tuple[int, int]]:
    for entry in PROC.glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_bytes()
        except OSError:
            continue
        # The name in brackets may hold anything, so fields are counted from the last bracket.
        yield int(entry.name), int(stat.rsplit(b")", 1)[1].split()[1])


def _kill_below() -> None:
    """Kill every descendant and reap them, again until none is left."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for pid in descendants(os.getpid()):
            _kill(pid)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.01)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _adopt() -> None:
    """Become the parent of orphaned descendants, and end with our own parent."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    libc.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    """Run the command to its end, or to SIGTERM, which ends everything."""
    limits = json.loads(arguments[0])
    _adopt()
    child = os.fork()
    if child == 0:
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, name), (value, value))
        os.execv(arguments[1], arguments[1:])  # noqa: S606 - a list of ours, no shell

    def end(number: int, frame: FrameType | None) -> None:
        _kill(child)
        _kill_below()
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, end)
    _, status = os.waitpid(child, 0)
    _kill_below()
    return _exit_code(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
