"""A file is written whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.whole_file import write_whole


def test_an_earlier_file_is_replaced_as_it_is(tmp_path: Path) -> None:
    """Line ends and letters are written as they are given, with the rights of any new file."""
    path = tmp_path / "a.txt"
    path.write_text("earlier")
    write_whole(path, "é\r\n\n")
    assert path.read_bytes() == b"\xc3\xa9\r\n\n"
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_incident_what_could_not_be_written_left_its_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    """A full disk or Ctrl-C left `.name.new` beside the file, which itself stays as it was."""
    path = tmp_path / "a.txt"
    path.write_text("earlier")

    def refuse(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(Path, "replace", refuse)
    kind = UsageError if isinstance(trouble, OSError) else KeyboardInterrupt
    with pytest.raises(kind):
        write_whole(path, "later")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "earlier"


@pytest.mark.parametrize("name", ["folder", ".", "folder/none/a.txt"])
def test_incident_a_folder_in_the_place_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`--out folder` left `.folder.new` beside it, and `--out .` was a traceback; both are one line."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"cannot be written: "):
        write_whole(Path(name), "text")
    assert [entry.name for entry in tmp_path.rglob("*")] == ["folder"]


def test_incident_a_file_took_the_place_of_a_pipe_or_a_device(tmp_path: Path) -> None:
    """Whoever writes to /dev/stdout as root keeps it: it was replaced, for every program of the machine."""
    pipe = tmp_path / "report.csv"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="a device or a pipe; expected a file"):
        write_whole(pipe, "text")
    assert pipe.is_fifo()
    with pytest.raises(UsageError, match="a device or a pipe; expected a file"):
        write_whole(Path("/dev/no-such-device-of-takehome"), "text")
    assert list(tmp_path.iterdir()) == [pipe]
