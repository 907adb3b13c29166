"""Broken parts of a submission, each alone: a finding that names it, never a traceback, and the rest still judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.evidence.document import Evidence
from grader.execution.limits import Limits
from grader.execution.local import LocalExecutor
from grader.pipeline.grading import Order, collect
from grader.pipeline.progress import Silent
from grader.rubric import load_rubric
from grader.scoring import score
from grader.truth import Truth, find_vault, load_truth
from tests.end_to_end import tools

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """A small variant's vault."""
    data = tools.generate(tmp_path_factory.mktemp("parts") / "data", rows=5000)
    return load_truth(find_vault(data / "vault", None))


def submission(folder: Path) -> Path:
    """A small submission whose parts can be read."""
    (folder / "evaluation").mkdir(parents=True)
    (folder / "README.md").write_text("# Watching the model\n\nWe watch PSI of usage.\n", encoding="utf-8")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, folder / "audit.ipynb")
    found = {"findings": [{"kind": "class_imbalance", "columns": [], "action": "keep", "summary": "6 %"}]}
    (folder / "findings.json").write_text(json.dumps(found), encoding="utf-8")
    (folder / "evaluation/metrics.json").write_text('{"tuned": {"pr_auc": 0.2}}', encoding="utf-8")
    (folder / "requirements.txt").write_text("fastapi==0.1\nuvicorn\n", encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM python:3.11-slim\nCOPY requirements.txt .\n", encoding="utf-8")
    return folder


def graded(truth: Truth, folder: Path, tmp_path: Path) -> tuple[Evidence, dict[str, Any]]:
    """Collect evidence and score it; no criterion may be pending, which is what a traceback of ours becomes."""
    order = Order(folder, truth, load_rubric(), Limits(), tmp_path / "out")
    executor = LocalExecutor()
    try:
        evidence = collect(order, executor, Silent(), tmp_path / "work")
    finally:
        executor.close()
    report = score(evidence, load_rubric(), truth).model_dump(mode="json")
    assert report["pending"] == 0, report["dimensions"]
    assert not [note for note in report["notes"] if "on our side" in note]
    return evidence, report


def as_folder(name: str) -> Callable[[Path], None]:
    """A recipe: a folder of this name where a file is expected."""

    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()
        (folder / name / "inner.txt").write_text("x", encoding="utf-8")

    return apply


def without_kernel(folder: Path) -> None:
    """A notebook that names no kernel."""
    path = folder / "audit.ipynb"
    book = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**book, "metadata": {}}), encoding="utf-8")


def told_by(evidence: Evidence) -> str:
    """Everything that the evidence says of what could not be read."""
    document = evidence.document
    parts = [document.notebook.problems, document.tracking.problems, document.predictions.problems,
             document.evaluation.metrics.problems, document.evaluation.problems]  # fmt: skip
    findings = document.notebook.submitted
    return "\n".join(
        [*(text for part in parts for text in part), *(findings.problems if findings else ()),
         *(p.detail for p in document.phases)]
    )  # fmt: skip


@pytest.mark.parametrize(("part", "spoil", "said"), [
    ("notebook that is not JSON", lambda f: (f / "audit.ipynb").write_text("not json"), "audit.ipynb: found no JSON"),
    ("notebook of another language's JSON", lambda f: (f / "audit.ipynb").write_text("[1, 2]"), "audit.ipynb: "),
    ("pointer for the notebook", lambda f: (f / "audit.ipynb").write_text(POINTER), "pointer of large-file"),
    ("pointer for the database", lambda f: (f / "mlflow.db").write_text(POINTER), "pointer of large-file"),
    ("no database", lambda f: (f / "mlflow.db").write_text("hello"), "found no SQLite database"),
    ("folder for the notebook", as_folder("audit.ipynb"), "found no notebook"),
    ("folder for the database", as_folder("mlflow.db"), "found no tracking store"),
    ("folder for the metrics", as_folder("evaluation/metrics.json"), "found no file of claimed figures"),
    ("folder for the predictions", as_folder("evaluation/predictions.parquet"), "predictions"),
    ("findings that are not JSON", lambda f: (f / "findings.json").write_text("{"), "findings.json: found no JSON"),
])  # fmt: skip
def test_a_bad_part_is_a_finding(
    truth: Truth, tmp_path: Path, part: str, spoil: Callable[[Path], Any], said: str
) -> None:
    """The part is named with what was found in its place."""
    folder = submission(tmp_path / "s")
    spoil(folder)
    (tmp_path / "work").mkdir()
    evidence, report = graded(truth, folder, tmp_path)
    assert said in told_by(evidence), part
    assert report["total"] >= 0


