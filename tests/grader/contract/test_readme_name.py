"""The check and the grading find the same text for deliverable 5, whatever it is called and wherever it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.contract.looking import check_files
from grader.contract.work import look_at
from grader.pipeline.stage import NOT_SHOWN, find_readme, stage_submission
from tests.grader.contract import broken

LONG = "# Running this model\n\n" + "We watch each input every month. " * 120


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A submission that keeps the contract, but for its README."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    made = broken.submission(tmp_path / "work")
    (made / "README.md").unlink()
    return made


@pytest.mark.parametrize(
    "names",
    [
        ("README.md",),
        ("readme.md",),
        ("README.MD",),
        ("README",),
        ("README.txt",),
        ("README.rst",),
        ("README.markdown",),
        ("docs/README.md",),
        ("PRODUCTION.md",),
        ("Production.md",),
        ("docs/PRODUCTION.md", "README.md"),
        ("README.md", "docs/README.md"),
        ("README.txt", "README.rst"),
    ],
)
def test_incident_the_check_missed_a_readme_that_is_graded(folder: Path, names: tuple[str, ...]) -> None:
    """`README.txt` was said to be missing, and the length of `readme.md` or `docs/README.md` was never looked at."""
    expected, *others = names
    (folder / "docs").mkdir(exist_ok=True)
    for name in others:
        (folder / name).write_text("Short.\n")
    (folder / expected).write_text(LONG)
    files = look_at(folder).files
    assert find_readme(folder, files).path == expected
    looked = check_files(folder)
    problems = {one.file for one in looked.problems if not one.note}
    assert problems == {expected}, "too long, and nothing is missing"
    missing = [one for one in looked.problems if one.file == "README.md" and one.found.startswith("none; ")]
    plain = {"README.md", "PRODUCTION.md"} & set(names)
    assert [one.found for one in missing] == ([] if plain else [f"none; {expected} is read in its place"])
    staged = stage_submission(folder, folder.parent / "shown")
    assert {(staged / name).read_text() for name in names} == {NOT_SHOWN}


@pytest.mark.parametrize("name", ["NOTES.md", "readme.html", "READMEfirst.md", ".venv/README.md"])
def test_what_is_no_readme_is_none_to_both(folder: Path, name: str) -> None:
    """Where the grading finds no text, the check says that it is missing."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(LONG)
    assert find_readme(folder, look_at(folder).files).path is None
    (problem,) = (one for one in check_files(folder).problems if not one.note)
    assert (problem.file, problem.found) == ("README.md", "no such file")
