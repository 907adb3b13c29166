"""What a reader of the executed notebook would see below its cells, cut to what a report can show."""

from __future__ import annotations

import re

from grader.probes.shared.notebooks import Cell, text_of
from grader.probes.shared.text import Json, clean

CELLS = 40
LINES = 24
WIDTH = 160
CODE_LINES = 3


def outputs(cells: list[Cell]) -> list[dict[str, Json]]:
    """Return the first 40 cells that show something: heading, code, text of at most 24 lines, number of figures.

    Only plain text is taken; HTML, scripts and images of a notebook are never shown, figures are counted.
    """
    found: list[dict[str, Json]] = []
    heading = ""
    for cell in cells:
        if cell.kind == "markdown":
            heading = _last_heading(cell.source) or heading
        if cell.kind != "code":
            continue
        text, figures = _shown(cell)
        if not text and not figures:
            continue
        lines = text.split("\n") if text else []
        found.append(
            {
                "cell": cell.number,
                "heading": heading,
                "code": _cut(cell.source.strip().split("\n"), CODE_LINES),
                "text": _cut(lines, LINES),
                "lines": len(lines),
                "figures": figures,
            }
        )
        if len(found) == CELLS:
            break
    return found


def _last_heading(source: str) -> str:
    headings = re.findall(r"^#{1,6}\s+(.+)$", source[:50_000], re.MULTILINE)
    return clean(headings[-1], 120) if headings else ""


def _shown(cell: Cell) -> tuple[str, int]:
    parts: list[str] = []
    figures = 0
    for part in cell.outputs[:50]:
        data = part.get("data")
        kinds = data if isinstance(data, dict) else {}
        drawn = any(str(kind).startswith("image/") for kind in kinds)
        figures += drawn
        text = text_of(part.get("text")) or ("" if drawn else text_of(kinds.get("text/plain")))
        if part.get("output_type") in ("error", "pyerr"):
            text = f"{part.get('ename')}: {part.get('evalue')}"
        if text.strip():
            parts.append(text[:20_000].strip("\r\n"))  # each line is cleaned, its indentation kept
    return "\n".join(parts), figures


def _cut(lines: list[str], most: int) -> str:
    return "\n".join(_line(line) for line in lines[:most]).rstrip()


def _line(line: str) -> str:
    """Return a line without control characters, its indentation kept, of at most 160 characters."""
    text = line.expandtabs(4).rstrip()[: 4 * WIDTH]
    indent = len(text) - len(text.lstrip())
    return (" " * indent + clean(text, WIDTH))[:WIDTH]
