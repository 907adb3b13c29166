"""Where a grading works and how its result gets to its place: whole or not at all, whatever kills us."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import SandboxError, UsageError
from grader.held_folder import hold, make_held
from grader.probes.shared.host import of_the_host

PREFIX = ".grading-"
EARLIER = "earlier"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def check_out(out: Path) -> None:
    """Refuse an output folder that holds anything but an earlier result."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "report.json").is_file())):
        raise UsageError(
            f"{out}: exists and is no result of a grading; expected a new or an earlier result folder"
        )
    parent = out.parent
    parent.mkdir(parents=True, exist_ok=True)
    if not os.access(parent, os.W_OK):
        raise UsageError(f"{parent}: not writable")


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """A fresh folder on the disk of the result, removed whatever happens; what killed gradings left goes first.

    The folder is locked as long as its process lives, so that nobody removes one in use.
    """
    sweep_workspaces(parent)
    folder, lock = make_held(parent, PREFIX)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def sweep_workspaces(parent: Path) -> None:
    """Remove folders of gradings that were killed; a result moved aside and not yet replaced goes back."""
    for folder in parent.glob(f"{PREFIX}*"):
        lock = hold(folder)
        if lock is None:
            continue
        try:
            aside = folder / EARLIER
            for earlier in aside.iterdir() if aside.is_dir() else ():
                if not (parent / earlier.name).exists():
                    earlier.rename(parent / earlier.name)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def put_in_place(result: Path, out: Path) -> None:
    """Give a whole result its place in one step; an earlier one is removed last.

    The two change names at once where the system can do that. Elsewhere the earlier one is moved aside first,
    and the next grading moves it back should this one be killed in between.
    """
    aside = result.with_name(EARLIER)
    while True:
        if out.exists() and _exchange(result, out):
            shutil.rmtree(result, ignore_errors=True)
            return
        if out.exists():
            aside.mkdir(exist_ok=True)
            out.rename(aside / out.name)
        try:
            result.rename(out)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            continue  # another grading of the same submission was faster: replace its result
        shutil.rmtree(aside, ignore_errors=True)
        return


def bring_along(earlier: Path, fresh: Path, without: Collection[str]) -> None:
    """Copy what a fresh result lacks from an earlier one, but for the names that belong to that one alone."""
    for entry in sorted(earlier.iterdir()) if earlier.is_dir() else ():
        half_written = entry.name.startswith(".") and entry.name.endswith((".new", ".tmp"))
        if entry.name in without or half_written or os.path.lexists(fresh / entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        elif entry.is_file() or entry.is_symlink():
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


@contextmanager
def disk_full_is_ours(place: Path) -> Iterator[None]:
    """Turn a full disk, and what else the machine refuses, into a SandboxError that says what to do."""
    try:
        yield
    except OSError as error:
        if of_the_host(error):
            said = f"the machine refused what a grading needs: {error}; run the same command again"
            raise SandboxError(said) from error
        if error.errno not in _FULL:
            raise
        raise SandboxError(
            f"{place}: the disk is full ({error.strerror}); make room and run the same command again: "
            "finished phases are kept"
        ) from error


def _exchange(first: Path, second: Path) -> bool:
    """Let two paths change names in one step; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(AttributeError, OSError):
        call = ctypes.CDLL(None, use_errno=True).renameat2
        paths = os.fsencode(first), os.fsencode(second)
        return bool(call(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
    return False
