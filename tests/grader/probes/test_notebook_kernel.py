"""The kernel of a notebook on a machine that has little time for it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.probes.notebook_run import kernel
from grader.probes.shared.notebooks import Cell

ROOT = Path(__file__).parents[3]


def book(source: str) -> Any:
    """A notebook of one cell."""
    return kernel.normalised([Cell(1, "code", source, None, [])], "audit.ipynb")


def test_incident_outputs_that_came_late_were_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a cell showed was dropped silently four seconds after its end, though it was on its way."""
    real = kernel.CappedClient.output

    def slow(*given: Any) -> Any:
        time.sleep(1.0)
        return real(*given)

    monkeypatch.setattr(kernel.CappedClient, "output", slow)
    shown = book("for i in range(8):\n    display(i)")
    assert kernel.execute(shown, tmp_path, 600)[:2] == (0, "ok")
    assert len(shown.cells[0].outputs) == 8


def test_incident_a_kernel_that_was_late_was_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that is not ready in time is told from a crash, so that a busy host can be taken into account."""
    monkeypatch.setattr(kernel, "START_SECONDS", 1)
    (tmp_path / "ipykernel_launcher.py").write_text("import time\ntime.sleep(60)\n")
    code, state, said = kernel.execute(book("1"), tmp_path, 600)
    assert (code, state) == (kernel.KERNEL_LATE, "late"), said


def test_incident_a_late_kernel_ended_with_a_traceback(tmp_path: Path) -> None:
    """Of a kernel that was late nothing is left to be done at our end, where it could only fail."""
    (tmp_path / "ipykernel_launcher.py").write_text("import time\ntime.sleep(60)\n")
    program = f"""
from grader.probes.notebook_run import kernel
from grader.probes.shared.notebooks import Cell
kernel.START_SECONDS = 1
book = kernel.normalised([Cell(1, "code", "1", None, [])], "audit.ipynb")
print(kernel.execute(book, {str(tmp_path)!r}, 600)[1])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert ended.stdout.strip() == "late"
    assert "atexit" not in ended.stderr
