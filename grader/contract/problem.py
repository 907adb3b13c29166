"""What a check of the contract says: one problem with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from grader.probes.shared.text import one_line


@dataclass(frozen=True)
class Problem:
    """Something that does not keep the contract; a `note` is worth knowing and fails nothing."""

    file: str
    place: str
    found: str
    expected: str
    remedy: str
    note: bool = False

    def as_json(self) -> dict[str, str]:
        """Return the five texts, each one printable line."""
        shown = {name: one_line(text, 400) for name, text in asdict(self).items() if name != "note"}
        # The grader's readers say both in one sentence; here each has a line of its own.
        shown["found"] = shown["found"].removeprefix("found ").partition(", expected ")[0]
        return shown

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        shown = self.as_json()
        word = "note" if self.note else "PROBLEM"
        yield f"{word}  {shown['file']}" + (f", {shown['place']}" if self.place else "")
        for name, label in (("found", "found"), ("expected", "expected"), ("remedy", "to do")):
            yield f"    {label:<9}{shown[name]}"


def note(file: str, place: str, found: str, expected: str, remedy: str) -> Problem:
    """Return a problem that fails nothing."""
    return Problem(file, place, found, expected, remedy, note=True)


def of_reader(told: str, remedy: str) -> Problem:
    """Return what one of the grader's readers said, `FILE: found X, expected Y`, as a note of its own."""
    file, _, rest = told.partition(": ")
    found, _, expected = (rest or told).partition(", expected ")
    return note(
        file if rest else "", "", found.removeprefix("found "), expected or "the contract's form", remedy
    )
