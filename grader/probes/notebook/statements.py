"""What a notebook says in words: sentences of its text cells and of what its code printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.probes.shared.notebooks import Cell, text_of
from grader.probes.shared.text import clean

SENTENCES = 400
LENGTH = 300


def statements(cells: list[Cell]) -> list[str]:
    """Return up to 400 different sentences of at most 300 characters, in the order of the notebook."""
    found: dict[str, None] = {}
    for text in _texts(cells):
        for part in re.split(r"[\r\n]+|(?<=[.!?;])\s+", text[:50_000]):
            sentence = clean(part, LENGTH + 1).strip(" -*#|>`")
            if 8 <= len(sentence) <= LENGTH and re.search(r"[A-Za-z]{3}", sentence):
                found[sentence] = None
        if len(found) >= SENTENCES:
            break
    return list(found)[:SENTENCES]


def _texts(cells: list[Cell]) -> Iterator[str]:
    for cell in cells:
        if cell.kind == "markdown":
            yield cell.source
        for part in cell.outputs[:50] if cell.kind == "code" else ():
            data = part.get("data")
            yield text_of(part.get("text"))
            yield (
                text_of(data.get("text/markdown") or data.get("text/plain")) if isinstance(data, dict) else ""
            )
