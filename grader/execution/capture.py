"""Keep the head and the tail of an endless output in bounded memory."""

from __future__ import annotations

import threading

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


def flood_limit(limit: int) -> int:
    """Return the bytes after which a job is stopped: 50 times what is kept, between 2 times and 256 MiB."""
    return max(2 * limit, min(FLOOD_FACTOR * limit, FLOOD_CEILING))
