"""The notebook runs with the packages that its submission lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.execution.limits import Limits
from grader.execution.protocol import Execution, Job
from grader.pipeline.audit_phase import Staged, find_packages, run_notebook
from grader.types import Verdict
from tests.grader.fake_executor import FakeExecutor

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


class EndsWith(FakeExecutor):
    """Its notebook's runner ends with an exit code, on a host that was busy or not."""

    def __init__(self, code: int, held_up: str | None) -> None:
        super().__init__()
        self.code, self.held_up = code, held_up

    def run(self, job: Job) -> Execution:
        """End so."""
        return Execution(Verdict.CRASH, self.code, b"", b"", 700.0, held_up=self.held_up)


@pytest.mark.parametrize(("code", "held_up", "verdict"), [
    (4, None, Verdict.TIMEOUT_CELL), (4, "the host was busy", Verdict.INFRA_ERROR),
    (5, None, Verdict.KERNEL_DEAD), (6, None, Verdict.INFRA_ERROR), (5, "the host was busy", Verdict.INFRA_ERROR),
    (3, "the host was busy", Verdict.KERNEL_DEAD), (1, "the host was busy", Verdict.CRASH),
])  # fmt: skip
def test_a_cell_that_was_late_on_a_busy_host_is_ours(
    tmp_path: Path, code: int, held_up: str | None, verdict: Verdict
) -> None:
    """A cell's clock excuses as the job's does; what does not hang on a clock is the candidate's on any host."""
    (tmp_path / "audit.ipynb").write_text("{}")
    record = run_notebook(EndsWith(code, held_up), Staged(*[tmp_path] * 5), Limits())
    assert (record.verdict, record.ours) == (verdict, verdict is Verdict.INFRA_ERROR)
    assert ("busy" in record.detail) is (verdict is Verdict.INFRA_ERROR and code != 6)
