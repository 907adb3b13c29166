"""Take entries one by one under the rules, into whatever keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from grader.probes.shared.host import of_the_host
from grader.probes.unpack.entries import DAMAGE, Entry
from grader.probes.unpack.rules import MIB, EntryRules, RefusedError, checked_parts, folded, junk_folder

CHUNK = MIB
NAMED = 500
"""Left-out names that are listed."""

Parts = tuple[str, ...]


class Sink(Protocol):
    """What keeps the files that are taken."""

    def file(self, parts: Parts, chunks: Iterable[bytes]) -> None:
        """Keep a file under its name."""

    def copy(self, parts: Parts, source: Parts) -> None:
        """Keep under `parts` what was kept under `source` before."""


@dataclass
class _Taken:
    rules: EntryRules
    sink: Sink
    names: dict[str, str] = field(default_factory=dict)
    """Folded name to the name as given, links included."""
    kept: dict[Parts, int] = field(default_factory=dict)
    """Bytes of the files that the sink has."""
    folders: dict[str, Parts] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    total: int = 0
    left_out_bytes: int = 0


def take(entries: Iterable[Entry], sink: Sink, rules: EntryRules) -> tuple[str, ...]:
    """Take all entries and return what was left out; RefusedError at the first broken rule.

    A link to a file of the submission is kept as a copy of that file; any other link is refused.
    """
    taken = _Taken(rules, sink)
    links: list[tuple[Entry, Parts]] = []
    for count, entry in enumerate(entries, start=1):
        if count > rules.looked_at:
            raise RefusedError("too-many-entries", f"{entry.name[:80]!r}: entry {count:,}; too many")
        junk = junk_folder(entry.name)
        if junk is not None:
            _leave_out(taken, entry, junk)
            continue
        if entry.open is None and entry.link is None:
            if entry.name.strip("./\\") or ".." in entry.name:
                checked_parts(entry.name, rules)
            continue
        parts = checked_parts(entry.name, rules)
        _claim(taken, entry.name, parts)
        if entry.link is not None:
            links.append((entry, parts))
        else:
            _file(taken, entry, parts)
    for entry, parts in links:
        _link(taken, entry, parts)
    return tuple(sorted(taken.left_out))


def _leave_out(taken: _Taken, entry: Entry, junk: str) -> None:
    if len(taken.left_out) < NAMED:
        taken.left_out.add("/".join(checked_parts(junk, taken.rules)))
    taken.left_out_bytes += entry.size
    if taken.left_out_bytes > taken.rules.left_out_bytes:
        limit = taken.rules.left_out_bytes
        raise RefusedError("too-large", f"{junk!r}: more than {limit:,} bytes to leave out")


def _claim(taken: _Taken, name: str, parts: Parts) -> None:
    """Reserve a name; RefusedError where a file system could take it for another entry's."""
    key = folded(parts)
    if len(taken.names) >= taken.rules.entries:
        raise RefusedError("too-many-entries", f"{name[:80]!r}: more than {taken.rules.entries:,} files")
    if key in taken.names:
        raise RefusedError("duplicate-name", f"{name!r}: the same name as {taken.names[key]!r}")
    if key in taken.folders:
        raise RefusedError("duplicate-name", f"{name!r}: a file and a folder of one name")
    for depth in range(1, len(parts)):
        above = folded(parts[:depth])
        if above in taken.names:
            raise RefusedError("duplicate-name", f"{name!r}: {taken.names[above]!r} is a file and a folder")
        if taken.folders.setdefault(above, parts[:depth]) != parts[:depth]:
            other = "/".join(taken.folders[above])
            raise RefusedError("duplicate-name", f"{name!r}: its folder is written {other!r} elsewhere")
    taken.names[key] = name


def _file(taken: _Taken, entry: Entry, parts: Parts) -> None:
    rules = taken.rules
    if entry.size > rules.file_bytes:
        raise RefusedError(
            "file-too-large", f"{entry.name!r}: {entry.size:,} bytes, at most {rules.file_bytes:,}"
        )
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in _chunks(entry):
            size += len(chunk)
            _check_size(taken, entry, size)
            yield chunk

    taken.sink.file(parts, counted())
    taken.total += size
    taken.kept[parts] = size


def _check_size(taken: _Taken, entry: Entry, size: int) -> None:
    """Hold what really comes out against the limits: what an entry announces is not believed."""
    rules = taken.rules
    if entry.packed is not None and size > max(rules.ratio_from_bytes, entry.packed * rules.ratio):
        message = f"{entry.name!r}: unpacks to more than {rules.ratio} times its size"
        raise RefusedError("compression-ratio", message)
    if size > rules.file_bytes:
        raise RefusedError("file-too-large", f"{entry.name!r}: more than {rules.file_bytes:,} bytes")
    if taken.total + size > rules.total_bytes:
        raise RefusedError("too-large", f"{entry.name!r}: more than {rules.total_bytes:,} bytes in all")


def _chunks(entry: Entry) -> Iterator[bytes]:
    assert entry.open is not None
    try:
        with entry.open() as source:
            while chunk := source.read(CHUNK):
                yield chunk
    except (*DAMAGE, OSError) as error:
        if of_the_host(error):
            raise
        # The reader of zips names the entry, too.
        said = str(error).replace(f" for file {entry.name!r}", "")[:300] or type(error).__name__
        raise RefusedError("damaged", f"{entry.name!r}: {said}") from error


def _link(taken: _Taken, entry: Entry, parts: Parts) -> None:
    """Keep a copy of the file that a link leads to without leaving the submission."""
    shown = f"{entry.name!r}: a link to {(entry.link or '')[:80]!r}"
    target = _followed(parts, entry.link or "")
    if target is None:
        raise RefusedError("link-leaves-tree", f"{shown}, which is outside the submission")
    size = taken.kept.get(target)
    if size is None:
        raise RefusedError("link", f"{shown}, which is no file of the submission")
    taken.total += size
    if taken.total > taken.rules.total_bytes:
        limit = taken.rules.total_bytes
        raise RefusedError("too-large", f"{entry.name!r}: more than {limit:,} bytes in all")
    taken.sink.copy(parts, target)


def _followed(parts: Parts, link: str) -> Parts | None:
    """Return where a link leads, from the top of the submission; None where it leaves it."""
    plain = link.replace("\\", "/")
    if not plain or PurePosixPath(plain).is_absolute() or "\0" in plain or plain[1:2] == ":":
        return None
    place = list(parts[:-1])
    for step in PurePosixPath(plain).parts:
        if step == "..":
            if not place:
                return None
            place.pop()
        else:
            place.append(step)
    return tuple(place)
