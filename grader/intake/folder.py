"""What is in a folder of this machine, links never followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from grader.errors import SandboxError
from grader.probes.shared.host import of_the_host
from grader.probes.unpack.entries import Entry
from grader.probes.unpack.rules import EntryRules, RefusedError, junk_folder


def from_folder(path: Path, rules: EntryRules) -> Iterator[Entry]:
    """Yield the entries below a folder; RefusedError at a device, FIFO or socket, or what cannot be read."""
    root = path.resolve()
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        for item in _listed(folder, root):
            name = Path(item.path).relative_to(root).as_posix()
            if junk_folder(item.name) is not None:
                yield Entry(name)
            elif item.is_symlink():
                yield Entry(name, link=str(Path(item.path).readlink()))
            elif item.is_dir(follow_symlinks=False):
                if depth >= rules.depth:
                    raise RefusedError("too-deep", f"{name[:80]!r}: more than {rules.depth} folders deep")
                yield Entry(name)
                pending.append((Path(item.path), depth + 1))
            else:
                size = item.stat(follow_symlinks=False).st_size
                yield Entry(name, size, open=partial(_open_regular, item.path, name))


def _listed(folder: Path, root: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        if of_the_host(error):
            raise SandboxError(f"{folder}: cannot be read: {error.strerror}") from error
        name = folder.relative_to(root).as_posix()
        raise RefusedError("unreadable", f"{name!r}: the folder cannot be read: {error.strerror}") from error


def _open_regular(path: str, name: str) -> IO[bytes]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if of_the_host(error):
            raise SandboxError(f"{path}: cannot be opened: {error.strerror}") from error
        raise RefusedError("special-file", f"{name!r}: cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise RefusedError("special-file", f"{name!r}: not a regular file")
    return os.fdopen(handle, "rb")
