"""A file that appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

from grader.errors import UsageError


def write_whole(path: Path, content: str) -> None:
    """Write a file under a temporary name, then give it its own; UsageError where that is not possible."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(content, encoding="utf-8", newline="")
        fresh.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
