"""A file that appears whole or not at all."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.errors import UsageError


def write_whole(path: Path, content: str) -> None:
    """Write a file under a temporary name, then give it its own; UsageError where that is not possible.

    Whatever ends the writing, nothing is left under the temporary name.
    """
    if path.is_dir():
        raise UsageError(f"{path}: cannot be written: a folder; expected a file")
    # Put in the place of a device, a file would stand there for every program of the machine.
    if (path.exists() and not path.is_file()) or path.parent.absolute() == Path("/dev"):
        raise UsageError(f"{path}: cannot be written: a device or a pipe; expected a file")
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(content, encoding="utf-8", newline="")
        fresh.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            fresh.unlink()
        if not isinstance(error, OSError):
            raise
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
