"""The threat model is true: every verdict is in it, and every test it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from grader.types import Verdict

TESTS = Path(__file__).resolve().parents[1]
README = (TESTS.parent / "docker" / "README.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:\w+/)+test_\w+\.py)::(test_\w+)`")


def section(title: str) -> list[str]:
    """Return the cells of the table rows of a section."""
    text = README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return [line for line in text.splitlines() if line.startswith("|")][2:]


def test_every_named_test_exists() -> None:
    """A defence is not claimed on the word of a test that was renamed or removed."""
    named = NAMED.findall(README)
    assert len(named) > 30
    for place, function in named:
        found = [p for p in (TESTS / place, TESTS / "grader" / place) if p.is_file()]
        assert found, place
        assert f"def {function}(" in found[0].read_text(encoding="utf-8"), f"{place}::{function}"


def test_every_defence_and_verdict_is_shown_by_a_test() -> None:
    """No row of the two tables goes without one."""
    for row in (*section("Threat model"), *section("Verdicts")):
        assert NAMED.search(row), row


def test_every_verdict_is_listed_once() -> None:
    """The list is that of the code."""
    listed = [row.split("|")[1].strip(" `") for row in section("Verdicts")]
    assert sorted(listed) == sorted(Verdict)
