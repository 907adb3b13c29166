"""Read the audit notebook as we ran it and both findings files: the written and the submitted one.

Prints NotebookEvidence. SUBMISSION_DIR holds the submission, NOTEBOOK_OUT what the notebook job left
(`executed.ipynb`, `findings.json`; either may be missing). Cells are counted from 1 over all cells.
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

from grader.probes.notebook.findings import find_findings, read_findings
from grader.probes.notebook.outcome import outcome
from grader.probes.notebook.outputs import outputs
from grader.probes.notebook.statements import statements
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import list_files, read_file
from grader.probes.shared.notebooks import NOTEBOOK_CAP, Cell, find_notebook, read_cells
from grader.probes.shared.output import emit
from grader.probes.shared.text import Json, clean


def main() -> None:
    """Print NotebookEvidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    options = parser.parse_args()
    root, ran = Path(os.environ["SUBMISSION_DIR"]), Path(os.environ.get("NOTEBOOK_OUT") or "/nonexistent")
    files = list_files(root)
    path = find_notebook(root, files, options.notebook)
    problems: list[str] = []
    submitted: list[Cell] = []
    shown: list[Cell] = []
    result: dict[str, Json] = {}
    if path is None:
        problems.append("audit.ipynb: found no notebook in the submission, expected one")
    else:
        try:
            submitted = read_cells(parse_json(read_file(root, path, NOTEBOOK_CAP)))
        except ValueError as error:
            problems.append(f"{clean(path, 300)}: {error}")
        if Path(path).name != "audit.ipynb":
            problems.append(f"{clean(path, 300)}: taken as the audit notebook, expected audit.ipynb")
    if submitted:
        code = sum(1 for cell in submitted if cell.kind == "code" and cell.source.strip())
        result = {"code_cells": code, "images": outcome(submitted)["images"]}
        shown = submitted
        try:
            executed = read_cells(parse_json(read_file(ran, "executed.ipynb", NOTEBOOK_CAP)))
            same = [(c.kind, c.source) for c in executed] == [(c.kind, c.source) for c in submitted]
            if not same:
                raise ValueError("found other cells than the submitted ones, expected the same")
            result = outcome(executed)
            shown = executed
        except ValueError as error:
            problems.append(f"executed.ipynb: {error}")
    prose = " ".join(cell.source for cell in submitted if cell.kind == "markdown")
    stated = find_findings(root, files)
    if stated is None:
        problems.append("findings.json: found none in the submission, expected the notebook's own output")
    produced = os.path.lexists(ran / "findings.json")
    if not produced:
        problems.append("findings.json: the run of the notebook wrote none, expected one in $OUTPUT_DIR")
    result |= {
        "path": None if path is None else clean(path, 300),
        "problems": problems,
        "markdown_words": len(re.findall(r"[^\W_]{2,}", prose)),
        "submitted": None if stated is None else read_findings(root, stated, clean(stated, 300)),
        "produced": read_findings(ran, "findings.json", "findings.json") if produced else None,
        "outputs": outputs(shown),
        "statements": statements(shown) if stated is None and not produced else [],
    }
    emit(result)


if __name__ == "__main__":
    main()
