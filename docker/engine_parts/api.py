"""Speak to an engine over its HTTP interface, without any client program."""

import http.client
import json
import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from .errors import EngineError


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection through a Unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        """Connect to the socket instead of a host and port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connect(host: str, timeout: float) -> http.client.HTTPConnection:
    """Open a connection to `host` (unix:// or tcp://, with TLS as DOCKER_TLS_VERIFY asks)."""
    parts = urlsplit(host)
    if parts.scheme == "unix":
        return UnixConnection(parts.path, timeout)
    if parts.scheme != "tcp" or not parts.hostname:
        raise EngineError(f"DOCKER_HOST is {host!r}; expected unix://PATH or tcp://HOST:PORT")
    if not os.environ.get("DOCKER_TLS_VERIFY"):
        return http.client.HTTPConnection(parts.hostname, parts.port or 2375, timeout=timeout)
    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return http.client.HTTPSConnection(parts.hostname, parts.port or 2376, timeout=timeout, context=context)


def request(host: str, method: str, path: str, *, timeout: float = 10.0, **query: str) -> tuple[int, Any]:
    """Send one request and return the status and the decoded JSON (or the text, or None).

    Raises OSError or http.client.HTTPException where nobody answers as an engine would.
    """
    connection = connect(host, timeout)
    try:
        connection.request(method, f"{path}?{urlencode(query)}" if query else path)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    try:
        return response.status, json.loads(body) if body else None
    except ValueError:
        return response.status, body.decode(errors="replace")


def stream(
    host: str,
    path: str,
    query: list[tuple[str, str]],
    *,
    timeout: float,
    body: BinaryIO | None = None,
) -> Iterator[dict[str, Any]]:
    """POST and yield the progress messages; `timeout` bounds the silence between two of them, in seconds.

    Raises EngineError with the engine's own words where it reports a failure.
    """
    connection = connect(host, timeout)
    try:
        headers = {"Content-Type": "application/x-tar"} if body else {}
        connection.request("POST", f"{path}?{urlencode(query)}", body=body, headers=headers)
        response = connection.getresponse()
        if response.status >= 400:
            raise EngineError(response.read().decode(errors="replace").strip())
        for line in response:
            if line.strip():
                message = json.loads(line)
                if "error" in message:
                    raise EngineError(message["error"])
                yield message
    finally:
        connection.close()


def version(host: str, timeout: float = 10.0) -> tuple[str | None, str]:
    """Return the version of the engine at `host`, or None and why nobody answers."""
    try:
        status, answer = request(host, "GET", "/version", timeout=timeout)
    except (OSError, http.client.HTTPException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, reason or type(error).__name__
    if status != 200 or not isinstance(answer, dict) or "Version" not in answer:
        return None, f"status {status} without a version"
    return str(answer["Version"]), ""
