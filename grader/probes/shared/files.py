"""Find and open the files of a stranger: regular files only, no links, bounded in number and size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_ENTRIES = 200_000
JUNK = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "__MACOSX", "node_modules", "__pycache__", ".ipynb_checkpoints")
)
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def list_files(root: Path) -> dict[str, int]:
    """Return size by relative path of the regular files below a folder, shallow ones first, no links."""
    found: dict[str, int] = {}
    folders = [("", 0)]
    for prefix, depth in folders:
        try:
            with os.scandir(root / prefix) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError:
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


def read_file(root: Path, relative: str, cap: int) -> bytes:
    """Return the bytes of a regular file; ValueError says why not (a link, no file, over `cap` bytes)."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ValueError(f"found nothing readable ({type(error).__name__}), expected a file") from error
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("found a folder or special file, expected a regular file")
        if status.st_size > cap:
            raise ValueError(f"found {status.st_size} bytes, expected at most {cap}")
        data = opened.read(cap + 1)
    if data.startswith(LFS_POINTER):
        raise ValueError("found a pointer of large-file storage, expected the file itself")
    return data[:cap]
