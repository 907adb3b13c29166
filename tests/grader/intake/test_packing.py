"""`takehome pack` writes what intake takes, the same bytes each time, and nothing that does not belong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import takehome
from grader.errors import SubmissionError, UsageError
from grader.intake.packing import pack
from tests.grader.archives import opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with ordinary mess in it."""
    files = {
        "README.md": "hi",
        "app/main.py": "x = 1",
        ".git/config": "",
        "app/__pycache__/m.pyc": "",
        ".venv/x": "",
    }
    for name, text in files.items():
        path = tmp_path / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "ada"


def test_a_packed_folder_opens_as_the_same_submission(folder: Path, tmp_path: Path) -> None:
    """The grader reads from the zip what it would read from the folder, and the mess is not in it."""
    packed = pack(folder, tmp_path / "out" / "ada.zip")
    found = opened(packed.path, tmp_path / "opened")
    assert (found.sha256, found.skipped) == (packed.submission.sha256, ())
    assert found.sha256 == opened(folder, tmp_path / "folder").sha256
    assert set(packed.submission.skipped) == {".git", "app/__pycache__", ".venv"}
    assert [p.name for p in packed.path.parent.iterdir()] == ["ada.zip"]


def test_the_same_files_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Dates and the order of a folder change nothing, and an earlier zip is replaced."""
    first = pack(folder, tmp_path / "a.zip").path.read_bytes()
    (folder / "README.md").touch()
    assert pack(folder, tmp_path / "a.zip").path.read_bytes() == first


def test_what_intake_would_refuse_is_not_packed(folder: Path, tmp_path: Path) -> None:
    """The rule is named before anything is handed in, and nothing half-written is left."""
    (folder / "data").symlink_to("/root/data")
    with pytest.raises(SubmissionError, match=r"link-leaves-tree.*data"):
        pack(folder, tmp_path / "a.zip")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ada"]


def test_places_that_make_no_sense_are_refused(folder: Path, tmp_path: Path) -> None:
    """A zip inside its own folder, over another file, or of no folder."""
    with pytest.raises(UsageError, match="inside"):
        pack(folder, folder / "a.zip")
    (tmp_path / "thesis.zip").write_text("mine")
    with pytest.raises(UsageError, match="no zip"):
        pack(folder, tmp_path / "thesis.zip")
    assert (tmp_path / "thesis.zip").read_text() == "mine"
    with pytest.raises(UsageError, match="expected the folder"):
        pack(tmp_path / "nowhere", tmp_path / "a.zip")


def test_the_command_says_what_it_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the zip lies beside the folder; a refusal is one line and exit code 3."""
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(takehome.app, ["pack"])
    assert done.exit_code == 0, done.output
    assert "2 files" in done.output
    assert ".venv" in done.output
    shown = json.loads(CliRunner().invoke(takehome.app, ["pack", ".", "--json"]).output)
    assert Path(shown["path"]) == folder.with_name("ada.zip")
    assert shown["sha256"] in done.output
    (folder / "bad").symlink_to("/etc")
    refused = CliRunner().invoke(takehome.app, ["pack"])
    assert (refused.exit_code, "REJECTED_INTAKE" in refused.output) == (3, True)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "case", ["missing", "file", "device", "folder", "below a file", "taken", "interrupted"]
)
def test_incident_pack_showed_errors_in_a_way_of_its_own(
    folder: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C and a place that could not be taken were tracebacks, and a device as the zip was read without end."""
    source, out, code = folder, tmp_path / "ada.zip", 2
    if case in ("missing", "file"):
        source = tmp_path / "nowhere" if case == "missing" else folder / "README.md"
    elif case == "device":
        out = Path("/dev/zero")
    elif case == "folder":
        (tmp_path / "ada.zip").mkdir()
    elif case == "below a file":
        (tmp_path / "file").touch()
        out = tmp_path / "file" / "ada.zip"
    else:
        trouble = PermissionError(1, "Operation not permitted") if case == "taken" else KeyboardInterrupt()

        def refuse(*_: object) -> None:
            raise trouble

        monkeypatch.setattr(Path, "replace", refuse)
        code = 130 if case == "interrupted" else 2
    before = sorted(tmp_path.iterdir())
    done = CliRunner().invoke(takehome.app, ["pack", str(source), "--out", str(out)])
    assert (done.exit_code, done.stderr.count("\n")) == (code, 1), done.output
    named = source if case in ("missing", "file") else out.parent if case == "below a file" else out
    expected = "takehome: interrupted; " if code == 130 else f"takehome: {named}: "
    assert done.stderr.startswith(expected)
    assert sorted(tmp_path.iterdir()) == before
