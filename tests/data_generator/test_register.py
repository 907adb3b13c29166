"""The register: only added to, one writer at a time, and taken back where the issue fails."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from data_generator.errors import RegisterError
from data_generator.register import Entry, Register, Rejected


def entry(pseudonym: str = "c1", attempt: int = 0) -> Entry:
    """Return an entry."""
    return Entry(
        time="2025-01-01T00:00:00+00:00",
        candidate="Zoë",
        pseudonym=pseudonym,
        variant="0123456789ab",
        attempt=attempt,
        rejected=[Rejected(attempt=0, variant="ba9876543210", reasons=["too easy"])],
        blueprint="hiring",
        rows=200_000,
        generator_version="1",
    )


def test_entries_are_added_in_order(tmp_path: Path) -> None:
    """What was there stays byte for byte; the file is private."""
    register = Register(tmp_path / "settings" / "register.jsonl")
    assert register.entries() == []
    with register.recording(entry("c1")):
        pass
    before = register.path.read_bytes()
    with register.recording(entry("c2")):
        pass
    assert register.path.read_bytes().startswith(before)
    assert [found.pseudonym for found in register.entries()] == ["c1", "c2"]
    assert register.of("c2") == [entry("c2")]
    assert register.path.stat().st_mode & 0o777 == 0o600
    assert json.loads(before)["candidate"] == "Zoë"


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failed_issue_is_taken_back(tmp_path: Path, failure: type[BaseException]) -> None:
    """No entry stays of something that was never written."""
    register = Register(tmp_path / "register.jsonl")
    with register.recording(entry("c1")):
        pass
    before = register.path.read_bytes()
    with pytest.raises(failure), register.recording(entry("c2")):
        raise failure
    assert register.path.read_bytes() == before


def test_the_same_attempt_is_issued_once(tmp_path: Path) -> None:
    """Of two issues of one candidate at the same time the later one fails."""
    register = Register(tmp_path / "register.jsonl")
    with register.recording(entry("c1", 2)):
        pass
    for attempt in (1, 2):
        with pytest.raises(RegisterError, match="meanwhile"), register.recording(entry("c1", attempt)):
            pytest.fail("the block must not run")
    with register.recording(entry("c1", 3)):
        pass
    assert len(register.entries()) == 2


def test_writers_wait_for_one_another(tmp_path: Path) -> None:
    """Entries of many writers are all there, each on a line of its own."""
    register = Register(tmp_path / "register.jsonl")

    def add(number: int) -> None:
        with register.recording(entry(f"c{number}")):
            pass

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {found.pseudonym for found in register.entries()} == {f"c{number}" for number in range(12)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: line: Invalid JSON"),
        ('{"time": "x"}', "line 2: candidate: Field required"),
        ("", "line 2"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    """A register that cannot be read whole issues nothing: somebody could get a second variant."""
    register = Register(tmp_path / "register.jsonl")
    with register.recording(entry()):
        pass
    with register.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(RegisterError, match=said):
        register.entries()
    with pytest.raises(RegisterError, match=said), register.recording(entry("c2")):
        pytest.fail("the block must not run")


def test_an_open_or_unwritable_register_is_refused(tmp_path: Path) -> None:
    """It holds names; and an issue that cannot be recorded must not begin."""
    register = Register(tmp_path / "register.jsonl")
    with register.recording(entry()):
        pass
    register.path.chmod(0o644)
    with pytest.raises(RegisterError, match="found mode 0644"):
        register.entries()
    (tmp_path / "file").write_text("x")
    with pytest.raises(RegisterError, match="cannot be written"):
        Register(tmp_path / "file" / "register.jsonl").check_writable()


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\n"])
def test_incident_a_name_with_a_line_separator_made_the_register_unreadable(
    tmp_path: Path, sign: str
) -> None:
    """A name pasted from elsewhere may hold U+2028; no candidate could be issued anything after that."""
    register = Register(tmp_path / "register.jsonl")
    named = entry("c1").model_copy(update={"candidate": f"Ada{sign}Lovelace"})
    with register.recording(named):
        pass
    with register.recording(entry("c2")):
        pass
    assert register.entries() == [named, entry("c2")]
