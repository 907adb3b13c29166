"""Rebuild the generated pages of docs/: `make docs`; with `--check`, say which are out of date and exit 1."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))


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


PAGES = {"rubric.md": rubric_page, "report.schema.json": schema_page}


def main() -> None:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    stale = []
    for name, build in PAGES.items():
        path, text = DOCS / name, build()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if given.check:
            stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"docs/{name}")
    if stale:
        sys.exit(f"out of date: {', '.join(stale)}; run make docs")


if __name__ == "__main__":
    main()
