"""Whether the audit notebook parses, and finds data and output where the grader will have them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from grader.contract.problem import Problem, note
from grader.contract.work import Work
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.notebooks import NOTEBOOK_CAP, Cell, find_notebook, read_cells
from grader.probes.shared.text import clean

MODULE_CAP = 1 << 20
"""Bytes up to which a Python file beside the notebook is read."""
MAGIC = re.compile(r"^(\s*)[%!].*$|^.*=\s*[%!].*$", re.MULTILINE)
ABSOLUTE = re.compile(r"""["'](/(?:home|Users|content|mnt|root|kaggle)/[^"']*|[A-Za-z]:\\\\?[^"']*)["']""")


def check_notebook(work: Work) -> Iterator[Problem]:
    """Yield what keeps the notebook from running elsewhere; nothing of it is run."""
    path = find_notebook(work.root, work.files, None)
    if path is None:
        return  # the layout says so
    try:
        cells = read_cells(parse_json(read_file(work.root, path, NOTEBOOK_CAP)))
    except ValueError as error:
        yield Problem(path, "", str(error), "a notebook (JSON with cells)", "save it again from Jupyter")
        return
    code = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    if not code:
        yield Problem(path, "", "no cell with code", "an audit that writes findings.json", "write it")
    for cell in code:
        yield from _cell(path, cell)
    text = "\n".join([*(cell.source for cell in code), *_modules(work)])
    for name, default in (("DATA_DIR", "data"), ("OUTPUT_DIR", ".")):
        if code and name not in text:
            remedy = f'use os.environ.get("{name}", "{default}")'
            found = f"neither it nor a .py file names ${name}"
            yield note(path, "", found, f"paths below ${name}", remedy)


def _modules(work: Work) -> Iterator[str]:
    """The Python files that a notebook may import, as far as they can be read."""
    for name, size in work.files.items():
        if name.endswith(".py") and size <= MODULE_CAP:
            try:
                yield read_file(work.root, name, MODULE_CAP).decode("utf-8", "replace")
            except ValueError:
                continue


def _cell(path: str, cell: Cell) -> Iterator[Problem]:
    if not cell.source.lstrip().startswith("%%"):
        plain = MAGIC.sub(lambda found: f"{found[1] or ''}pass", cell.source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(plain)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None)
            place = f"cell {cell.number}" + (f", line {line}" if line else "")
            yield Problem(
                path, place, clean(getattr(error, "msg", error), 120), "Python that parses", "mend the cell"
            )
    for found in ABSOLUTE.finditer(cell.source):
        remedy = "read from $DATA_DIR, write to $OUTPUT_DIR"
        yield note(
            path, f"cell {cell.number}", f"the path {clean(found[1], 100)}", "no path of one machine", remedy
        )
