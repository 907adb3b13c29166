"""Find and end the processes of our own engine by what they were started with, never by a name alone."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from .places import Places

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A running process: its id, its parent's id and its command line."""

    pid: int
    parent: int
    argv: tuple[str, ...]

    @property
    def program(self) -> str:
        """Name of the program without its folder."""
        return Path(self.argv[0]).name if self.argv else ""


def running(proc: Path = PROC) -> list[Process]:
    """List the running processes; zombies and kernel threads have no command line and are left out."""
    found = []
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            argv = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            # The program's name is in brackets and may hold anything, so count from the last bracket.
            parent = int((folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it ended while we were looking
        if argv != [""]:
            found.append(Process(int(folder.name), parent, tuple(argv)))
    return found


def engine_process(where: Places, processes: list[Process]) -> Process | None:
    """Return our running engine: a dockerd that was given our own data root."""
    mark = f"--data-root={where.data_root}"
    return next((p for p in processes if p.program == "dockerd" and mark in p.argv), None)


def foreign_engine(where: Places, processes: list[Process], proc: Path = PROC) -> Process | None:
    """Return another dockerd on the same network; two of them would fight over bridge and packet filter."""
    if where.bridge == "none":
        return None
    own = engine_process(where, processes)
    here = (proc / "self" / "ns" / "net").readlink()
    for process in processes:
        if process.program == "dockerd" and process != own:
            try:
                if (proc / str(process.pid) / "ns" / "net").readlink() == here:
                    return process
            except OSError:
                continue  # it ended while we were looking
    return None


def leftovers(where: Places, processes: list[Process]) -> list[Process]:
    """Return the containerd and shims below our run folder, and every process they hold.

    They outlive an engine that was killed and keep containers running and mounts busy.
    """
    below = f"{where.exec_root}/"
    roots = [
        p
        for p in processes
        if p.program.startswith(("containerd", "docker-proxy"))
        and any(word.startswith(below) for word in p.argv)
    ]
    known = {p.pid for p in roots}
    while True:
        more = [p for p in processes if p.parent in known and p.pid not in known]
        if not more:
            return [p for p in processes if p.pid in known]
        known.update(p.pid for p in more)


def end(pids: list[int], patience: float) -> None:
    """Ask processes to end, wait up to `patience` seconds, then kill; return when they are gone."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for pid in pids:
            send(pid, number)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pids = [pid for pid in pids if alive(pid)]
            if not pids:
                return
            time.sleep(0.05)


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def alive(pid: int, proc: Path = PROC) -> bool:
    """Tell whether a process runs; a zombie waits for its parent only and counts as gone."""
    try:
        stat = (proc / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
