"""Pinned versions are recognised in whatever form people keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.pipeline.pins import find_pins


@pytest.mark.parametrize(("name", "text", "dockerfile", "counts"), [
    ("poetry.lock", '[[package]]\nname = "numpy"\nversion = "1"\n', "COPY poetry.lock ./", (1, 1)),
    ("uv.lock", "version = 1\n", "COPY pyproject.toml uv.lock ./", (1, 1)),
    ("environment.yml", "dependencies:\n  - python=3.11\n  - numpy=1.26\n  - pip:\n      - fastapi==0.1\n",
     "COPY environment.yml .", (3, 3)),
    ("environment.yml", "dependencies:\n  - python=3.11\n  - numpy\n", "COPY environment.yml .", (2, 1)),
    ("setup.py", "", "RUN pip install --no-cache-dir a==1.0 'b[x]==2.0' \\\n  c>=3 && rm x", (3, 2)),
    ("setup.py", "", "RUN pip install -r requirements.txt .", (0, 0)),
])  # fmt: skip
def test_forms_of_pins(
    tmp_path: Path, name: str, text: str, dockerfile: str, counts: tuple[int, int]
) -> None:
    """Lock files count whole, environments and install lines by their packages."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = find_pins(tmp_path, {name: len(text)}, dockerfile)
    assert (found.total, found.pinned) == counts


def test_utf16_requirements_are_read(tmp_path: Path) -> None:
    """A file as a Windows shell writes it holds the same pins."""
    (tmp_path / "requirements.txt").write_text("a==1.0\nb>=2\n", encoding="utf-16")
    found = find_pins(tmp_path, {"requirements.txt": 1}, "COPY requirements.txt .")
    assert (found.path, found.total, found.pinned) == ("requirements.txt", 2, 1)
