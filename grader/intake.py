"""Open a submission: a folder, .zip, .tar, .tar.gz or git checkout, copied into a fresh folder by strict rules.

Only regular files and folders pass. Links, devices, odd names, bombs and oversize are refused with the name of
the entry and the rule; known junk (virtual environments, caches, .git) is left out and listed.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from grader.errors import SubmissionError

MIB = 1024**2
MAX_ENTRIES = 20_000
MAX_DEPTH = 20
MAX_NAME = 200
MAX_FILE = 300 * MIB
MAX_TOTAL = 800 * MIB
MAX_RATIO = 200
MAX_SEEN = 400_000
"""Entries of an archive looked at, those of left-out folders included."""
MAX_JUNK = 8 * 1024 * MIB
"""Unpacked bytes of left-out entries that a compressed tar may make us read past."""
RATIO_FROM = 10 * MIB
"""A file may expand by MAX_RATIO only once it is larger than this."""

JUNK = frozenset(
    {
        ".git", ".hg", ".svn", ".venv", "venv", "env", "node_modules", "__pycache__", "__MACOSX", ".DS_Store",
        ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".idea", ".vscode", "Thumbs.db",
    }
)  # fmt: skip
CHUNK = MIB
DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
    RuntimeError, ValueError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """An opened submission: its copy, a name without a person in it, a content hash, its files with sizes."""

    folder: Path
    name: str
    sha256: str
    files: dict[str, int]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """A file to copy, or (without `open`) one to leave out; `packed` is its size in the archive."""

    name: str
    size: int
    packed: int | None
    open: Callable[[], IO[bytes]] | None


def open_submission(path: Path, target: Path) -> Submission:
    """Copy a submission into the empty folder `target` and describe it.

    Raises SubmissionError naming the entry and the rule (`rule` on the error) for whatever is refused.
    """
    target.mkdir(parents=True, exist_ok=False)
    if path.is_dir():
        entries = _from_folder(path)
    elif path.is_file():
        entries = _from_archive(path)
    else:
        raise SubmissionError(f"{path}: no such file or folder", "missing")
    skipped = _copy(entries, target)
    root = _root_of(target)
    files = {p.relative_to(root).as_posix(): p.stat().st_size for p in sorted(root.rglob("*")) if p.is_file()}
    if not files:
        raise SubmissionError(f"{path}: no files in it", "empty")
    digest = hashlib.sha256()
    for name in files:
        with (root / name).open("rb") as stream:
            inner = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{name}\0{inner}\n".encode())
    sha256 = digest.hexdigest()
    return Submission(root, f"submission-{sha256[:8]}", sha256, files, tuple(sorted(skipped)))


def _copy(entries: Iterator[_Entry], target: Path) -> set[str]:
    skipped: set[str] = set()
    seen: dict[str, str] = {}
    total = left_out = 0
    for count, entry in enumerate(entries, start=1):
        if count > MAX_SEEN or len(seen) >= MAX_ENTRIES:
            raise SubmissionError(f"more than {MAX_ENTRIES:,} entries", "too-many-entries")
        junk = junk_folder(entry.name)
        if junk is not None:
            skipped.add("/".join(checked_parts(junk)))
            left_out += entry.size
            if left_out > MAX_JUNK:
                raise SubmissionError(f"{junk!r}: more than {MAX_JUNK:,} bytes to leave out", "too-large")
            continue
        parts = checked_parts(entry.name)
        folded = unicodedata.normalize("NFC", "/".join(parts)).casefold()
        if folded in seen:
            raise SubmissionError(f"{entry.name!r}: the same name as {seen[folded]!r}", "duplicate-name")
        seen[folded] = entry.name
        total += _write(entry, target.joinpath(*parts), MAX_TOTAL - total)
    return skipped


def junk_folder(name: str) -> str | None:
    """Return the part of a name up to the first known junk in it, None where there is none."""
    parts = name.replace("\\", "/").split("/")
    found = next((i for i, part in enumerate(parts) if part in JUNK or part.startswith("._")), None)
    return None if found is None else "/".join(parts[: found + 1])


def checked_parts(name: str) -> tuple[str, ...]:
    """Return the parts of an entry's name; SubmissionError where the name breaks a rule."""
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name):
        raise SubmissionError(f"{name!r}: control characters in a name", "hostile-name")
    plain = name.replace("\\", "/")
    pure = PurePosixPath(plain)
    if pure.is_absolute() or (len(plain) > 1 and plain[1] == ":"):
        raise SubmissionError(f"{name!r}: absolute name", "absolute-name")
    parts = tuple(p for p in pure.parts if p != ".")
    if ".." in parts:
        raise SubmissionError(f"{name!r}: leaves the submission", "leaves-tree")
    if len(parts) > MAX_DEPTH:
        raise SubmissionError(f"{name!r}: more than {MAX_DEPTH} folders deep", "too-deep")
    if not parts or any(len(p.encode()) > MAX_NAME for p in parts):
        raise SubmissionError(f"{name[:80]!r}: empty or longer than {MAX_NAME} bytes", "long-name")
    return parts


