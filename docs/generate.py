"""Rebuild the generated pages of docs/: `make docs`; with `--check`, say which are out of date and exit 1."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import sys
import zipfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))
CHECKER = "grader.contract"
START = f"""import sys

try:
    from {CHECKER}.__main__ import main
except ModuleNotFoundError as error:
    sys.exit(f"takehome-check.pyz needs the package {{error.name}}: pip install -r requirements-train.txt")
sys.exit(main())
"""
EARLIEST = (1980, 1, 1, 0, 0, 0)


def rubric_page() -> str:
    """The rubric with the explanation of every check, from the code itself."""
    from grader.rubric import load_rubric

    rubric = load_rubric()
    lines = [
        "# The rubric",
        "",
        "Generated from `grader/rubric.yaml` and the checks' own docstrings by `make docs`; do not edit.",
        "",
        f"Version {rubric.file.version}. Levels: 1 below a credit of .25, 2 below .55, 3 below .85, 4 above.",
        "",
    ]
    for dimension in rubric.file.dimensions:
        lines += [f"## {dimension.title}, {dimension.max:g} points", ""]
        for line in dimension.criteria:
            text = inspect.getdoc(rubric.checks[line.check]) or ""
            lines += [f"### `{line.id}`, {line.points:g} points: {line.title}", "", text, ""]
    bonus = rubric.file.bonus
    lines += [f"## Bonus, {bonus.points:g} points, shown apart", "", inspect.getdoc(rubric.checks[bonus.check]) or "", ""]
    return "\n".join(lines)


def schema_page() -> str:
    """The JSON schema of report.json."""
    from grader.results import Report

    return json.dumps(Report.model_json_schema(), indent=2) + "\n"


def checker() -> bytes:
    """`takehome check` for candidates: one file that Python runs, made of the modules that it imports, and no other."""
    parts = {"__main__.py": START.encode()}
    parts[CHECKER.replace(".", "/") + "/contract.yaml"] = (ROOT / "assignment" / "contract.yaml").read_bytes()
    waiting, seen = [f"{CHECKER}.__main__"], set()
    while waiting:
        name = waiting.pop()
        place = ROOT.joinpath(*name.split("."))
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if name in seen or not path.is_file():
            continue
        seen.add(name)
        text = path.read_bytes()
        parts[path.relative_to(ROOT).as_posix()] = text
        waiting += [name.rpartition(".")[0]] if "." in name else []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    made = io.BytesIO()
    # Stored, not packed: the bytes depend on nothing but the modules.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), parts[name])
    return made.getvalue()


PAGES = {
    "docs/rubric.md": rubric_page,
    "docs/report.schema.json": schema_page,
    "assignment/starter/takehome-check.pyz": checker,
}


def main() -> None:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    stale = []
    for name, build in PAGES.items():
        path, made = ROOT / name, build()
        content = made if isinstance(made, bytes) else made.encode("utf-8")
        if path.is_file() and path.read_bytes() == content:
            continue
        if given.check:
            stale.append(name)
        else:
            path.write_bytes(content)
            print(name)
    if stale:
        sys.exit(f"out of date: {', '.join(stale)}; run make docs")


if __name__ == "__main__":
    main()