def test_a_notebook_without_a_kernel_name_runs(truth: Truth, tmp_path: Path) -> None:
    """It is run with the one kernel there is."""
    folder = submission(tmp_path / "s")
    without_kernel(folder)
    (tmp_path / "work").mkdir()
    evidence, _ = graded(truth, folder, tmp_path)
    assert evidence.document.notebook.executed_cells == 1
    assert not evidence.document.notebook.error


@pytest.mark.parametrize("place", ["README.md", "Dockerfile", "requirements.txt"])
def test_a_folder_where_the_host_reads_a_file(truth: Truth, tmp_path: Path, place: str) -> None:
    """README, Dockerfile and requirements are read on the host: a folder of their name is as if they were missing."""
    folder = submission(tmp_path / "s")
    as_folder(place)(folder)
    (tmp_path / "work").mkdir()
    evidence, _ = graded(truth, folder, tmp_path)
    document = evidence.document
    found = {"README.md": document.readme.path, "Dockerfile": document.dockerfile.path,
             "requirements.txt": document.pinned.path}  # fmt: skip
    assert found[place] is None


def test_utf16_text_is_read(truth: Truth, tmp_path: Path) -> None:
    """README and requirements as a Windows shell writes them are read as anybody's."""
    folder = submission(tmp_path / "s")
    for name in ("README.md", "requirements.txt"):
        (folder / name).write_text((folder / name).read_text(encoding="utf-8"), encoding="utf-16")
    (tmp_path / "work").mkdir()
    evidence, _ = graded(truth, folder, tmp_path)
    assert (evidence.document.pinned.total, evidence.document.pinned.pinned) == (2, 1)
    assert "We watch PSI of usage." in evidence.document.readme.text


def test_a_dockerfile_below_is_found(truth: Truth, tmp_path: Path) -> None:
    """In a sub-folder it is taken, and the evidence says where it was."""
    folder = submission(tmp_path / "s")
    (folder / "service").mkdir()
    (folder / "Dockerfile").rename(folder / "service" / "Dockerfile")
    (tmp_path / "work").mkdir()
    evidence, _ = graded(truth, folder, tmp_path)
    assert evidence.document.dockerfile.path == "service/Dockerfile"


def test_what_is_stated_is_graded_and_what_is_not_there_is_told(truth: Truth, tmp_path: Path) -> None:
    """The stated README is the one that is judged; an entry that nobody can follow is a note of the report."""
    folder = submission(tmp_path / "s")
    (folder / "docs").mkdir()
    (folder / "README.md").rename(folder / "docs" / "RUNBOOK.md")
    (folder / "README.md").write_text("See docs.", encoding="utf-8")
    (folder / "submission.yaml").write_text("readme: docs/RUNBOOK.md\ndockerfile: absent\n", encoding="utf-8")
    (tmp_path / "work").mkdir()
    evidence, report = graded(truth, folder, tmp_path)
    assert evidence.document.readme.path == "docs/RUNBOOK.md"
    assert evidence.document.dockerfile.path == "Dockerfile"
    assert any(note.startswith("submission.yaml: dockerfile states 'absent'") for note in report["notes"])
