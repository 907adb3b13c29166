"""What the run of a notebook amounts to."""

from __future__ import annotations

from grader.probes.shared.notebooks import Cell
from grader.probes.shared.text import Json, clean


def outcome(cells: list[Cell]) -> dict[str, Json]:
    """Return what the run of the notebook amounts to: counts, order, first error, images."""
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    counts = [cell.count for cell in code]
    first: tuple[int | None, str] = (None, "")
    images = 0
    for cell in code:
        for part in cell.outputs:
            if part.get("output_type") in ("error", "pyerr") and first[0] is None:
                first = (cell.number, clean(f"{part.get('ename')}: {part.get('evalue')}", 500))
            data = part.get("data")
            images += isinstance(data, dict) and any(str(key).startswith("image/") for key in data)
    return {
        "code_cells": len(code),
        "executed_cells": sum(isinstance(count, int) and not isinstance(count, bool) for count in counts),
        "in_order": bool(code) and counts == list(range(1, len(code) + 1)),
        "error_cell": first[0],
        "error": first[1],
        "images": images,
    }
