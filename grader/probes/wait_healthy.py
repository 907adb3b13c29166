"""Wait until a service answers HTTP on a port: `wait_healthy.py PORT SECONDS`.

Prints `{"started": bool, "seconds": float}`; `/health` with 200 counts, after the time any HTTP answer does.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import math
import re
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

# region http: a client that a hostile service cannot hold; the same text in the probes that ask, a test says so
Json = Any
ANSWER_CAP, ANSWER_SECONDS = 8 << 20, 10.0


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 and a reason in `error` where there is no whole HTTP answer in time."""

    status: int
    body: bytes = b""
    kind: str = ""
    seconds: float = 0.0
    error: str = ""

    def json(self) -> Json:
        """Return the body as JSON, None where it is none."""
        if self.kind_packed():
            return None
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return None

    def kind_packed(self) -> bool:
        """Return whether the body came packed although nobody asked for it."""
        return "packed" in self.error


class Received:
    """Bytes that were received, in the shape `http.client` reads from."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, mode: str) -> io.BytesIO:
        """Return the bytes as a file."""
        return io.BytesIO(self.data)


def whole(data: bytes, method: str) -> bool:
    """Return whether the bytes are a complete HTTP answer, so that nobody waits for the connection's end."""
    head, mark, body = data.partition(b"\r\n\r\n")
    if not mark:
        return False
    if head[:12].split(b" ")[-1][:1] == b"1" or method == "HEAD":
        return False
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", lower)
    return found is not None and len(body) >= int(found[1])


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


def tail(data: bytearray) -> bytes:
    """Return the head and the end of long data, as much as `whole` looks at where no length is given."""
    head, mark, _ = bytes(data[:65536]).partition(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", head.lower())
    if found and len(data) - len(head) - len(mark) < int(found[1]):
        return b""
    return bytes(data) if found else head + mark + bytes(data[-64:])


def load(send: Callable[[int], bool], rate: float, seconds: float) -> dict[str, Json]:
    """Return a LatencySeries: requests leave on schedule whatever came back, timed from when they were due."""
    total = max(1, int(rate * seconds))
    taken: list[float] = []
    begin = time.monotonic() + 0.2

    def one(place: int) -> None:
        due = begin + place / rate
        if send(place):
            taken.append((time.monotonic() - due) * 1000)

    with ThreadPoolExecutor(max_workers=64) as pool:
        for place in range(total):
            time.sleep(max(0.0, begin + place / rate - time.monotonic()))
            pool.submit(one, place)
    ranked = sorted(taken)

    def quantile(share: float) -> float | None:
        return round(ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)], 3) if ranked else None

    counts = {
        "rate": rate,
        "seconds": seconds,
        "sent": total,
        "answered": len(ranked),
        "errors": total - len(ranked),
    }
    return {**counts, "p50_ms": quantile(0.5), "p95_ms": quantile(0.95), "p99_ms": quantile(0.99)}


# endregion


def main() -> None:
    """Poll the port five times a second."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    begin = time.monotonic()
    answered = False
    while time.monotonic() - begin < seconds:
        status = ask(port, "GET", "/health", seconds=2.0).status
        answered = status > 0
        if status == 200 or (answered and time.monotonic() - begin > 3 and status < 500):
            break
        time.sleep(0.2)
    result = {"started": answered, "seconds": round(time.monotonic() - begin, 3)}
    print(json.dumps({"result": result, "arrays": []}))


if __name__ == "__main__":
    main()
