"""Mounts an engine left below its own folders."""

import ctypes
import os
from pathlib import Path

MNT_DETACH = 2


def mounts_below(mountinfo: str, *folders: Path) -> list[str]:
    """Return the mount points at and below the folders, innermost first.

    An engine mounts its data root on itself; that mount is in the way of deleting the folder.
    """
    points = [line.split()[4] for line in mountinfo.splitlines() if len(line.split()) > 4]
    plain = [p.encode().decode("unicode_escape") for p in points]
    return sorted(
        {p for p in plain for folder in folders if f"{p}/".startswith(f"{folder}/")}, key=len, reverse=True
    )


def unmount_below(*folders: Path) -> None:
    """Unmount everything at and below the folders; a busy mount is detached and goes with its last user."""
    libc = ctypes.CDLL(None, use_errno=True)
    for point in mounts_below(Path("/proc/self/mountinfo").read_text(encoding="utf-8"), *folders):
        if libc.umount2(os.fsencode(point), MNT_DETACH) and ctypes.get_errno() not in (2, 22):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), point)
