"""What is in a zip or tar, entry by entry, nothing of it believed."""

from __future__ import annotations

import errno
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from grader.probes.shared.host import of_the_host
from grader.probes.unpack.rules import RefusedError, junk_folder

DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
    RuntimeError, ValueError, IndexError, KeyError, OverflowError, MemoryError, struct.error,
)  # fmt: skip
"""What Python's readers raise on archives that are cut, altered or made up."""
NO_TAR = "file could not be opened successfully"
"""How tarfile begins its list of all that it tried; no candidate learns from it what is expected."""
MAX_LINK = 4096


@dataclass(frozen=True)
class Entry:
    """One entry: a file to `open`, a `link` to another file, or neither (a folder, or one to leave out).

    `size` is what the entry announces, `packed` its bytes in the archive where known.
    """

    name: str
    size: int = 0
    packed: int | None = None
    open: Callable[[], IO[bytes]] | None = None
    link: str | None = None


def from_archive(path: Path) -> Iterator[Entry]:
    """Yield the entries of a .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz; RefusedError where it is none."""
    try:
        try:
            with path.open("rb") as stream:
                is_zip = stream.read(2) == b"PK"
        except OSError as error:
            # A copy of ours for everyone to read.
            raise OSError(errno.EIO, f"the archive that was laid out cannot be read: {error}") from error
        yield from _from_zip(path) if is_zip else _from_tar(path)
    except tarfile.ReadError as error:
        if not str(error).startswith(NO_TAR):
            raise RefusedError("damaged", f"not a readable .zip or .tar.gz: {str(error)[:300]}") from error
        found = "neither a zip nor a tar" if path.stat().st_size else "an empty file"
        raise RefusedError("damaged", f"expected a folder, .zip or .tar.gz; found {found}") from error
    except (*DAMAGE, OSError) as error:
        if of_the_host(error):
            raise
        said = str(error)[:300] or type(error).__name__
        raise RefusedError("damaged", f"not a readable .zip or .tar.gz: {said}") from error


def _from_zip(path: Path) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if junk_folder(info.filename) is not None or info.is_dir():
                yield Entry(info.filename)
            elif info.flag_bits & 1:
                raise RefusedError("encrypted", f"{info.filename!r}: encrypted")
            elif kind == stat.S_IFLNK:
                yield Entry(info.filename, link=_target(archive, info))
            elif kind not in (0, stat.S_IFREG):
                raise RefusedError("special-file", f"{info.filename!r}: a device, FIFO or socket")
            else:
                yield Entry(info.filename, info.file_size, info.compress_size, partial(archive.open, info))


def _target(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with archive.open(info) as stream:
        return stream.read(MAX_LINK).decode("utf-8", "surrogateescape")


def _from_tar(path: Path) -> Iterator[Entry]:
    packed = max(path.stat().st_size, 1)
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            if junk_folder(member.name) is not None:
                yield Entry(member.name, max(member.size, 0))
            elif member.isdir():
                yield Entry(member.name)
            elif member.issym():
                yield Entry(member.name, link=member.linkname)
            elif member.islnk():
                # A hard link names its file from the top of the archive, a symbolic one from where it is.
                up = "../" * (member.name.strip("/").count("/"))
                yield Entry(member.name, link=up + member.linkname.removeprefix("./"))
            elif not member.isreg():
                raise RefusedError("special-file", f"{member.name!r}: a device, FIFO or socket")
            else:
                yield Entry(member.name, member.size, packed, partial(_open_member, archive, member))


def _open_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(member)
    if stream is None:
        raise RefusedError("damaged", f"{member.name!r}: cannot be read")
    return stream
