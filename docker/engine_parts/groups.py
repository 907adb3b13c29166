"""One control group above every container and build, because a build ignores its own memory limit."""

import os
import time
from pathlib import Path

from .report import say

ROOT = Path("/sys/fs/cgroup")
RESERVE_BYTES = 1 << 30
MAX_TASKS = 8192


def memory_limit(total: int) -> int:
    """Return the bytes all containers and builds may use together: all but 1 GiB, at least half."""
    return max(total - RESERVE_BYTES, total // 2)


def settings(name: str, total: int, root: Path = ROOT) -> dict[Path, str]:
    """Return what to write into which file, for cgroup v1 or v2."""
    memory, tasks = str(memory_limit(total)), str(MAX_TASKS)
    if (root / "cgroup.controllers").exists():
        return {root / name / "memory.max": memory, root / name / "pids.max": tasks}
    return {
        root / "memory" / name / "memory.limit_in_bytes": memory,
        root / "pids" / name / "pids.max": tasks,
    }


def limit(name: str, root: Path = ROOT) -> None:
    """Make the group and its limits; says so and goes on where the machine does not allow it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        if (root / "cgroup.controllers").exists():
            (root / "cgroup.subtree_control").write_text("+memory +pids +cpu", encoding="utf-8")
        for path, value in settings(name, total, root).items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(value, encoding="utf-8")
    except OSError as error:
        say(f"Builds run without a common memory limit: {error}.")


def remove(name: str, root: Path = ROOT) -> None:
    """Remove the group with its empty children; one that is still in use is left."""
    for top in {root / name, *root.glob(f"*/{name}")}:
        for folder, _, _ in os.walk(top, topdown=False):
            for _ in range(20):
                try:
                    Path(folder).rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.05)  # the last process is still being reaped
