"""Run a notebook in a fresh kernel, its outputs bounded."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from grader.probes.shared.notebooks import Cell
from grader.probes.shared.text import Json, clean

KERNEL_DEAD, CELL_TIMEOUT, KERNEL_LATE = 3, 4, 5
START_SECONDS = 120
OUTPUT_SECONDS = 120
"""How long what a cell printed may still be on its way after its end; on a busy host it takes its time."""
OUTPUT_CAP, OUTPUTS_TOTAL, OUTPUTS_PER_CELL = 4 << 20, 20 << 20, 500


def weight(value: Json) -> int:
    """Return about how many bytes a message holds."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(weight(key) + weight(part) for key, part in value.items())
    return sum(weight(part) for part in value) if isinstance(value, list | tuple) else 8


class CappedClient(NotebookClient):
    """A notebook client that drops outputs once a cell or the notebook has had its share."""

    spent = 0

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: Any) -> Any:
        """Keep an output if it is an error, or small enough and there is room for it."""
        size = weight(msg.get("content", {}))
        room = size <= OUTPUT_CAP and self.spent + size <= OUTPUTS_TOTAL and len(outs) < OUTPUTS_PER_CELL
        if not room and msg.get("msg_type") != "error":
            return None
        self.spent += size
        return super().output(outs, msg, display_id, cell_index)


def normalised(cells: list[Cell], path: str) -> Any:
    """Return a clean notebook of format 4.4: our kernel, no outputs, no counts, no cell metadata."""
    parts: list[dict[str, Json]] = []
    for cell in cells:
        part: dict[str, Json] = {"cell_type": cell.kind, "metadata": {}, "source": cell.source}
        parts.append({**part, "outputs": [], "execution_count": None} if cell.kind == "code" else part)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "takehome": {"path": clean(path, 500)}}
    book = {"cells": parts, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return nbformat.from_dict(book)  # type: ignore[no-untyped-call]


def execute(book: Any, folder: Path, cell_seconds: float) -> tuple[int, str, str]:
    """Run the notebook in place; return our exit code, a state and the first line of what went wrong."""
    client = CappedClient(
        book,
        timeout=cell_seconds,
        startup_timeout=START_SECONDS,
        iopub_timeout=OUTPUT_SECONDS,
        kernel_name="python3",
        allow_errors=False,
        force_raise_errors=True,
        skip_cells_with_tag="",
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return 0, "error", clean(f"{error.ename}: {error.evalue}", 500)
    except CellTimeoutError:
        return CELL_TIMEOUT, "timeout", f"a cell ran over {cell_seconds:g} s"
    except DeadKernelError:
        return KERNEL_DEAD, "dead", "the kernel died"
    except RuntimeError as error:
        if "didn't respond" not in str(error):
            raise
        if client.km is None:  # it has let the kernel go, and would ask it to end once more at our end
            atexit.unregister(client._cleanup_kernel)
        return KERNEL_LATE, "late", f"the kernel was not ready within {START_SECONDS} s"
    return 0, "ok", ""
