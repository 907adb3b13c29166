"""Build archives for tests, hostile ones included."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.intake.opening import Submission, open_submission, unpack_here
from grader.probes.unpack.rules import EntryRules

FILES = {"README.md": b"hello", "app/main.py": b"x = 1\n"}


def zipped(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    """Write a zip with these entries; `links` are symbolic links and where they lead."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, target)
    return path


def tarred(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    """Write a tar with these members."""
    with tarfile.open(path, mode) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Return a tar member of a kind."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def opened(path: Path, target: Path, rules: EntryRules | None = None) -> Submission:
    """Open a submission in this process."""
    rules = rules or EntryRules()
    return open_submission(path, target, lambda archive, frames: unpack_here(archive, frames, rules), rules)


def refused(path: Path, target: Path, rules: EntryRules | None = None) -> SubmissionError:
    """Open what must be refused, and leave nothing beside the target."""
    with pytest.raises(SubmissionError) as caught:
        opened(path, target, rules)
    assert caught.value.exit_code == 3
    assert f"REJECTED_INTAKE [{caught.value.rule}]" in str(caught.value)
    assert not [p for p in target.parent.glob(f"{target.name}.*") if p != path]
    return caught.value
