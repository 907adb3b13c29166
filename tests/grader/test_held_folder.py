"""A held folder is taken by nobody else for as long as its maker lives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader import held_folder
from grader.held_folder import hold, make_held


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    """Whoever sweeps cannot hold a folder in use, and can once its maker has let it go."""
    folder, lock = make_held(tmp_path, "some-")
    assert lock is not None
    assert folder.name.startswith("some-")
    assert hold(folder) is None
    os.close(lock)
    again = hold(folder)
    assert again is not None
    os.close(again)


def test_links_and_absent_folders_are_not_held(tmp_path: Path) -> None:
    """A link in the place of a folder would have what it leads to removed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert hold(tmp_path / "link") is None
    assert hold(tmp_path / "absent") is None


def test_without_locks_a_folder_is_made_and_never_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system that knows no locks work goes on, and nothing is taken for abandoned."""

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(held_folder.fcntl, "flock", refuse)
    folder, lock = make_held(tmp_path, "some-")
    assert folder.is_dir()
    assert lock is None
    assert hold(folder) is None