def _write(entry: _Entry, target: Path, room: int) -> int:
    if entry.size > MAX_FILE:
        raise SubmissionError(f"{entry.name!r}: {entry.size:,} bytes, at most {MAX_FILE:,}", "file-too-large")
    limit = min(MAX_FILE, room)
    if entry.packed is not None:
        limit = min(limit, max(RATIO_FROM, entry.packed * MAX_RATIO))
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as sink:
            for chunk in _chunks(entry):
                written += len(chunk)
                if written > limit:
                    rule = "too-large" if limit == room else "compression-ratio"
                    raise SubmissionError(f"{entry.name!r}: expands beyond {limit:,} bytes", rule)
                sink.write(chunk)
    except (FileExistsError, NotADirectoryError) as error:
        raise SubmissionError(f"{entry.name!r}: a file and a folder of one name", "duplicate-name") from error
    return written


def _chunks(entry: _Entry) -> Iterator[bytes]:
    assert entry.open is not None
    try:
        with entry.open() as source:
            while chunk := source.read(CHUNK):
                yield chunk
    except (*DAMAGE, OSError) as error:
        raise SubmissionError(f"{entry.name!r}: damaged: {error}", "damaged") from error


def _from_folder(path: Path) -> Iterator[_Entry]:
    root = path.resolve()
    pending = [root]
    while pending:
        folder = pending.pop()
        for item in sorted(os.scandir(folder), key=lambda e: e.name):
            name = Path(item.path).relative_to(root).as_posix()
            if junk_folder(item.name) is not None:
                yield _Entry(name, 0, None, None)
            elif item.is_symlink():
                raise SubmissionError(f"{name!r}: a link; only files and folders are accepted", "link")
            elif item.is_dir(follow_symlinks=False):
                pending.append(Path(item.path))
            else:
                size = item.stat(follow_symlinks=False).st_size
                yield _Entry(name, size, None, partial(_open_regular, item.path, name))


def _open_regular(path: str, name: str) -> IO[bytes]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise SubmissionError(f"{name!r}: cannot be opened: {error.strerror}", "special-file") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SubmissionError(f"{name!r}: not a regular file", "special-file")
    return os.fdopen(handle, "rb")


def _from_archive(path: Path) -> Iterator[_Entry]:
    try:
        with path.open("rb") as stream:
            is_zip = stream.read(2) == b"PK"
        yield from _from_zip(path) if is_zip else _from_tar(path)
    except (*DAMAGE, OSError) as error:
        raise SubmissionError(
            f"{path}: not a readable .zip or .tar.gz: {str(error) or type(error).__name__}", "damaged"
        ) from error


def _from_zip(path: Path) -> Iterator[_Entry]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            if info.is_dir():
                continue
            if junk_folder(info.filename) is not None:
                yield _Entry(info.filename, 0, None, None)
                continue
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise SubmissionError(f"{info.filename!r}: a link or special file", "link")
            if info.flag_bits & 1:
                raise SubmissionError(f"{info.filename!r}: encrypted", "encrypted")
            yield _Entry(info.filename, info.file_size, info.compress_size, partial(archive.open, info))


def _from_tar(path: Path) -> Iterator[_Entry]:
    packed = path.stat().st_size
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            if junk_folder(member.name) is not None:
                yield _Entry(member.name, member.size, None, None)
                continue
            if not member.isreg():
                raise SubmissionError(f"{member.name!r}: a link or special file", "link")
            yield _Entry(member.name, member.size, max(packed, 1), partial(_open_member, archive, member))


def _open_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(member)
    if stream is None:
        raise SubmissionError(f"{member.name!r}: cannot be read", "damaged")
    return stream


def _root_of(folder: Path) -> Path:
    """Return the folder that holds the submission: `ada-main/` inside an archive is looked into."""
    while True:
        items = list(folder.iterdir())
        if (
            len(items) != 1
            or not items[0].is_dir()
            or items[0].name in ("evaluation", "notebooks", "app", "src")
        ):
            return folder
        folder = items[0]
