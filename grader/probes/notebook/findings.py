"""A file of findings: where it is and the list in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.probes.notebook.finding import read_finding
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file
from grader.probes.shared.stated import stated_path
from grader.probes.shared.text import Json, clean, word

FINDINGS_CAP = 200


def entries_of(document: Json) -> list[Json] | None:
    """Return the list of findings of a document: at the top, under a usual key, or keyed by id."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    for key in ("findings", "issues", "defects", "problems", "results"):
        if key in document:
            inner = document[key]
            return (
                inner if isinstance(inner, list) else entries_of(inner) if isinstance(inner, dict) else None
            )
    lists = [part for part in document.values() if isinstance(part, list)]
    if len(lists) == 1:
        return lists[0]
    if document and all(isinstance(part, dict) for part in document.values()):
        return [{"kind": key, **part} for key, part in document.items()]
    return [document] if any(word(key) in ("kind", "columns", "column") for key in document) else None


def read_findings(root: Path, relative: str, shown: str) -> dict[str, Json]:
    """Return a FindingsFile; `shown` is the path as reported."""
    problems: list[str] = []
    findings: list[dict[str, Json]] = []
    try:
        entries = entries_of(parse_json(read_file(root, relative, 4 << 20)))
        if entries is None:
            raise ValueError("found no list of findings, expected {'findings': [...]}")
        if len(entries) > FINDINGS_CAP:
            problems.append(f"{shown}: findings: found {len(entries)}, expected at most {FINDINGS_CAP}")
        for place, entry in enumerate(entries[:FINDINGS_CAP]):
            if isinstance(entry, dict):
                findings.append(read_finding(entry, f"findings[{place}]", problems, shown))
            else:
                problems.append(f"{shown}: findings[{place}]: found {clean(entry, 60)!r}, expected an object")
    except ValueError as error:
        problems.append(f"{shown}: {error}")
    except RecursionError:
        problems.append(f"{shown}: found JSON nested too deeply")
    return {"path": shown, "findings": findings, "problems": problems[:100]}


def find_findings(root: Path, files: Mapping[str, int]) -> str | None:
    """Return the submitted findings file: as stated, findings.json, or the nearest name to it."""
    stated = stated_path(root, files, {"findings", "findings_json"})
    names = [path for path in files if path.lower().endswith(".json")]
    exact = [path for path in names if Path(path).name.lower() == "findings.json"]
    near = [path for path in names if "finding" in Path(path).name.lower()]
    return stated if stated in names else next(iter(exact + near), None)
