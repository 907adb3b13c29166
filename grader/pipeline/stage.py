"""Lay out what jobs may see: the public data, and the submission with and without its findings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from grader.contract.terms import load_terms
from grader.errors import VaultError
from grader.evidence.document import StatedPlaces, TextFile
from grader.probes.shared.stated import READMES, read_stated
from grader.readme.text import counted_part
from grader.truth import Truth

TEXT_LIMIT = 256 * 1024
DATA_FILES = ("snapshots.parquet", "snapshots.csv.gz")
PUBLIC_FILES = (*DATA_FILES, "contract.yaml", "data_dictionary.md")
NEEDED_FILES = ("snapshots.parquet", "contract.yaml")
PROSE = frozenset(name.lower() for name in READMES)
STATED_FINDINGS = ("findings", "findings_json")
"""Keys of submission.yaml under which the findings reader looks."""
NOT_SHOWN = "This text is read by the grader and not shown to running code.\n"


def stage_data(truth: Truth, folder: Path) -> Path:
    """Copy the public files of the variant, and nothing else of the vault, into a new folder.

    Large data are a folder of parts under the name of the file. VaultError where data or contract are not there:
    nobody can be graded without them, and nobody but us has lost them.
    """
    folder.mkdir()
    for name in PUBLIC_FILES:
        source = truth.issued_folder / name
        if source.is_dir():
            shutil.copytree(source, folder / name, copy_function=shutil.copyfile)
        elif source.is_file():
            shutil.copyfile(source, folder / name)
        elif name in NEEDED_FILES:
            raise VaultError(
                f"{source}: not found; expected the file that was issued, or the folder of its parts"
            )
    open_to_all(folder)
    return folder


def stage_submission(submission: Path, folder: Path) -> Path:
    """Lay out the submission for jobs: its production text is judged on the host, and no job needs to read it.

    Each file of such a name is there with a line of ours in it, so that programs that look for one find it; what
    jobs measure then cannot depend on the text. So is the README that submission.yaml states, which is therefore
    nothing else beside. The other files are the same ones, under a second name.
    """
    shutil.copytree(submission, folder, copy_function=_link)
    files = {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    stated = read_stated(folder, files).path("readme")
    for name in files:
        path = folder / name
        if name == stated or path.name.lower() in PROSE:
            path.unlink()
            path.write_text(NOT_SHOWN, encoding="utf-8")
    open_to_all(folder)
    return folder


def stage_without_findings(staged: Path, folder: Path) -> Path:
    """Lay out the same without any findings file, so that a notebook cannot copy what it should compute."""
    shutil.copytree(staged, folder, ignore=_findings_files, copy_function=_link)
    files = {p.relative_to(staged).as_posix(): p.stat().st_size for p in staged.rglob("*") if p.is_file()}
    stated = next(filter(None, map(read_stated(staged, files).path, STATED_FINDINGS)), None)
    if stated in files and stated.lower().endswith(".json"):
        (folder / stated).unlink(missing_ok=True)
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
    """Return the text on production: as stated, PRODUCTION.md, else the README; anywhere, the shallowest first."""
    path = read_stated(submission, files).readme()
    if path is None:
        return TextFile()
    return TextFile(path=path, text=counted_part(path, read_text(submission / path)))


def find_dockerfile(submission: Path, files: dict[str, int]) -> TextFile:
    """Return the Dockerfile: as stated, else the shallowest of that name."""
    path = read_stated(submission, files).dockerfile()
    return TextFile() if path is None else TextFile(path=path, text=read_text(submission / path))


def find_places(submission: Path, files: dict[str, int]) -> StatedPlaces:
    """Return what is stated of building and serving; what cannot be followed is told, and searched for instead."""
    stated = read_stated(submission, files)
    if stated.trouble:
        return StatedPlaces(problems=(f"{stated.name}: {stated.trouble}; nothing of it was followed",))
    problems = (
        f"{stated.name}: {one.key} states {one.found}, expected {one.expected}; not followed"
        for one in stated.wrong(load_terms().yaml_keys)
    )
    return StatedPlaces(context=stated.path("context"), port=stated.port(), problems=tuple(problems))
