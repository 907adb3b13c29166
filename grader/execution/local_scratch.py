"""The scratch folder of a local executor: held by a lock, so that what a killed one left is told and removed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

PREFIX = "takehome-"
MARK = ".local-executor"
"""The file that is locked; a folder without it is none of ours, whatever its name."""


@dataclass
class Scratch:
    """A folder of its own and the lock that says somebody is at work there."""

    folder: Path
    lock: int | None

    def release(self) -> None:
        """Remove the folder and give the lock back; safe to be called twice."""
        _remove(self.folder)
        lock, self.lock = self.lock, None
        if lock is not None:
            os.close(lock)


def open_scratch(parent: Path | None) -> Scratch:
    """Make a folder below `parent` (default: for temporary files), and remove first what killed executors left.

    OSError where none can be made.
    """
    place = Path(tempfile.gettempdir()) if parent is None else parent
    place.mkdir(parents=True, exist_ok=True)
    sweep(place)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)).resolve()
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(folder / MARK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            if _take(lock) is not False and (folder / MARK).exists():
                return Scratch(folder, lock)
            os.close(lock)
        # Another executor's sweep took the fresh folder for a dead one's before it was held.


def sweep(place: Path) -> None:
    """Remove the scratch folders of this user whose executor lives no more."""
    for folder in place.glob(f"{PREFIX}*"):
        lock = _mark_of(folder)
        if lock is None:
            continue
        try:
            if _take(lock):
                _remove(folder)
        finally:
            os.close(lock)


def _mark_of(folder: Path) -> int | None:
    """Open the mark of a folder; None where it is not there, or not ours."""
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return None
        return os.open(folder / MARK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None


def _take(lock: int) -> bool | None:
    """Return whether the lock was free and is held now; None where the file system knows no locks."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _remove(folder: Path) -> None:
    """Remove a folder, its mark last: what cannot be removed now is found again at the next start."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != MARK:
                entry.unlink(missing_ok=True)
        if {entry.name for entry in folder.iterdir()} <= {MARK}:
            (folder / MARK).unlink(missing_ok=True)
            folder.rmdir()
