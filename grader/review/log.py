"""`review.jsonl`: read whole, only ever added to, each line bound to the one before by its SHA-256."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from grader.errors import UsageError
from grader.review.entries import ENTRY, AnyEntry

NAME = "review.jsonl"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a result folder against other reviewers and re-scorings; waits for them.

    The folder itself is locked, since scoring again gives its name to a new one: whoever waited for the old
    folder then goes on to the new.
    """
    while True:
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise UsageError(
                f"{folder}: {error.strerror}; expected the result folder of a grading"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if folder.exists() and folder.stat().st_ino == os.fstat(handle).st_ino:
                yield
                return
        finally:
            os.close(handle)


def read_log(folder: Path) -> tuple[AnyEntry, ...]:
    """Return all entries, oldest first; UsageError where a line was changed, removed or cut.

    The chain alone would not show that the last lines were changed or removed; `report.json` keeps the digest
    of the last line it was made with. Lines after that one are well: they were recorded, and then the reports
    could not be written.
    """
    path = folder / NAME
    entries: list[AnyEntry] = []
    previous = ""
    published = _published(folder)
    found = not published
    for number, line in enumerate(_lines(path), start=1):
        try:
            entry = ENTRY.validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the line"
            raise UsageError(f"{path}: line {number}: {place}: {first['msg']}") from error
        if entry.previous != previous:
            raise UsageError(
                f"{path}: line {number} does not follow from the line before it: the log was changed by hand"
            )
        entries.append(entry)
        previous = digest(line)
        found = found or previous == published
    if not found:
        raise UsageError(
            f"{path}: the last line was changed or lines were removed: none of its {len(entries)} lines has the "
            f"SHA-256 {published[:12]}… that report.json was published with; expected the log as it was then, "
            "put it back"
        )
    return tuple(entries)


def last_digest(folder: Path) -> str:
    """Return the SHA-256 of the last line; empty without one."""
    lines = _lines(folder / NAME)
    return digest(lines[-1]) if lines else ""


def chained(entries: Sequence[AnyEntry], previous: str) -> tuple[AnyEntry, ...]:
    """Bind each new entry to the one before it; the first to `previous`."""
    bound: list[AnyEntry] = []
    for entry in entries:
        bound.append(entry.model_copy(update={"previous": previous}))
        previous = digest(bound[-1].model_dump_json().encode())
    return tuple(bound)


def append(folder: Path, entries: Sequence[AnyEntry]) -> None:
    """Add entries in one write that has reached the disk when this returns; call it under `locked`."""
    data = b"".join(entry.model_dump_json().encode() + b"\n" for entry in entries)
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        before = os.fstat(handle).st_size
        try:
            if os.write(handle, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
        except OSError as error:
            os.ftruncate(handle, before)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise UsageError(f"{folder / NAME}: the disk is full; nothing was recorded") from error
    finally:
        os.close(handle)
    if not before:
        _name_kept(folder)


def digest(line: bytes) -> str:
    """Return the SHA-256 of a line without its line feed, in hex."""
    return hashlib.sha256(line).hexdigest()


def _name_kept(folder: Path) -> None:
    """Bring the name of a new log to the disk too, or reports made from it could outlive it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _published(folder: Path) -> str:
    """Return the digest in `report.json`; empty where there is none, or no report that could be read."""
    try:
        report = json.loads((folder / "report.json").read_bytes())
    except (OSError, ValueError):
        return ""
    kept = report.get("review") if isinstance(report, dict) else None
    return kept if isinstance(kept, str) else ""


def _lines(path: Path) -> list[bytes]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path}: not readable: {error.strerror}") from error
    if data and not data.endswith(b"\n"):
        raise UsageError(f"{path}: the last line is not whole; remove it and repeat that decision")
    return data.split(b"\n")[:-1]
