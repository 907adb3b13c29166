"""Notice that the engine was restarted: it kills our containers, and their ends look like the candidate's doing."""

from __future__ import annotations

import contextlib
import select
import threading
from typing import Any

import requests
from docker.errors import DockerException

from docker import DockerClient
from grader.errors import SandboxError
from grader.execution.engine import engine_errors


class EngineLife:
    """Holds one idle connection to the engine; it ends when the engine ends, however soon that is back."""

    def __init__(self, client: DockerClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._restarts = 0
        self._response: Any = None
        self._socket: Any = None

    def mark(self) -> int:
        """Return how often the engine was seen to be restarted; SandboxError where it does not answer."""
        with self._lock:
            if self._response is not None and self._ended():
                self._close()
                self._restarts += 1
            if self._response is None:
                with engine_errors("watching over the engine"):
                    self._open()
            return self._restarts

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._close()

    def _open(self) -> None:
        api: Any = self._client.api
        # The stream of events about the engine itself: it stays open, and says next to nothing.
        parameters = {"filters": '{"type": ["daemon"]}'}
        response = api._get(api._url("/events"), params=parameters, stream=True, timeout=(10, None))
        response.raise_for_status()
        self._response, self._socket = response, api._get_raw_response_socket(response)

    def _ended(self) -> bool:
        """Whether the other side has closed the connection; what it says otherwise is read and dropped."""
        try:
            while select.select([self._socket], [], [], 0)[0]:
                said = self._socket.read(65536) if hasattr(self._socket, "read") else self._socket.recv(65536)
                if not said:
                    return True
        except (OSError, ValueError):
            return True
        return False

    def _close(self) -> None:
        for part in (self._response, self._socket):
            if part is not None:
                with contextlib.suppress(OSError, ValueError, DockerException, requests.RequestException):
                    part.close()
        self._response = self._socket = None


class LifeSince:
    """The engine's life since a moment."""

    def __init__(self, life: EngineLife) -> None:
        self._life = life
        self._mark = life.mark()

    def check(self, doing: str) -> None:
        """Raise SandboxError where the engine was restarted since then."""
        if self._life.mark() != self._mark:
            raise SandboxError(f"the Docker engine was restarted while {doing}")
