"""Read the audit notebook as we ran it and both findings files: the written and the submitted one.

Prints NotebookEvidence. SUBMISSION_DIR holds the submission, NOTEBOOK_OUT what the notebook job left
(`executed.ipynb`, `findings.json`; either may be missing). Cells are counted from 1 over all cells.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import stat
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

# region shared: reading files of a stranger; the same text in every probe, a test holds the copies equal
Json = Any
JSON_LIMIT = 1 << 20
MAX_ENTRIES = 200_000
JUNK = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "__MACOSX", "node_modules", "__pycache__", ".ipynb_checkpoints")
)
CONTROL = re.compile(
    "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(value: object, cap: int = 2000) -> str:
    """Return the value as printable text of at most `cap` characters."""
    text = value if isinstance(value, str) else str(value)
    text = text[: cap * 4].encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub("", text).strip()[:cap]


def number(value: Json) -> float | None:
    """Return a finite float of a JSON number, a numeric string or a percentage; None otherwise."""
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip().replace("\u2212", "-").replace("_", "x")
        share = text.endswith("%")
        text = text.rstrip("%").strip()
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
            text = text.replace(",", "")
        try:
            value = float(text) / (100.0 if share else 1.0)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def word(value: object) -> str:
    """Return a name in lower case with single underscores between its letters and digits."""
    return re.sub(r"[^a-z0-9]+", "_", clean(value, 200).lower()).strip("_")


def list_files(root: Path) -> dict[str, int]:
    """Return size by relative path of the regular files below a folder, shallow ones first, no links."""
    found: dict[str, int] = {}
    folders = [("", 0)]
    for prefix, depth in folders:
        try:
            with os.scandir(root / prefix) as opened:
                entries = sorted(opened, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if len(found) >= MAX_ENTRIES:
                return found
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in JUNK and depth < 30:
                    folders.append((f"{prefix}{entry.name}/", depth + 1))
            elif entry.is_file(follow_symlinks=False):
                found[prefix + entry.name] = entry.stat(follow_symlinks=False).st_size
    return found


def read_file(root: Path, relative: str, cap: int) -> bytes:
    """Return the bytes of a regular file; ValueError says why not (a link, no file, over `cap` bytes)."""
    try:
        handle = os.open(root / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise ValueError(f"found nothing readable ({type(error).__name__}), expected a file") from error
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("found a folder or special file, expected a regular file")
        if status.st_size > cap:
            raise ValueError(f"found {status.st_size} bytes, expected at most {cap}")
        data = opened.read(cap + 1)
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        raise ValueError("found a pointer of large-file storage, expected the file itself")
    return data[:cap]


def decode_text(data: bytes) -> str:
    """Return UTF-8 or UTF-16 bytes as text, with a byte order mark or without; damage is replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:400]
    if head and head.count(0) > len(head) // 4:
        return data.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")


