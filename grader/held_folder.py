"""Folders that are locked as long as whoever made them lives, so that nobody removes one in use."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path


def make_held(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """Make a folder, and return it with the descriptor that holds its lock; None where there are no locks."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = hold(folder)
        if lock is not None or (folder.exists() and not _can_lock(parent)):
            return folder, lock
        # Somebody swept it before it was locked.


def hold(folder: Path) -> int | None:
    """Lock a folder; None where it is in use, gone, or the file system knows no locks."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink > 0 and folder.stat().st_ino == os.fstat(handle).st_ino:
            return handle
    except OSError:
        pass  # in use, gone, or no locks here: one answer for all
    os.close(handle)
    return None


def _can_lock(parent: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix=".locking-", dir=parent) as name:
        lock = hold(Path(name))
        if lock is not None:
            os.close(lock)
        return lock is not None
