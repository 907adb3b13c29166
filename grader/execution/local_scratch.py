"""The scratch folder of a local executor: held by a lock, so that what a killed one left is told and removed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.held_folder import hold, make_held

PREFIX = "takehome-"
MARK = ".local-executor"
"""A folder without this file is none of ours, whatever its name."""


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
    folder, lock = make_held(place, PREFIX)
    (folder / MARK).touch()
    return Scratch(folder.resolve(), lock)


def sweep(place: Path) -> None:
    """Remove the scratch folders of this user whose executor lives no more."""
    for folder in place.glob(f"{PREFIX}*"):
        lock = hold(folder) if _is_ours(folder) else None
        if lock is None:
            continue
        try:
            _remove(folder)
        finally:
            os.close(lock)


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
        own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        return own and stat.S_ISREG((folder / MARK).lstat().st_mode)
    except OSError:
        return False


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
