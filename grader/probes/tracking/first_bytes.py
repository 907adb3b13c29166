"""The first bytes of a file that may be too large to read whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

DATABASE_CAP = 2 << 30


def read_head(root: Path, relative: str) -> bytes:
    """Return the first bytes of a regular file; ValueError where there is none or it is too large."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise ValueError("found nothing readable, expected a file") from None
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > DATABASE_CAP:
            raise ValueError(f"found {status.st_size} bytes or no regular file, expected a database")
        return opened.read(64)
