"""The log is only ever added to, and shows when somebody did otherwise."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.review.entries import FlagDecided
from grader.review.log import NAME, append, chained, last_digest, locked, read_log


def entry(number: int) -> FlagDecided:
    """A decision that can be told from others."""
    return FlagDecided(
        time="t",
        reviewer="Grace",
        submission="s",
        previous="",
        flag=f"f{number}",
        state="confirmed",
        reason="r",
    )


def add(folder: Path, number: int) -> None:
    """Add one entry as the command does."""
    with locked(folder):
        append(folder, chained([entry(number)], last_digest(folder)))


def test_entries_are_added_in_order(tmp_path: Path) -> None:
    """What was written is read back, and earlier bytes never change."""
    add(tmp_path, 1)
    before = (tmp_path / NAME).read_bytes()
    add(tmp_path, 2)
    assert (tmp_path / NAME).read_bytes().startswith(before)
    assert [one.flag for one in read_log(tmp_path) if isinstance(one, FlagDecided)] == ["f1", "f2"]


@pytest.mark.parametrize("how", ["edited", "removed", "swapped", "cut"])
def test_a_log_changed_by_hand_is_refused(tmp_path: Path, how: str) -> None:
    """Editing, removing, reordering and cutting lines are all seen."""
    for number in range(3):
        add(tmp_path, number)
    lines = (tmp_path / NAME).read_text().splitlines(keepends=True)
    changed = {
        "edited": [lines[0].replace("Grace", "Heidi"), *lines[1:]],
        "removed": lines[1:],
        "swapped": [lines[1], lines[0], lines[2]],
        "cut": [*lines[:2], lines[2][:30]],
    }[how]
    (tmp_path / NAME).write_text("".join(changed))
    with pytest.raises(UsageError, match=NAME):
        read_log(tmp_path)


def test_reviewers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Each waits for the other, and the chain is whole."""
    threads = [
        threading.Thread(target=lambda n=n: [add(tmp_path, 10 * n + i) for i in range(5)]) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({one.flag for one in read_log(tmp_path) if isinstance(one, FlagDecided)}) == 30


def test_who_waited_for_a_folder_that_was_replaced_goes_on_to_the_new_one(tmp_path: Path) -> None:
    """A decision made while the evidence is scored again lands in the new result."""
    folder, fresh = tmp_path / "ada", tmp_path / "fresh"
    folder.mkdir()
    fresh.mkdir()
    waiting = threading.Thread(target=add, args=(folder, 7))
    with locked(folder):
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        folder.rename(tmp_path / "old")
        fresh.rename(folder)
    waiting.join(30)
    assert len(read_log(folder)) == 1
    assert read_log(tmp_path / "old") == ()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The caller learns what was expected."""
    with pytest.raises(UsageError, match="result folder"), locked(tmp_path / "nowhere"):
        pass
