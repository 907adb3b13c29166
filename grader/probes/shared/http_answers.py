"""What an HTTP answer is, whole or not, trusted in nothing."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass

from grader.probes.shared.text import Json

ANSWER_CAP = 8 << 20
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*(?:\r\n|$)")


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
    if CHUNKED.search(lower):
        return body.endswith(b"0\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", lower)
    return found is not None and len(body) >= int(found[1])


def tail(data: bytearray) -> bytes:
    """Return the head and the end of long data, as much as `whole` looks at where no length is given."""
    head, mark, _ = bytes(data[:65536]).partition(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", head.lower())
    if found and len(data) - len(head) - len(mark) < int(found[1]):
        return b""
    return bytes(data) if found else head + mark + bytes(data[-64:])
