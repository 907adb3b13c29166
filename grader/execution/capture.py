"""Keep the head and the tail of an endless output in bounded memory, or all of a bounded one in a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from grader.errors import SandboxError
from grader.execution.protocol import Saved

MIB = 1024**2
FLOOD_FACTOR = 50
FLOOD_CEILING = 256 * MIB


class Capture:
    """One output stream: the first and the last half of `limit` bytes are kept, the rest is counted.

    Safe to be written by one thread and read by another.
    """

    def __init__(self, limit: int) -> None:
        self._head_limit = limit - limit // 2
        self._tail_limit = limit // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._lock = threading.Lock()
        self._flood = flood_limit(limit)
        self.total = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        with self._lock:
            self.total += len(data)
            room = self._head_limit - len(self._head)
            if room > 0:
                self._head += data[:room]
                data = data[room:]
            if not data or not self._tail_limit:
                return
            self._tail += data[-self._tail_limit :]
            # Trimming at twice the limit copies each byte at most once more on average.
            if len(self._tail) > 2 * self._tail_limit:
                del self._tail[: -self._tail_limit]

    @property
    def flooded(self) -> bool:
        """Whether so much came that the job is to be stopped."""
        return self.total > self._flood

    @property
    def truncated(self) -> bool:
        """Whether something between head and tail was dropped."""
        return self.total > self._head_limit + self._tail_limit

    def head(self) -> bytes:
        """Return the first half."""
        with self._lock:
            return bytes(self._head)

    def tail(self) -> bytes:
        """Return what was kept after the head."""
        with self._lock:
            return bytes(self._tail[-self._tail_limit :]) if self._tail_limit else b""

    def value(self) -> bytes:
        """Return head and tail, with a line between them that says how much is missing."""
        head, tail = self.head(), self.tail()
        missing = self.total - len(head) - len(tail)
        if missing <= 0:
            return head + tail
        return head + b"\n[... %d bytes left out ...]\n" % missing + tail


class Spool:
    """One output stream kept whole in a file of at most `limit` bytes; what comes after stops the job.

    Use it as a context manager; a disk of ours that is full raises SandboxError at the end.
    """

    truncated = False

    def __init__(self, path: Path, limit: int) -> None:
        self._file = path.open("xb")
        self._limit = limit
        self._trouble: OSError | None = None
        self.total = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self.total += len(data)
        if self.flooded or self._trouble is not None:
            return
        try:
            self._file.write(data)
        except OSError as error:
            self._trouble = error

    @property
    def flooded(self) -> bool:
        """Whether more came than may be kept."""
        return self.total > self._limit

    def value(self) -> bytes:
        """Return nothing: the output is in the file."""
        return b""

    def __enter__(self) -> Spool:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file, so that all of it can be read."""
        try:
            self._file.close()
        except OSError as trouble:
            self._trouble = trouble
        if self._trouble is not None and error is None:
            raise SandboxError(f"{self._file.name}: cannot be written: {self._trouble}")


@contextmanager
def spooled(saved: Saved | None) -> Iterator[Spool | None]:
    """Open the file that takes a job's standard output; None where there is none."""
    if saved is None:
        yield None
        return
    try:
        spool = Spool(saved.path, saved.limit)
    except OSError as error:
        raise SandboxError(f"{saved.path}: cannot be made: {error}") from error
    with spool:
        yield spool


def flood_limit(limit: int) -> int:
    """Return the bytes after which a job is stopped: 50 times what is kept, between 2 times and 256 MiB."""
    return max(2 * limit, min(FLOOD_FACTOR * limit, FLOOD_CEILING))