def parse_json(data: bytes) -> Json:
    """Return a JSON document with NaN and infinities as null; ValueError says what is wrong."""
    try:
        return json.loads(decode_text(data), parse_constant=lambda _: None)
    except RecursionError:
        raise ValueError("found JSON nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"found no JSON ({clean(error, 120)})") from None


class PlainLoader(yaml.SafeLoader):
    """YAML of plain values: no tags that make objects, and no aliases, which can grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def parse_yaml(data: bytes) -> Json:
    """Return a YAML document of plain values; ValueError says what is wrong."""
    try:
        return yaml.load(decode_text(data), Loader=PlainLoader)  # noqa: S506  a SafeLoader without aliases
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise ValueError(f"found no plain YAML ({clean(error, 120)})") from None


def stated_path(root: Path, files: Mapping[str, int], names: Collection[str]) -> str | None:
    """Return the file that submission.yaml states under one of the names, where it is really there."""
    for name in ("submission.yaml", "submission.yml"):
        if name not in files:
            continue
        try:
            stack = [parse_yaml(read_file(root, name, 65536))]
        except ValueError:
            continue
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                stack.extend(value for value in node.values() if isinstance(value, dict))
                for key, value in node.items():
                    path = value.replace("\\", "/").removeprefix("./") if isinstance(value, str) else ""
                    if word(key) in names and (path in files or any(f.startswith(path + "/") for f in files)):
                        return path or None
    return None


def shorten(value: Json, cap: int) -> Json:
    """Return the value with every string and key cut to `cap` characters."""
    if isinstance(value, str):
        return value[:cap]
    if isinstance(value, dict):
        return {key[:cap]: shorten(part, cap) for key, part in value.items()}
    return [shorten(part, cap) for part in value] if isinstance(value, list | tuple) else value


def emit(result: Json, arrays: Mapping[str, Any] | None = None) -> None:
    """Print one JSON line of at most 1 MiB, then the arrays as little-endian float64 in announced order."""
    values = {name: np.ascontiguousarray(part, dtype="<f8") for name, part in (arrays or {}).items()}
    announced = [{"name": name, "length": int(part.size)} for name, part in values.items()]
    line = b""
    for cap in (4000, 800, 200, 60, 20):
        document = {"result": shorten(result, cap), "arrays": announced}
        line = json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if len(line) <= JSON_LIMIT:
            break
    if len(line) > JSON_LIMIT:
        raise SystemExit("the result of this probe is longer than 1 MiB")
    sys.stdout.buffer.write(line)
    for part in values.values():
        sys.stdout.buffer.write(part.tobytes())
    sys.stdout.buffer.flush()


# endregion

# region notebooks: finding and reading a notebook; the same text in three probes, a test holds them equal
NOTEBOOK_CAP = 64 << 20


@dataclass(frozen=True)
class Cell:
    """A cell whatever the format version; `number` counts all cells from 1."""

    number: int
    kind: str
    source: str
    count: Json
    outputs: list[dict[str, Json]]


def find_notebook(root: Path, files: Mapping[str, int], stated: str | None) -> str | None:
    """Return the audit notebook: as stated, by its name, by mentioning findings.json, else the largest."""
    books = [path for path in files if path.lower().endswith(".ipynb")]
    if stated in books:
        return stated
    names = {path: Path(path).name.lower() for path in books}
    for wanted in (r"audit\.ipynb$", r"audit", r"(^|[^a-z])eda([^a-z]|$)", r"explor"):
        for path in books:
            if re.search(f"^{wanted}" if wanted.endswith("$") else wanted, names[path]):
                return path
    for path in books[:50]:
        try:
            if "findings.json" in decode_text(read_file(root, path, NOTEBOOK_CAP)):
                return path
        except ValueError:
            continue
    return max(books, key=lambda path: files[path], default=None)


def text_of(value: Json) -> str:
    """Return notebook text, which is a string or a list of strings."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def read_cells(document: Json) -> list[Cell]:
    """Return the cells of a notebook of format 3 or 4; ValueError where it holds none."""
    found = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(found, list) and isinstance(document, dict):
        sheets = document.get("worksheets")
        parts = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
        found = [cell for part in parts if isinstance(part, list) for cell in part] if parts else None
    if not isinstance(found, list):
        raise ValueError("found JSON without a list of cells, expected a notebook")
    cells = []
    for place, cell in enumerate(found[:5000], start=1):
        if not isinstance(cell, dict):
            continue
        kind = cell.get("cell_type")
        kind = "markdown" if kind in ("markdown", "heading") else kind if kind in ("code", "raw") else "raw"
        outputs = cell.get("outputs")
        kept = [part for part in outputs if isinstance(part, dict)] if isinstance(outputs, list) else []
        source = text_of(cell.get("source", cell.get("input")))
        cells.append(Cell(place, kind, source, cell.get("execution_count", cell.get("prompt_number")), kept))
    return cells


# endregion

FINDINGS_CAP = 200
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OPEN_END = frozenset(("", "none", "null", "nan", "na", "open", "ongoing", "present", "now", "end", "all"))
KEYS = {
    "kind": ("kind", "type", "defect", "issue", "category", "id", "name"),
    "columns": ("columns", "column", "features", "feature", "cols", "col", "fields", "field", "variable"),
    "from": ("from", "from_month", "start", "start_month", "since", "begin", "onset", "month_from"),
    "to": ("to", "to_month", "end", "end_month", "until", "month_to"),
    "months": ("months", "month", "period", "range", "window"),
    "status": ("status", "verdict", "assessment"),
    "statistic": ("statistic", "statistics", "stat", "stats", "metric", "evidence"),
    "action": ("action", "actions", "fix", "treatment", "remedy", "mitigation", "recommendation"),
    "summary": ("summary", "description", "message", "explanation", "comment", "details", "reason", "note"),
    "where": ("where", "slice", "subset", "filter", "segment"),
}
STATUSES = {
    "defect": ("defect", "issue", "problem", "bug", "confirmed", "error", "leak"),
    "note": ("note", "info", "harmless", "legitimate", "expected", "benign", "ok", "decoy", "not_a_defect"),
    "ask": ("ask", "question", "unclear", "unsure", "clarify", "query", "to_clarify", "suspected"),
}


def month(value: Json) -> str | None:
    """Return `YYYY-MM` of the usual spellings of a month; ValueError where it is none, None where open."""
    text = clean(value, 60).lower() if value is not None else ""
    if text in OPEN_END:
        return None
    name = re.search(rf"\b({'|'.join(MONTHS)})[a-z]*\b", text)
    year = re.search(r"(?<!\d)(19|20)\d\d", text)
    if name and year:
        return f"{year[0]}-{MONTHS.index(name[1]) + 1:02d}"
    for pattern, order in (
        (r"^((?:19|20)\d\d)\s*[-/._m ]\s*(\d{1,2})(?!\d)", (1, 2)),
        (r"^((?:19|20)\d\d)(\d\d)(?:\d\d)?(?:\.0)?$", (1, 2)),
        (r"^(\d{1,2})\s*[-/.]\s*((?:19|20)\d\d)$", (2, 1)),
    ):
        found = re.match(pattern, text)
        if found and 1 <= int(found[order[1]]) <= 12:
            return f"{found[order[0]]}-{int(found[order[1]]):02d}"
    raise ValueError("no month")


def strings(value: Json) -> tuple[str, ...]:
    """Return a list of names from a list, one string, or a string with commas."""
    if isinstance(value, str):
        value = value.split(",")
    parts = value if isinstance(value, list) else list(value) if isinstance(value, dict) else [value]
    return tuple(text for text in (clean(part, 200) for part in parts[:60] if part is not None) if text)


def spelled(value: Json) -> str:
    """Return a value of `where` as text, the way JSON spells null and truth values."""
    return (
        {None: "null", True: "true", False: "false"}[value]
        if value is None or value is True or value is False
        else clean(value, 200)
    )


def span(value: Json) -> str:
    """Return a range of months or any free text as one string, `first..last` for pairs."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return "..".join(clean(part, 200) for part in value[:2] if part is not None)
    return "" if value is None else clean(value, 500)


def statistic(value: Json, entry: Mapping[str, Json], note: Any) -> dict[str, Json] | None:
    """Return a StatisticClaim of an object, the first of a list, `{"psi": 0.3}`, or a name beside a value."""
    if isinstance(value, list):
        if len(value) > 1:
            note("statistic", f"{len(value)} statistics, the first is read", "one")
        value = value[0] if value else None
    if isinstance(value, str):
        found = re.fullmatch(r"\s*([A-Za-z_ -]+?)\s*(?:=|:|is)\s*([-+.\d,%eE]+)\s*", value)
        value = (
            {"name": found[1], "value": found[2]} if found else {"name": value, "value": entry.get("value")}
        )
    if not isinstance(value, dict) or not value:
        return None
    if "name" not in value and "statistic" not in value and "metric" not in value:
        key = next((name for name, part in value.items() if number(part) is not None), None)
        if key is None:
            note("statistic", "an object without a name", "name and value")
            return None
        value = {**value, "name": key, "value": value[key]}
    amount = number(value.get("value"))
    if amount is None:
        note("statistic.value", clean(value.get("value"), 60), "a finite number")
    name = word(value.get("name") or value.get("statistic") or value.get("metric"))
    reference, current = span(value.get("reference")), span(value.get("current"))
    return {"name": name, "value": amount, "reference": reference, "current": current}


def read_finding(entry: Mapping[str, Json], place: str, problems: list[str], file: str) -> dict[str, Json]:
    """Return one FindingClaim; what could not be read is said in `problems`."""

    def note(where: str, found: str, expected: str) -> None:
        problems.append(f"{file}: {place}.{where}: found {clean(found, 120)!r}, expected {expected}")

    given = {word(key): value for key, value in entry.items()}

    def pick(name: str) -> Json:
        return next((given[key] for key in KEYS[name] if given.get(key) is not None), None)

    first, last = pick("from"), pick("to")
    both = pick("months")
    if first is None and last is None and both is not None:
        if isinstance(both, str):
            both = [
                part
                for part in re.split(r"\.\.+|\s+(?:to|until|through)\s+|\s*[–—,]\s*|\s+-\s+", both)
                if part
            ]
        if isinstance(both, dict):
            first, last = both.get("from", both.get("start")), both.get("to", both.get("end"))
        elif isinstance(both, list) and both:
            first, last = both[0], both[-1]
        else:
            first = both
    months: list[str | None] = []
    for where, value in (("from", first), ("to", last)):
        try:
            months.append(month(value))
        except ValueError:
            months.append(None)
            note(where, clean(value, 60), "a month like 2024-04, or null")
    said = word(pick("status") or "defect")
    status = next((name for name, words in STATUSES.items() if said in words), None)
    if status is None:
        note("status", said, "defect, note or ask")
    where = pick("where")
    slices: dict[str, Json] = {}
    if isinstance(where, dict):
        slices = {
            clean(key, 100): tuple(
                spelled(value) for value in (part if isinstance(part, list) else [part])[:60]
            )
            for key, part in list(where.items())[:20]
        }
    elif isinstance(where, str) and "=" in where:
        key, _, part = where.replace("==", "=").partition("=")
        slices = {clean(key, 100): strings([part.strip(" '\"")])}
    elif where is not None:
        note("where", clean(where, 60), "an object of column and value")
    kind = word(pick("kind") or "")
    if not kind:
        note("kind", "nothing", "a kind of the published list")
    columns = pick("columns")
    return {
        "kind": kind,
        "columns": () if columns is None else strings(columns),
        "from_month": months[0],
        "to_month": months[1],
        "where": slices,
        "status": status or "defect",
        "statistic": statistic(pick("statistic"), given, note),
        "action": span_text(pick("action")),
        "summary": span_text(pick("summary")),
    }


def span_text(value: Json) -> str:
    """Return free text, lists joined by semicolons."""
    if isinstance(value, list):
        return clean("; ".join(clean(part, 500) for part in value[:10]))
    return "" if value is None else clean(value)


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


def main() -> None:
    """Print NotebookEvidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", help="path inside the submission; found by itself where absent")
    options = parser.parse_args()
    root, ran = Path(os.environ["SUBMISSION_DIR"]), Path(os.environ.get("NOTEBOOK_OUT") or "/nonexistent")
    files = list_files(root)
    path = options.notebook if options.notebook in files else None
    path = path or find_notebook(root, files, stated_path(root, files, {"notebook", "audit"}))
    problems: list[str] = []
    submitted: list[Cell] = []
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
        try:
            executed = read_cells(parse_json(read_file(ran, "executed.ipynb", NOTEBOOK_CAP)))
            same = [(c.kind, c.source) for c in executed] == [(c.kind, c.source) for c in submitted]
            if not same:
                raise ValueError("found other cells than the submitted ones, expected the same")
            result = outcome(executed)
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
    }
    emit(result)


if __name__ == "__main__":
    main()
