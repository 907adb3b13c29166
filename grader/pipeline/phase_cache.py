"""What finished phases measured, kept on this machine so that an interrupted grading goes on where it was.

An entry is one file: a line with the format, a line with the SHA-256 of all that follows, a line of JSON, then raw
float64 arrays. It is written under a temporary name and renamed. Whatever is not exactly so (another format, a
flipped byte, a missing end, another key, fields the model does not know) is no entry, and is removed. Entries hold
evidence, never points. No container mounts the folder, and it and its entries are made for their owner alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from pydantic import ValidationError

from grader.evidence.document import FloatArray
from grader.execution.runs import default_runs
from grader.types import Model, PhaseRecord, Verdict

FORMAT = b"takehome phase 1\n"
KEEP_DAYS = 30
KEEP_BYTES = 4 * 1024**3
TURN_SECONDS = 1800.0
"""How long a grading waits for another one that is at the very same phase, before it goes ahead by itself."""
LOOK_EVERY = 0.2
SHARDS = 3
OURS = ("[0-9a-f][0-9a-f]/*.phase", "[0-9a-f][0-9a-f]/.new-*")
"""The names of entries, and of halves that were never whole."""


class Measured(Model):
    """What one unit of work measured, with the records of its phases."""

    records: tuple[PhaseRecord, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether something failed on our side, so that it must be measured again."""
        return any(r.ours or r.verdict is Verdict.INFRA_ERROR for r in self.records)


M = TypeVar("M", bound=Measured)


@dataclass(frozen=True)
class Outcome(Generic[M]):
    """A unit's value and its arrays by name; `reused` where it was measured by an earlier grading."""

    value: M
    arrays: Mapping[str, FloatArray] = field(default_factory=dict)
    reused: bool = False


def default_cache() -> Path:
    """Return the cache folder: `takehome/phases` in the user's cache folder."""
    return default_runs().parent / "phases"


class PhaseCache:
    """The entries below one folder; with `fresh` nothing is read, but what is measured is kept."""

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self.folder = folder
        self._fresh = fresh

    def read(self, key: str, model: type[M]) -> Outcome[M] | None:
        """Return the entry of a key; None where there is none, after removing one that is not whole."""
        if self._fresh:
            return None
        path = self._path(key)
        try:
            outcome = _decode(path.read_bytes(), key, model)
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return outcome

    def write(self, key: str, outcome: Outcome[M]) -> None:
        """Keep an outcome; OSError where the folder cannot be written, which leaves no half of an entry."""
        path = self._path(key)
        self._make(path.parent)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(_encode(key, outcome))
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).rename(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def turn(self, key: str, waiting: Callable[[], None], seconds: float = TURN_SECONDS) -> Iterator[None]:
        """Take turns with gradings at the same phase; `waiting` is told once where one is already at it.

        The lock ends with the process that holds it, however that ends. After `seconds`, or where the folder
        cannot hold a lock, the caller goes ahead: two gradings at one phase cost time, never a result.
        """
        lock = self._lock(key)
        try:
            until = time.monotonic() + seconds
            told = False
            while lock is not None and not _locked(lock) and time.monotonic() < until:
                if not told:
                    waiting()
                    told = True
                time.sleep(LOOK_EVERY)
            yield
        finally:
            if lock is not None:
                os.close(lock)

    def prune(self, now: float | None = None, *, days: float = KEEP_DAYS, size: int = KEEP_BYTES) -> None:
        """Remove entries unused for `days`, then the longest unused ones beyond `size` bytes in all.

        Whoever names the folder may name one with files of theirs: what is no entry of a cache stays.
        """
        current = time.time() if now is None else now
        found = []
        for pattern in OURS:
            for path in self.folder.glob(pattern):
                with contextlib.suppress(OSError):
                    kept = path.lstat()
                    if stat.S_ISREG(kept.st_mode):
                        found.append((kept.st_mtime, kept.st_size, path))
        total = 0
        for used, bytes_, path in sorted(found, key=lambda entry: entry[0], reverse=True):
            total += bytes_
            left_by_a_killed_grading = path.name.startswith(".new-") and current - used > 3600
            if total > size or current - used > days * 86400 or left_by_a_killed_grading:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _make(self, inside: Path) -> None:
        """Make the folder for its owner alone, unless somebody made it before, and one inside."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        inside.mkdir(exist_ok=True, mode=0o700)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.phase"

    def _lock(self, key: str) -> int | None:
        """Open the lock of a key; a few keys share one, and lock files are never removed, so none is orphaned."""
        path = self.folder / "locks" / key[:SHARDS]
        try:
            self._make(path.parent)
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return None


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nobody can be waited for
    return True


def _encode(key: str, outcome: Outcome[M]) -> bytes:
    arrays = {n: np.ascontiguousarray(a, dtype="<f8") for n, a in sorted(outcome.arrays.items())}
    head = {
        "key": key,
        "model": type(outcome.value).__name__,
        "arrays": [[name, int(values.size)] for name, values in arrays.items()],
        "value": outcome.value.model_dump(mode="json", by_alias=False),
    }
    line = json.dumps(head, ensure_ascii=True, allow_nan=False).encode() + b"\n"
    body = line + b"".join(values.tobytes() for values in arrays.values())
    return FORMAT + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _decode(content: bytes, key: str, model: type[M]) -> Outcome[M]:
    """Return the outcome in an entry's bytes; ValueError, KeyError or TypeError where it is not exactly one."""
    head_size = len(FORMAT) + 65
    body = content[head_size:]
    if content[:head_size] != FORMAT + hashlib.sha256(body).hexdigest().encode() + b"\n":
        raise ValueError("another format, or damaged")
    end = body.index(b"\n")
    head = json.loads(body[:end])
    if head["key"] != key or head["model"] != model.__name__:
        raise ValueError("the entry of something else")
    try:
        value = model.model_validate_json(json.dumps(head["value"]), strict=True)
    except ValidationError as error:
        raise ValueError("fields of another version") from error
    arrays: dict[str, FloatArray] = {}
    start = end + 1
    for name, size in head["arrays"]:
        arrays[name] = np.frombuffer(body, dtype="<f8", count=size, offset=start).astype(np.float64)
        start += 8 * size
    if start != len(body):
        raise ValueError("more or less than was announced")
    return Outcome(value, arrays, reused=True)
