"""The notebooks of a submission, the audit notebook as it was executed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.notebooks import NOTEBOOK_CAP, Cell, read_cells
from grader.probes.shared.text import clean

BOOKS = 20


def read_books(root: Path, files: Mapping[str, int], audit: str | None) -> dict[str, list[Cell]]:
    """Return the notebooks by path, the audit notebook as executed where it was."""
    books: dict[str, list[Cell]] = {}
    ran = os.environ.get("NOTEBOOK_OUT")
    if ran and audit is not None and os.path.lexists(Path(ran) / "executed.ipynb"):
        try:
            books[clean(audit, 300)] = read_cells(
                parse_json(read_file(Path(ran), "executed.ipynb", NOTEBOOK_CAP))
            )
        except ValueError:
            audit = None
    for path in [path for path in files if path.lower().endswith(".ipynb")][:BOOKS]:
        try:
            if clean(path, 300) not in books:
                books[clean(path, 300)] = read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP)))
        except ValueError:
            continue
    return books
