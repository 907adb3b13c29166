"""Raw output streams of containers, demultiplexed and closed for certain."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from docker.errors import DockerException
from docker.utils.socket import frames_iter

STDOUT = 1


class OutputStream:
    """Frames (is standard output, bytes) from a connection the engine has handed over.

    `connection` is what `attach_socket` or `exec_start(socket=True)` return.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __iter__(self) -> Iterator[tuple[bool, bytes]]:
        """Yield frames until the other side closes."""
        for stream, data in frames_iter(self._connection, tty=False):  # type: ignore[no-untyped-call]  # no stubs
            yield stream == STDOUT, data

    def close(self) -> None:
        """Close the connection and everything the HTTP layer holds of it."""
        response = getattr(self._connection, "_response", None)
        for closing in (response, self._connection):
            if closing is not None:
                # The two share one socket, so the second finds it closed in part.
                with contextlib.suppress(OSError, ValueError, DockerException):
                    closing.close()

    def __enter__(self) -> OutputStream:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
