"""Lay out what jobs may see: the public data, and the submission with and without its findings."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from grader.evidence.document import TextFile
from grader.readme.text import judged_text
from grader.truth import Truth

TEXT_LIMIT = 256 * 1024
PUBLIC_FILES = ("snapshots.parquet", "snapshots.csv.gz", "contract.yaml", "data_dictionary.md")
READMES = ("PRODUCTION.md", "README.md", "README.rst", "README.txt", "README")
PROSE = frozenset(name.lower() for name in READMES)
NOT_SHOWN = "This text is read by the grader and not shown to running code.\n"


def stage_data(truth: Truth, folder: Path) -> Path:
    """Copy the public files of the variant, and nothing else of the vault, into a new folder."""
    folder.mkdir()
    for name in PUBLIC_FILES:
        source = truth.issued_folder / name
        if source.is_file():
            shutil.copyfile(source, folder / name)
    open_to_all(folder)
    return folder


def stage_submission(submission: Path, folder: Path) -> Path:
    """Lay out the submission for jobs: its production text is judged on the host, and no job needs to read it.

    Each file of such a name is there with a line of ours in it, so that programs that look for one find it; what
    jobs measure then cannot depend on the text. The other files are the same ones, under a second name.
    """
    shutil.copytree(submission, folder, copy_function=_link)
    for path in folder.rglob("*"):
        if path.name.lower() in PROSE and path.is_file():
            path.unlink()
            path.write_text(NOT_SHOWN, encoding="utf-8")
    open_to_all(folder)
    return folder


def stage_without_findings(staged: Path, folder: Path) -> Path:
    """Lay out the same without any findings file, so that a notebook cannot copy what it should compute."""
    shutil.copytree(staged, folder, ignore=_findings_files, copy_function=_link)
    open_to_all(folder)
    return folder


def _findings_files(folder: str, names: list[str]) -> set[str]:
    """Name the entries that the findings reader takes for submitted findings, whatever their case."""
    return {n for n in names if n.lower().endswith(".json") and "finding" in n.lower()}


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)  # a file system without hard links


def open_to_all(folder: Path) -> None:
    """Let any user read (not write), whatever modes an archive carried, since jobs run as another user."""
    for root, folders, files in os.walk(folder):
        Path(root).chmod(0o755)
        for name in files:
            (Path(root) / name).chmod(0o644)
        for name in folders:
            (Path(root) / name).chmod(0o755)


def read_text(path: Path) -> str:
    """Return a text file of the submission, size-capped; UTF-16 with a mark is understood, NUL dropped."""
    raw = path.read_bytes()[:TEXT_LIMIT]
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return raw.decode(encoding, errors="replace").replace("\0", "")


def find_readme(submission: Path, files: dict[str, int]) -> TextFile:
    """Return the text on production: PRODUCTION.md, else the README; anywhere, the shallowest first."""
    by_name = {name.lower(): name for name in READMES}
    found = {
        by_name[path.rsplit("/", 1)[-1].lower()]: path
        for path in sorted(files, key=lambda p: (-p.count("/"), p))
        if path.rsplit("/", 1)[-1].lower() in by_name
    }
    texts = {path: read_text(submission / path) for path in found.values()}
    if not texts:
        return TextFile()
    path, text = judged_text(texts)
    return TextFile(path=path, text=text)


def find_dockerfile(submission: Path, files: dict[str, int]) -> TextFile:
    """Return the Dockerfile: at the root, else the shallowest file of that name."""
    named = [p for p in files if re.fullmatch(r"(?i)(.*\.)?dockerfile|dockerfile\..+", p.rsplit("/", 1)[-1])]
    named = [p for p in named if not p.endswith(".dockerignore")]
    if not named:
        return TextFile()
    path = min(named, key=lambda p: (p.count("/"), p.rsplit("/", 1)[-1] != "Dockerfile", p))
    return TextFile(path=path, text=read_text(submission / path))
