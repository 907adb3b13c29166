"""Pack a submission into a clean zip, by the very rules it will be opened with."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.intake.opening import Submission, open_submission, unpack_here

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same files give the same bytes."""
MODE = 0o100644


@dataclass(frozen=True)
class Packed:
    """A zip that intake accepts, and what is in it."""

    path: Path
    size: int
    submission: Submission


def pack(folder: Path, out: Path) -> Packed:
    """Write the files of `folder` to the zip `out`, whole or not at all; an earlier zip there is replaced.

    The same files give the same bytes on the same machine. SubmissionError names what intake would refuse.
    UsageError where `folder` is none or `out` lies inside it or cannot be written.
    """
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        raise UsageError(f"{folder}: {found}; expected the folder of a submission")
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{out}: inside {folder}, so it would be packed too; name another place with --out")
    # A device is asked nothing: it may go on for ever.
    if out.exists() and not (out.is_file() and zipfile.is_zipfile(out)):
        raise UsageError(f"{out}: exists and is no zip; expected a new file or an earlier zip")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".packing-", dir=out.parent))
    except OSError as error:
        raise UsageError(f"{out.parent}: not writable: {error.strerror}") from error
    try:
        taken = open_submission(folder, scratch / "files", unpack_here)
        archive = scratch / "submission.zip"
        _write(taken, archive)
        # The zip itself is opened once more: what is promised here is what the grader will do with it.
        again = open_submission(archive, scratch / "again", unpack_here)
        if again.sha256 != taken.sha256:
            raise UsageError(f"{folder}: files changed while they were packed; pack again")
        try:
            archive.replace(out)
        except OSError as error:
            raise UsageError(
                f"{out}: cannot be written: {error.strerror}; expected a place for a zip"
            ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Packed(out, out.stat().st_size, taken)


def _write(submission: Submission, path: Path) -> None:
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(submission.files):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.external_attr = MODE << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w") as sink, (submission.folder / name).open("rb") as source:
                shutil.copyfileobj(source, sink)
