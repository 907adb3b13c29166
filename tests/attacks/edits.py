"""Small changes of the clean submission that attacks are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat

Edit = Callable[[Path], None]


def replaced(path: Path, old: str, new: str) -> None:
    """Replace a passage that must be there."""
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{path}: expected to hold {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def cells(*sources: str, first: bool = False) -> Edit:
    """Return an edit that adds code cells at the end of the audit notebook, or at its beginning."""

    def edit(folder: Path) -> None:
        path = folder / "audit.ipynb"
        book = nbformat.read(path, as_version=4)
        added = [nbformat.v4.new_code_cell(source) for source in sources]
        book.cells = [*added, *book.cells] if first else [*book.cells, *added]
        nbformat.write(book, path)

    return edit


def dockerfile(old: str, new: str) -> Edit:
    """Return an edit that replaces a passage of the Dockerfile."""
    return lambda folder: replaced(folder / "Dockerfile", old, new)


def service(old: str, new: str) -> Edit:
    """Return an edit that replaces a passage of the service."""
    return lambda folder: replaced(folder / "service.py", old, new)


def text_file(name: str, text: str | bytes) -> Edit:
    """Return an edit that writes a file."""

    def edit(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return edit


def readme(added: str) -> Edit:
    """Return an edit that adds text to the README."""

    def edit(folder: Path) -> None:
        path = folder / "README.md"
        path.write_text(path.read_text(encoding="utf-8") + "\n" + added, encoding="utf-8")

    return edit


def metrics(change: Callable[[dict[str, dict[str, float]]], None]) -> Edit:
    """Return an edit of the claimed metrics."""

    def edit(folder: Path) -> None:
        path = folder / "evaluation" / "metrics.json"
        claimed = json.loads(path.read_text(encoding="utf-8"))
        change(claimed)
        path.write_text(json.dumps(claimed), encoding="utf-8")

    return edit


def all_of(*edits: Edit) -> Edit:
    """Return several edits as one."""

    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit
