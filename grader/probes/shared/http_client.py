"""An HTTP client that a hostile service cannot hold."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time

from grader.probes.shared.host import of_the_host
from grader.probes.shared.http_answers import ANSWER_CAP, Answer, Received, tail, whole

ANSWER_SECONDS = 10.0


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    kind: str = "application/json",
    extra: str = "",
    seconds: float = ANSWER_SECONDS,
) -> Answer:
    """Send one request to 127.0.0.1 and read one answer, at most 8 MiB within `seconds` altogether."""
    begin = time.monotonic()
    end = begin + seconds
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nAccept: application/json\r\n"
    if body is not None:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    data = bytearray()
    reason = ""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=max(0.05, seconds)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_QUICKACK"):  # else a head and a body sent apart cost a service 40 ms
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                link.settimeout(max(0.05, end - time.monotonic()))
                link.sendall(f"{head}{extra}\r\n".encode("latin-1") + (body or b""))
            while not whole(bytes(data) if len(data) < 65536 else tail(data), method):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                link.settimeout(left)
                part = link.recv(1 << 18)
                if not part:
                    break
                data += part
                if len(data) > ANSWER_CAP:
                    return Answer(0, seconds=time.monotonic() - begin, error=f"over {ANSWER_CAP} bytes")
    except TimeoutError:
        return Answer(0, seconds=time.monotonic() - begin, error=f"no whole answer within {seconds:g} s")
    except OSError as error:
        if of_the_host(error):
            raise  # no answer of the service, but a connection that we could not make
        reason = type(error).__name__
    took = time.monotonic() - begin
    try:
        response = http.client.HTTPResponse(Received(bytes(data)), method=method)  # type: ignore[arg-type]
        response.begin()
        content = response.read(ANSWER_CAP)
    except (http.client.HTTPException, ValueError, OSError) as error:
        return Answer(0, seconds=took, error=reason or type(error).__name__)
    packed = response.getheader("Content-Encoding", "identity").lower() not in ("identity", "")
    kept = b"" if packed else content
    return Answer(
        response.status, kept, response.getheader("Content-Type", ""), took, "packed" if packed else ""
    )
