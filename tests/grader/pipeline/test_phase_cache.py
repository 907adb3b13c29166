"""What is kept of a phase comes back exactly, or not at all; gradings at one phase take turns and never hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from grader.pipeline.phase_cache import FORMAT, Measured, Outcome, PhaseCache
from grader.types import PhaseRecord, Verdict

KEY = "ab" * 32


class Told(Measured):
    """A small measurement."""

    text: str = ""
    ratio: float = 0.0


class Other(Measured):
    """The same fields under another name."""

    text: str = ""
    ratio: float = 0.0


OUTCOME = Outcome(
    Told(
        records=(PhaseRecord(id="a", verdict=Verdict.TIMEOUT_JOB, seconds=1.25),),
        text="ü\n\"'",
        ratio=0.1 + 0.2,
    ),
    {"x": np.array([1.5, np.nan, -0.0]), "empty": np.empty(0)},
)


@pytest.fixture
def cache(tmp_path: Path) -> PhaseCache:
    """A cache with one entry."""
    made = PhaseCache(tmp_path / "phases")
    made.write(KEY, OUTCOME)
    return made


def entry_of(cache: PhaseCache) -> Path:
    """The file of the entry."""
    return cache.folder / KEY[:2] / f"{KEY}.phase"


def test_what_is_kept_comes_back_exactly(cache: PhaseCache) -> None:
    """Verdicts, texts, floats to the last bit, NaN, and arrays without values."""
    found = cache.read(KEY, Told)
    assert found is not None
    assert (found.value, found.reused) == (OUTCOME.value, True)
    assert {n: a.tobytes() for n, a in found.arrays.items()} == {
        n: a.tobytes() for n, a in OUTCOME.arrays.items()
    }
    assert cache.read("cd" * 32, Told) is None


def test_every_flipped_byte_is_noticed(cache: PhaseCache) -> None:
    """Wherever the disk lies, the entry is gone and the phase is measured again."""
    path = entry_of(cache)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        assert cache.read(KEY, Told) is None, place
        assert not path.exists()


def test_every_cut_and_every_addition_is_noticed(cache: PhaseCache) -> None:
    """A file that ends too early or too late is no entry."""
    path = entry_of(cache)
    whole = path.read_bytes()
    for size in (*range(0, len(whole), 7), len(whole) - 1):
        path.write_bytes(whole[:size])
        assert cache.read(KEY, Told) is None, size
    path.write_bytes(whole + b"\0")
    assert cache.read(KEY, Told) is None


def test_entries_of_other_versions_and_phases_are_not_trusted(cache: PhaseCache) -> None:
    """Another model, another key under this name, another format: measured again."""
    assert cache.read(KEY, Other) is None
    cache.write("ee" * 32, OUTCOME)
    entry_of(cache).parent.mkdir(exist_ok=True)
    (cache.folder / "ee" / f"{'ee' * 32}.phase").rename(entry_of(cache))
    assert cache.read(KEY, Told) is None
    cache.write(KEY, OUTCOME)
    path = entry_of(cache)
    path.write_bytes(path.read_bytes().replace(FORMAT, b"takehome phase 2\n"))
    assert cache.read(KEY, Told) is None


def test_something_odd_in_place_of_an_entry_is_no_entry(cache: PhaseCache) -> None:
    """A folder of that name is not read, and not removed with what is in it."""
    path = entry_of(cache)
    path.unlink()
    path.mkdir()
    (path / "mine").touch()
    assert cache.read(KEY, Told) is None
    assert (path / "mine").exists()


def test_fresh_reads_nothing_and_keeps(cache: PhaseCache) -> None:
    """Asked to run everything again, it does, and the new measurement replaces the old one."""
    fresh = PhaseCache(cache.folder, fresh=True)
    assert fresh.read(KEY, Told) is None
    fresh.write(KEY, Outcome(Told(text="new")))
    found = cache.read(KEY, Told)
    assert found is not None
    assert found.value.text == "new"


def test_a_failed_write_leaves_no_half(cache: PhaseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the earlier entry stays whole and nothing temporary is left."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        cache.write(KEY, Outcome(Told(text="new")))
    assert [p.name for p in entry_of(cache).parent.iterdir()] == [f"{KEY}.phase"]
    assert cache.read(KEY, Told) is not None


def test_nobody_else_may_look(cache: PhaseCache) -> None:
    """What candidates' work measured is for its owner alone, whatever the umask."""
    assert cache.folder.stat().st_mode & 0o077 == 0
    assert entry_of(cache).stat().st_mode & 0o077 == 0


