"""Find the audit notebook and read the cells of any format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, decode_text

NOTEBOOK_CAP = 64 << 20


@dataclass(frozen=True)
class Cell:
    """A cell whatever the format version; `number` counts all cells from 1."""

    number: int
    kind: str
    source: str
    count: Json
    outputs: list[dict[str, Json]]


def find_notebook(root: Path, files: Mapping[str, int], asked: str | None = None) -> str | None:
    """Return the audit notebook: as `asked` for, or as submission.yaml states, where that is there.

    Else by its name, by mentioning findings.json, or the largest; None where there is no notebook.
    """
    books = [path for path in files if path.lower().endswith(".ipynb")]
    if asked in files:
        return asked
    stated = stated_path(root, files, {"notebook", "audit"})
    if stated in books:
        return stated
    names = {path: Path(path).name.lower() for path in books}
    for wanted in (r"audit\.ipynb$", r"audit", r"(^|[^a-z])eda([^a-z]|$)", r"explor"):
        for path in books:
            if re.search(f"^{wanted}" if wanted.endswith("$") else wanted, names[path]):
                return path
    for path in books[:50]:
        try:
            if "findings.json" in decode_text(read_file(root, path, NOTEBOOK_CAP)):
                return path
        except ValueError:
            continue
    return max(books, key=lambda path: files[path], default=None)


def text_of(value: Json) -> str:
    """Return notebook text, which is a string or a list of strings."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def read_cells(document: Json) -> list[Cell]:
    """Return the cells of a notebook of format 3 or 4; ValueError where it holds none."""
    found = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(found, list) and isinstance(document, dict):
        sheets = document.get("worksheets")
        parts = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
        found = [cell for part in parts if isinstance(part, list) for cell in part] if parts else None
    if not isinstance(found, list):
        raise ValueError("found JSON without a list of cells, expected a notebook")
    cells = []
    for place, cell in enumerate(found[:5000], start=1):
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        kind = "markdown" if kind in ("markdown", "heading") else kind if kind in ("code", "raw") else "raw"
        outputs = cell.get("outputs")
        kept = [part for part in outputs if isinstance(part, dict)] if isinstance(outputs, list) else []
        source = text_of(cell.get("source", cell.get("input")))
        cells.append(Cell(place, kind, source, cell.get("execution_count", cell.get("prompt_number")), kept))
    return cells
