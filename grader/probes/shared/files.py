"""Find and open the files of a stranger: regular files only, no links, bounded in number and size."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.probes.shared.host import of_the_host

MAX_ENTRIES = 200_000
JUNK = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "__MACOSX", "node_modules", "__pycache__", ".ipynb_checkpoints")
)
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def list_files(root: Path) -> dict[str, int]:
    """Return size by relative path of the regular files below a folder, shallow ones first, no links.

    OSError where the folder itself cannot be read.
    """
    found: dict[str, int] = {}
    folders = [("", 0)]
    for prefix, depth in folders:
        try:
            with os.scandir(root / prefix) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError as error:
            if of_the_host(error):
                raise
            if not prefix:
                # Laid out by us for everyone to read: that it is not to be read here is no word on what is in it.
                raise OSError(errno.EIO, f"a folder that was laid out cannot be read: {error}") from error
            continue
        for entry in entries:
            if len(found) >= MAX_ENTRIES:
                return found
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in JUNK and depth < 30:
                    folders.append((f"{prefix}{entry.name}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found[prefix + entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


@contextmanager
def regular_file(root: Path, relative: str, cap: int) -> Iterator[BinaryIO]:
    """Open a regular file; ValueError says why not (a link, no file, over `cap`), OSError what the host refuses."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        if of_the_host(error):
            raise
        raise ValueError(f"found nothing readable ({type(error).__name__}), expected a file") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("found a folder or special file, expected a regular file")
        if status.st_size > cap:
            raise ValueError(f"found {status.st_size} bytes, expected at most {cap}")
        with os.fdopen(handle, "rb", closefd=False) as opened:
            yield opened
    finally:
        os.close(handle)


def read_file(root: Path, relative: str, cap: int) -> bytes:
    """Return the bytes of a regular file; ValueError says why not, a pointer to a file kept elsewhere included."""
    with regular_file(root, relative, cap) as opened:
        data = opened.read(cap + 1)
    refuse_pointer(data)
    return data[:cap]


def read_head(root: Path, relative: str, cap: int) -> bytes:
    """Return the first 64 bytes of a regular file that may be too large to read whole; ValueError as above."""
    with regular_file(root, relative, cap) as opened:
        head = opened.read(64)
    refuse_pointer(head)
    return head


def refuse_pointer(data: bytes) -> None:
    """Raise ValueError where a file is a pointer of large-file storage instead of what it is named."""
    if data.startswith(LFS_POINTER):
        raise ValueError("found a pointer of large-file storage, expected the file itself")
