"""A result takes its place whole, whatever it finds there and whenever it is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.pipeline import publish
from grader.pipeline.publish import disk_full_is_ours, put_in_place, sweep_workspaces, workspace


def result_in(work: Path, text: str) -> Path:
    """A result made in a workspace."""
    made = work / "result"
    made.mkdir()
    (made / "report.json").write_text(text)
    return made


@pytest.fixture(params=["at once", "one after the other"])
def parent(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for results, on systems that can and cannot let two folders change names."""
    if request.param != "at once":
        monkeypatch.setattr(publish, "_exchange", lambda first, second: False)
    return tmp_path


def test_a_result_replaces_an_earlier_one(parent: Path) -> None:
    """The new one is there, the old one is gone, and nothing else is left."""
    for text in ("first", "second"):
        with workspace(parent) as work:
            put_in_place(result_in(work, text), parent / "ada")
        assert (parent / "ada" / "report.json").read_text() == text
        assert [p.name for p in parent.iterdir()] == ["ada"]


def test_exchange_really_changes_names(tmp_path: Path) -> None:
    """On Linux there is no moment without a result."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not publish._exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot")
    assert (tmp_path / "a" / "b").exists()
    assert (tmp_path / "b" / "a").exists()


def test_a_grading_killed_between_the_two_renames_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two renames are needed, the earlier result goes back at the next start."""
    program = f"""
import os, signal, sys
from pathlib import Path
from grader.pipeline import publish
parent = Path({str(tmp_path)!r})
publish._exchange = lambda first, second: False
(parent / "ada").mkdir()
(parent / "ada" / "report.json").write_text("earlier")
rename = Path.rename
def renamed(self, target):
    done = rename(self, target)
    os.kill(os.getpid(), signal.SIGKILL)
Path.rename = renamed
with publish.workspace(parent) as work:
    (work / "result").mkdir()
    publish.put_in_place(work / "result", parent / "ada")
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == -9
    assert not (tmp_path / "ada").exists()
    with workspace(tmp_path):
        assert (tmp_path / "ada" / "report.json").read_text() == "earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["ada"]


def test_what_a_killed_grading_left_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    """A folder whose process lives is locked; one without a lock is nobody's."""
    (tmp_path / ".grading-dead" / "submission").mkdir(parents=True)
    with workspace(tmp_path) as work:
        (work / "file").touch()
        assert not (tmp_path / ".grading-dead").exists()
        sweep_workspaces(tmp_path)
        assert (work / "file").exists()
    assert list(tmp_path.iterdir()) == []


def test_two_gradings_to_one_place_end_with_one_whole_result(parent: Path) -> None:
    """The later one wins; neither fails, and nothing is left of the other."""
    with workspace(parent) as first, workspace(parent) as second:
        put_in_place(result_in(second, "second"), parent / "ada")
        put_in_place(result_in(first, "first"), parent / "ada")
    assert (parent / "ada" / "report.json").read_text() == "first"
    assert [p.name for p in parent.iterdir()] == ["ada"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_ours_and_leaves_nothing(small_disk: Path) -> None:
    """On a real full disk: what to do is said, and no half of a result stays."""
    told = pytest.raises(SandboxError, match="the disk is full")
    with told, disk_full_is_ours(small_disk), workspace(small_disk) as work:
        put_in_place(result_in(work, "x" * 2**20), small_disk / "ada")
    assert list(small_disk.iterdir()) == []


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    """Only a full disk is told as one."""
    with pytest.raises(FileNotFoundError), disk_full_is_ours(tmp_path):
        (tmp_path / "nothing").read_text()
