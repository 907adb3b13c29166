"""Unpacked files as one plain stream: a line of JSON per file, then its content in announced blocks.

    {"file": "app/main.py"}\n  length and bytes of a block, ..., length 0
    {"link": "app/copy.py", "to": "app/main.py"}\n
    {"end": ["left out", ...]}\n   or   {"refused": "rule", "message": "..."}\n

Lengths are four bytes, big-endian; the length ABORTED ends a file whose rest was refused, and the line that
says so follows. Whoever reads it needs neither a decompressor nor an archive's tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from grader.probes.unpack.entries import Entry
from grader.probes.unpack.nested import Nested
from grader.probes.unpack.rules import MIB, RefusedError
from grader.probes.unpack.taking import CHUNK, Parts

MAX_LINE = MIB
LENGTH = 4
ABORTED = b"\xff" * LENGTH


class FrameSink:
    """Writes what is taken as frames; `nested` looks into archives among the files."""

    def __init__(self, stream: IO[bytes], nested: Nested) -> None:
        self._stream = stream
        self._nested = nested

    def file(self, parts: Parts, chunks: Iterable[bytes]) -> None:
        """Write a file."""
        name = "/".join(parts)
        self.line({"file": name})
        try:
            for chunk in self._nested.watched(name, chunks):
                self._stream.write(len(chunk).to_bytes(LENGTH, "big"))
                self._stream.write(chunk)
        except RefusedError:
            self._stream.write(ABORTED)
            raise
        self._stream.write(bytes(LENGTH))

    def copy(self, parts: Parts, source: Parts) -> None:
        """Write that a file has the content of another one."""
        up = "../" * (len(parts) - 1)
        self.line({"link": "/".join(parts), "to": up + "/".join(source)})

    def line(self, content: dict[str, Any]) -> None:
        """Write a line of JSON."""
        self._stream.write(json.dumps(content).encode() + b"\n")


class Frames:
    """Reads frames: iterate over `entries`, then ask for what was left out.

    A stream that is cut, or is none, raises RefusedError with the rule `damaged`; a refusal written in it is
    raised as it stands.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.left_out: tuple[str, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Yield the files in the order written; each must be read before the next is asked for."""
        while True:
            line = self.line()
            match line:
                case {"file": str(name), **rest} if not rest:
                    yield Entry(name, open=lambda: _Content(self))  # type: ignore[arg-type,return-value]
                case {"link": str(name), "to": str(target), **rest} if not rest:
                    yield Entry(name, link=target)
                case {"end": list(names), **rest} if not rest and all(isinstance(n, str) for n in names):
                    self.left_out = tuple(names)
                    return
                case _:
                    raise _refusal(line)

    def line(self) -> object:
        """Return the next line, decoded."""
        line = self.stream.readline(MAX_LINE)
        if not line.endswith(b"\n"):
            raise _broken("an unfinished line")
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _broken("a line that is not JSON") from error


class _Content:
    """The content of one file of a stream, read to its end."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def read(self, size: int) -> bytes:
        """Return the next block, of at most CHUNK bytes whatever is asked for; empty at the end."""
        announced = self._frames.stream.read(LENGTH)
        if announced == ABORTED:
            raise _refusal(self._frames.line())
        length = int.from_bytes(announced, "big")
        if len(announced) != LENGTH or length > CHUNK:
            raise _broken("a block without length")
        block = self._frames.stream.read(length)
        if len(block) != length:
            raise _broken("a block that is cut")
        return block

    def __enter__(self) -> _Content:
        return self

    def __exit__(self, *_: object) -> None:
        return


def _refusal(line: object) -> RefusedError:
    match line:
        case {"refused": str(rule), "message": str(message), **rest} if not rest:
            return RefusedError(rule[:40], message[:1000])
    return _broken("an unknown line")


def _broken(found: str) -> RefusedError:
    return RefusedError("damaged", f"the unpacked stream has {found}; expected whole frames")
