"""Rebuild the generated pages of docs/: `make docs`; with `--check`, say which are out of date and exit 1."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import re
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


OVER_SEVERAL = (
    "Rules over several criteria:",
    "",
    "- Of serving, only `serving.starts` pays where the served model does not rank clearly better than chance on the",
    "  three months after the release (by three standard errors). The same holds of `evaluation.generalises` and `evaluation.decision`.",
    "- Tracking, split, metrics, reproduced, calibration, curves and choices pay nothing where the test rows cannot be",
    "  read, are under a tenth of their months, or repeat the label, nor where neither they nor the service rank better",
    "  than chance; all of these but tracking and split also where the service answers with neither submitted model.",
)


def rubric_page() -> str:
    """The rubric with the explanation of every check, from the code itself."""
    from grader.rubric import load_rubric
    from grader.totals import MEASUREMENT_ERROR

    rubric = load_rubric()
    mark = rubric.file.pass_rule
    lines = [
        "# The rubric",
        "",
        "Generated from `grader/rubric.yaml` and the checks' own docstrings by `make docs`; do not edit.",
        "",
        f"Version {rubric.file.version}. Levels: 1 below a credit of .25, 2 below .55, 3 below .85, 4 above.",
        f"The proposed verdict is pass from {mark.total:g} points with no dimension below level {mark.lowest_level}, borderline",
        f"within {MEASUREMENT_ERROR:g} points of that; the bonus does not count.",
        "",
        *OVER_SEVERAL,
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


def published() -> str:
    """Fingerprints of the reference solution, by which a copy of it shows; what the starter gives away is left out."""
    from grader.checks.published import packed, shingles
    from grader.probes.shared.files import list_files
    from grader.probes.sources.__main__ import read

    reference, starter = ROOT / "reference_solution", ROOT / "assignment" / "starter"
    code = set(read(reference, list_files(reference))[1]) - set(read(starter, list_files(starter))[1])
    text = shingles((reference / "templates" / "README.md").read_text(encoding="utf-8"))
    return json.dumps({"code": packed(code), "text": packed(text)}, indent=0) + "\n"


RUNNER = """# What the image installs that your notebook is run in, with Python 3.11; generated from its lock file.
# To meet the same versions: pip install -r requirements-runner.txt
"""


def runner_versions() -> str:
    """The runner image's packages with their versions, from the lock file that it is built from."""
    lock = (ROOT / "docker" / "sandbox-requirements.lock").read_text(encoding="utf-8")
    return RUNNER + "".join(f"{name}\n" for name in re.findall(r"(?m)^[A-Za-z0-9][\w.-]*==[^\s;\\]+", lock))


GRADED = """# How the grader is itself graded

Generated by `make docs` from the pages that the validation commands write; do not edit. A grader that nobody grades is
an opinion: so mutants of the reference must lose what they break and nothing else, attacks must gain nothing, the data
must hold what its key says and nothing more, judgments of READMEs must agree with blind raters, and killed gradings must
end as undisturbed ones do. `make test` runs a seeded sample of all of it and one grading in real containers; `make validate`
runs every long proof but two: the killed engine (`python -m tests.kills.engine`, which needs root and dockerd) and
`make validate-language-model`. **What misses its target is said here as well.** Figures are those each page had when it was
last written, on the day that it names, so some are perhaps those of an earlier grader.
"""
UNDATED = "The page does not say when it was last written."
MOST_LINES = 14
"""So many lines of a table stand here; how many more there are is said."""


def graded_page() -> str:
    """The last figures of every validation page: its first paragraph, its bold lines, its promises that fail."""
    lines = [GRADED]
    for page in sorted((DOCS / "validation").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), page.stem)
        undated = [] if re.search(r"Last written on \d{4}-\d\d-\d\d\.", text) else [UNDATED, ""]
        lines += [f"## {title}", "", *_opening(text), "", *undated, *_figures(text)]
        lines += [f"All of it: [validation/{page.name}](validation/{page.name})", ""]
    return "\n".join(lines)


def _opening(text: str) -> list[str]:
    """The first paragraph under the title; its links are those of a page one folder below."""
    body = text.partition("\n")[2].lstrip("\n")
    return [line.replace("](../../", "](../") for line in body.partition("\n\n")[0].splitlines()]


def _figures(text: str) -> list[str]:
    """Promises with their measure where the page has them, else its paragraphs and items that stand in bold."""
    promises = [line.split("|")[1:4] for line in text.splitlines() if line.startswith(("| yes |", "| **no** |"))]
    if promises:
        kept = sum("yes" in one[0] for one in promises)
        missed = [f"- missed: {one[1].strip()}; measured: {one[2].strip()}" for one in promises if "no" in one[0]]
        return [f"{kept} of {len(promises)} promises hold.", "", *missed, *([""] if missed else [])]
    blocks = re.split(r"\n\n|\n(?=- )", text.partition("\n\n")[2])
    bold = [one.strip() for one in blocks[1:] if "**" in one and not one.lstrip().startswith(("|", "#", "!["))]
    told = [line for one in bold[:6] for line in (*one.splitlines(), "")]
    return [*told, *_first_table(text), ""]


def _first_table(text: str) -> list[str]:
    """The first table with the paragraph that stands over it, if that is told nowhere else; what is cut is counted."""
    blocks = [one.strip() for one in re.split(r"\n\n", text)]
    place = next((i for i, one in enumerate(blocks) if one.startswith("|")), None)
    if place is None:
        return []
    over = blocks[place - 1]
    told = place <= 2 or "**" in over or over.startswith(("#", "!["))
    rows = blocks[place].splitlines()
    more = len(rows) - MOST_LINES
    counted = ["", f"… {more} more {'line' if more == 1 else 'lines'}"] if more > 0 else []
    return [*([] if told else [over, ""]), *rows[:MOST_LINES], *counted]


PAGES = {
    "docs/graded.md": graded_page,
    "docs/rubric.md": rubric_page,
    "docs/report.schema.json": schema_page,
    "grader/checks/published.json": published,
    "assignment/starter/requirements-runner.txt": runner_versions,
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
