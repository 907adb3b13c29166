"""Pictures that were handed in: which of them shows what, by its name, and which could not be read."""

from __future__ import annotations

import re

from grader.checks.case import Case
from grader.types import Proof, proof

PICTURE = "a picture found; what it shows is not compared"


def find_plot(case: Case, words: tuple[str, ...]) -> str | None:
    """Return a drawn image whose name speaks of one of the words, else one of several notebook figures.

    Words are written without the case, spaces, dashes and underscores that part them in a name; one that begins
    with a dash is a part of its own in the name of a file.
    """
    plots = [p for p in case.evidence.document.evaluation.plots if p.width >= 100 and p.ink >= 0.003]
    named = [p for p in plots if any(word in spelt for word in words for spelt in _spelt(p.path))]
    embedded = [p for p in plots if "#cell" in p.path]
    return named[0].path if named else embedded[0].path if len(embedded) >= 2 else None


def _spelt(path: str) -> tuple[str, str]:
    """Return a name in one word, and the parts of its file's name as they stand, each between dashes."""
    joined = re.sub(r"[^a-z0-9/.]", "", path.lower())
    return joined, f"-{'-'.join(re.split('[^a-z0-9]+', path.lower().rpartition('/')[2]))}-"


def shown_plot(case: Case, plot: str | None, expected: str) -> list[Proof]:
    """Return what is said of a plot, or that there is none and which pictures could not be read."""
    if plot:
        return [proof(plot, measured=PICTURE)]
    unread = [told.partition(": ") for told in case.evidence.document.evaluation.problems[:3]]
    return [
        proof(expected, measured="no plot"),
        *(proof(path, measured=f"not read: {why}") for path, _, why in unread),
    ]
