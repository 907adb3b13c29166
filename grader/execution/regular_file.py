"""Read one regular file below a folder without following any link; also run as a program inside an area.

Standard library only: its text is handed to `python -c` in the container that keeps an area.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

REFUSALS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE)
"""What the machine refuses for its own sake."""
NOT_READ = 3
"""Exit code of the program where there is no such file to be read."""


def read_regular(root: str, name: str, limit: int) -> bytes | None:
    """Return a file's bytes; None where it is absent, not a regular file, behind a link, or over `limit`.

    OSError where the machine refuses to read anything.
    """
    parts = name.split("/")
    if "\0" in name or any(part in ("", ".", "..") for part in parts):
        return None
    opened: list[int] = []
    try:
        opened.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        for part in parts[:-1]:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
            opened.append(os.open(part, flags, dir_fd=opened[-1]))
        # Without O_NONBLOCK a FIFO put there would hang whoever opens it.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        opened.append(os.open(parts[-1], flags, dir_fd=opened[-1]))
        if not stat.S_ISREG(os.fstat(opened[-1]).st_mode):
            return None
        with os.fdopen(opened.pop(), "rb") as file:
            content = file.read(limit + 1)
        return content if len(content) <= limit else None
    except OSError as error:
        if error.errno in REFUSALS:
            raise
        return None
    finally:
        for handle in opened:
            os.close(handle)


def main(arguments: list[str]) -> int:
    """Write the file (root, name, limit) to standard output; NOT_READ where there is none."""
    root, name, limit = arguments
    content = read_regular(root, name, int(limit))
    if content is None:
        return NOT_READ
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
