"""How much the archives inside a submission would unpack to, for whoever opens them later."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from grader.probes.unpack.entries import DAMAGE
from grader.probes.unpack.rules import MIB, EntryRules, RefusedError

MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
LEVELS = 8
"""Archives inside archives that are looked into."""
IN_MEMORY = 8 * MIB


class Nested:
    """Adds up what the nested archives of one submission unpack to."""

    def __init__(self, rules: EntryRules) -> None:
        self._rules = rules
        self._room = rules.nested_bytes

    def watched(self, name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass a file's content on, and look into it at its end; RefusedError where it is a bomb."""
        copy: IO[bytes] | None = None
        first = True
        try:
            for chunk in chunks:
                if first and chunk.startswith(MAGIC):
                    copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed below
                first = False
                if copy is not None:
                    copy.write(chunk)
                yield chunk
            if copy is not None:
                self._look(name, copy, LEVELS)
        finally:
            if copy is not None:
                copy.close()

    def _look(self, name: str, stream: IO[bytes], levels: int) -> None:
        stream.seek(0)
        head = stream.read(6)
        stream.seek(0)
        try:
            if head.startswith(b"PK"):
                self._look_into_zip(name, stream, levels)
            elif head.startswith(MAGIC):
                with _decompressed(stream, head) as inner:
                    while chunk := inner.read(MIB):
                        self._spend(name, len(chunk))
        except (*DAMAGE, OSError):
            # Not an archive after all, or a damaged one: a file like any other.
            return

    def _look_into_zip(self, name: str, stream: IO[bytes], levels: int) -> None:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            for info in infos:
                self._spend(name, info.file_size)
            for info in infos if levels > 1 else ():
                if info.is_dir() or info.flag_bits & 1 or info.file_size > self._rules.file_bytes:
                    continue
                with archive.open(info) as inner:
                    head = inner.read(6)
                    if not head.startswith(MAGIC):
                        continue
                    with tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
                        copy.write(head)
                        while chunk := inner.read(MIB):
                            copy.write(chunk)
                        self._look(f"{name}/{info.filename}"[:200], copy, levels - 1)

    def _spend(self, name: str, size: int) -> None:
        self._room -= size
        if self._room < 0:
            limit = self._rules.nested_bytes
            raise RefusedError(
                "nested-bomb", f"{name!r}: archives inside unpack to more than {limit:,} bytes"
            )


def _decompressed(stream: IO[bytes], head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream, mode="rb")  # type: ignore[return-value]  # reads as one
    if head.startswith(b"BZh"):
        return bz2.BZ2File(stream, mode="rb")
    return lzma.LZMAFile(stream, mode="rb")