def test_old_and_too_many_entries_go(cache: PhaseCache) -> None:
    """The longest unused first; a half that a killed grading left goes too; locks stay."""
    for number in range(3):
        cache.write(f"{number}{'0' * 63}", OUTCOME)
    (cache.folder / "ab" / ".new-left").touch()
    with cache.turn(KEY, lambda: None):
        pass
    now = time.time()
    cache.prune(now + 7200)
    names = {p.name for p in cache.folder.glob("*/*")}
    assert ".new-left" not in names
    assert len(names) == 5
    size = entry_of(cache).stat().st_size
    cache.prune(now, size=2 * size)
    assert len(list(cache.folder.glob("*/*.phase"))) == 2
    cache.prune(now + 31 * 86400)
    assert list(cache.folder.glob("*/*.phase")) == []
    assert len(list((cache.folder / "locks").iterdir())) == 1


def test_gradings_at_one_phase_take_turns(cache: PhaseCache) -> None:
    """The second waits, says so once, and goes on when the first has ended; another phase is not waited for."""
    order: list[str] = []
    inside, second_waits = threading.Event(), threading.Event()

    def first() -> None:
        with cache.turn(KEY, lambda: None):
            inside.set()
            second_waits.wait(60)
            order.append("first")

    def waiting() -> None:
        order.append("waiting")
        second_waits.set()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    with cache.turn("0" * 64, lambda: order.append("waits for nothing")):
        order.append("another phase")
    with cache.turn(KEY, waiting):
        order.append("second")
    thread.join()
    assert order == ["another phase", "waiting", "first", "second"]


def test_a_grading_that_hangs_is_not_waited_for_for_ever(cache: PhaseCache) -> None:
    """After the bound the second goes ahead: that costs time, never a result."""
    with cache.turn(KEY, lambda: None):
        begun = time.monotonic()
        with cache.turn(KEY, lambda: None, seconds=0.5):
            assert 0.4 < time.monotonic() - begun < 60


def test_a_killed_grading_gives_its_turn_back(cache: PhaseCache) -> None:
    """A lock ends with its process, so nothing has to be cleaned up after SIGKILL."""
    program = (
        "import sys, time, pathlib; from grader.pipeline.phase_cache import PhaseCache\n"
        f"with PhaseCache(pathlib.Path({str(cache.folder)!r})).turn({KEY!r}, lambda: None):\n"
        "    print('in', flush=True); time.sleep(900)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "in"
        waited: list[bool] = []

        def waiting() -> None:
            waited.append(True)
            process.send_signal(signal.SIGKILL)

        begun = time.monotonic()
        with cache.turn(KEY, waiting):
            assert time.monotonic() - begun < 120
        assert waited == [True]


def test_a_folder_that_cannot_be_used_stops_nobody(tmp_path: Path) -> None:
    """Without a place to keep things there is nothing kept, no turn to wait for, and an error to be told."""
    (tmp_path / "phases").write_text("a file")
    cache = PhaseCache(tmp_path / "phases")
    assert cache.read(KEY, Told) is None
    with cache.turn(KEY, lambda: None):
        pass
    with pytest.raises(OSError, match="phases"):
        cache.write(KEY, OUTCOME)
    cache.prune()


def test_incident_a_folder_with_files_of_somebody_lost_them(tmp_path: Path) -> None:
    """`--phase-cache ~` removed old files from ~/Documents, closed ~ to others, and failed on an old folder."""
    home = tmp_path / "home"
    theirs = [home / "Documents" / "thesis.docx", home / "ab" / "notes.txt", home / "Documents" / ".new-plan"]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        os.utime(path, (0, 0))
    for folder in (home / "Documents" / "old", home / "ab" / "old.phase"):
        folder.mkdir()
        os.utime(folder, (0, 0))
    home.chmod(0o755)
    cache = PhaseCache(home)
    cache.write(KEY, OUTCOME)
    os.utime(entry_of(cache), (0, 0))
    cache.prune()
    assert [path.read_text() for path in theirs] == ["mine"] * 3
    assert home.stat().st_mode & 0o777 == 0o755
    assert not entry_of(cache).exists()


def test_incident_an_entry_that_cannot_be_removed_failed_a_grading(
    cache: PhaseCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is in its place by then; a cache on a disk that is read only now costs nothing."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    cache.prune(time.time() + 31 * 86400)
    assert entry_of(cache).exists()
