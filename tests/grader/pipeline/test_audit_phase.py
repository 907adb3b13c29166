"""The notebook runs with the packages that its submission lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.pipeline.audit_phase import find_packages

LIST = "requirements-notebook.txt"


@pytest.mark.parametrize(("files", "found"), [
    ((LIST, "audit.ipynb"), LIST),
    ((LIST, "work/audit.ipynb", f"work/{LIST}"), LIST),
    (("cover letter.pdf", "ada/audit.ipynb", f"ada/{LIST}"), f"ada/{LIST}"),
    (("letter.pdf", "ada/notebooks/audit.ipynb", "ada/Requirements-Notebook.txt"), "ada/Requirements-Notebook.txt"),
    (("audit.ipynb", f"starter/{LIST}"), None),
    (("audit.ipynb", f"{LIST}/inner.txt"), None),
    (("audit.ipynb", "requirements.txt"), None),
])  # fmt: skip
def test_a_letter_beside_the_folder_lost_the_notebooks_packages(
    tmp_path: Path, files: tuple[str, ...], found: str | None
) -> None:
    """They are found above or beside a notebook, the root first; a list that belongs to no notebook is not taken."""
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("polars==1.9.0\n")
    assert find_packages(tmp_path) == (tmp_path / found if found else None)
