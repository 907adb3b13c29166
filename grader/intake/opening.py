"""Open a submission: a folder, .zip, .tar.gz or git checkout, copied into a fresh folder by strict rules.

Only regular files and folders come out. Links that leave the submission, devices, odd names, bombs and oversize
are refused with the name of the entry and the rule; known junk (virtual environments, caches, .git) is left out
and listed. No archive is read here: whoever opens one says how it is turned into a plain stream of files.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError, SubmissionError
from grader.intake.folder import from_folder
from grader.probes.unpack.frames import Frames
from grader.probes.unpack.rules import EntryRules, RefusedError
from grader.probes.unpack.taking import Parts, take
from grader.probes.unpack.unpacking import unpack as unpack_to

CONTENTS = ("evaluation", "notebooks", "app", "src", "mlruns")
"""Folders that are part of a submission, though they may be all there is of it."""

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
"""Endings of what holds a submission where it is the only file; of a kind that is not opened, it is refused."""

Unpack = Callable[[Path, Path], None]
"""Turns an archive into a new file of frames; SubmissionError where that cannot be done."""


@dataclass(frozen=True)
class Submission:
    """An opened submission: its copy, a name without a person in it, a content hash, its files with sizes."""

    folder: Path
    name: str
    sha256: str
    files: dict[str, int]
    skipped: tuple[str, ...]


class _FolderSink:
    """Writes what is taken below a fresh folder of ours."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def file(self, parts: Parts, chunks: Iterable[bytes]) -> None:
        """Write a file."""
        path = self._target.joinpath(*parts)
        chunk = b""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as sink:
                for chunk in chunks:
                    sink.write(chunk)
        except OSError as error:
            raise _not_written(path, error) from error

    def copy(self, parts: Parts, source: Parts) -> None:
        """Write a copy of a file written before."""
        path = self._target.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._target.joinpath(*source), path, follow_symlinks=False)
        except OSError as error:
            raise _not_written(path, error) from error


def open_submission(path: Path, target: Path, unpack: Unpack, rules: EntryRules | None = None) -> Submission:
    """Copy a submission into the new folder `target` and describe it.

    Raises SubmissionError naming the entry and the rule (`rule` on the error) for whatever is refused, and
    SandboxError where this machine's disk is full.
    """
    rules = rules or EntryRules()
    target.mkdir(parents=True, exist_ok=False)
    try:
        skipped = (*_taken(path, target, unpack, rules), *_taken_from_inside(target, unpack, rules))
    except RefusedError as error:
        raise rejected(path, error.rule, str(error)) from error
    root = _root_of(target)
    files = {p.relative_to(root).as_posix(): p.stat().st_size for p in sorted(root.rglob("*")) if p.is_file()}
    if not files:
        raise rejected(path, "empty", "no files in it")
    sha256 = content_hash(root, files)
    return Submission(root, f"submission-{sha256[:8]}", sha256, files, skipped)


def unpack_here(archive: Path, frames: Path, rules: EntryRules | None = None) -> None:
    """Turn an archive into frames in this very process: for one's own archives and for tests."""
    with frames.open("xb") as stream:
        unpack_to(archive, stream, rules or EntryRules())


def content_hash(root: Path, files: Iterable[str]) -> str:
    """Return one hash of names and contents, the same for every form of delivery."""
    digest = hashlib.sha256()
    for name in sorted(files):
        with (root / name).open("rb") as stream:
            inner = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{name}\0{inner}\n".encode())
    return digest.hexdigest()


def rejected(path: Path, rule: str, message: str) -> SubmissionError:
    """Return the error of a submission that is refused, with the verdict and the rule in its words."""
    broken = rule == "damaged" and path.is_file() and not message.startswith("expected")
    to_do = "; ask for it again" if broken else ""
    return SubmissionError(f"{path}: REJECTED_INTAKE [{rule}] {message}{to_do}", rule)


def _taken(path: Path, target: Path, unpack: Unpack, rules: EntryRules) -> tuple[str, ...]:
    sink = _FolderSink(target)
    if path.is_dir():
        return take(from_folder(path, rules), sink, rules)
    if not path.is_file():
        raise RefusedError("missing", "no such file or folder")
    size = path.stat().st_size
    if size > rules.archive_bytes:
        raise RefusedError("too-large", f"an archive of {size:,} bytes, at most {rules.archive_bytes:,}")
    # A copy, so that what is judged stays the same, and can be read by the user that archives are unpacked as.
    archive, stream = target.with_name(f"{target.name}.archive"), target.with_name(f"{target.name}.frames")
    try:
        shutil.copyfile(path, archive)
        archive.chmod(0o644)
        unpack(archive, stream)
        with stream.open("rb") as opened:
            frames = Frames(opened)
            take(frames.entries(), sink, rules)
        return frames.left_out
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        archive.unlink(missing_ok=True)
        stream.unlink(missing_ok=True)


def _taken_from_inside(target: Path, unpack: Unpack, rules: EntryRules) -> tuple[str, ...]:
    """Open the archive that is all there is of a submission, once, under the same rules as the outer one."""
    found = _sole_archive(target)
    if found is None:
        return ()
    inner = target.with_name(f"{target.name}.inner")
    try:
        found.replace(inner)
        shutil.rmtree(target)
        target.mkdir()
        skipped = _taken(inner, target, unpack, rules)
    except RefusedError as error:
        raise RefusedError(error.rule, f"{found.name!r} inside: {error}") from error
    finally:
        inner.unlink(missing_ok=True)
    deeper = _sole_archive(target)
    if deeper is not None:
        raise RefusedError(
            "nested-archive",
            f"{found.name!r} inside: it holds an archive again, {deeper.name!r}; pack it once",
        )
    return skipped


def _sole_archive(folder: Path) -> Path | None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return files[0] if len(files) == 1 and files[0].name.lower().endswith(ARCHIVES) else None


def _not_written(path: Path, error: OSError) -> Exception:
    """Return whose fault a failed write is: a name this disk cannot hold is theirs, a full disk is ours."""
    if error.errno in (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL):
        return RefusedError("long-name", f"{path.name[:80]!r}: no name for a file of this machine")
    return SandboxError(f"{path}: the submission cannot be copied: {error.strerror or error}")


def _root_of(folder: Path) -> Path:
    """Return the folder that holds the submission: `ada-main/` inside an archive is looked into."""
    while True:
        items = list(folder.iterdir())
        if len(items) != 1 or not items[0].is_dir() or items[0].name in CONTENTS:
            return folder
        folder = items[0]
