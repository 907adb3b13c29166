"""Whether findings.json keeps the schema of the brief, finding by finding."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from grader.contract.problem import Problem, note
from grader.contract.terms import STATISTICS, load_terms
from grader.contract.work import Work
from grader.probes.notebook.findings import entries_of, find_findings
from grader.probes.shared.documents import parse_json
from grader.probes.shared.files import read_file

MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
RANGE = re.compile(rf"{MONTH.pattern}(\.\.{MONTH.pattern})?")


def check_findings(work: Work) -> Iterator[Problem]:
    """Yield what does not keep the schema; whether a finding is true is not looked at."""
    path = find_findings(work.root, work.files)
    if path is None:
        return
    try:
        document = parse_json(read_file(work.root, path, 4 << 20))
        entries = entries_of(document)
    except ValueError as error:
        yield Problem(
            path, "", str(error), '{"findings": [...]}', "let the notebook write it with json.dumps"
        )
        return
    if entries is None:
        yield Problem(
            path, "", "no list of findings", '{"findings": [...]}', "write the list under `findings`"
        )
        return
    if not isinstance(document, dict) or not isinstance(document.get("findings"), list):
        yield note(
            path, "", "a list in another place", '{"findings": [...]}', "write the list under `findings`"
        )
    if not entries:
        yield note(path, "findings", "an empty list", "what the audit found", "report what you found")
    columns = frozenset(work.columns())
    for number, entry in enumerate(entries):
        for problem in _finding(path, entry, columns):
            place = f"findings[{number}]" + (f".{problem.place}" if problem.place else "")
            yield Problem(path, place, problem.found, problem.expected, problem.remedy, problem.note)


def _finding(path: str, entry: Any, columns: frozenset[str]) -> Iterator[Problem]:
    terms = load_terms()
    if not isinstance(entry, dict):
        yield Problem(path, "", repr(entry)[:80], "an object", "write one object a finding")
        return
    for field, required in terms.finding_fields.items():
        if required and field not in entry:
            remedy = "add it" + (" (null for open)" if field in ("from", "to") else "")
            yield Problem(path, field, "nothing", "a value", remedy)
    for field in entry:
        if field not in terms.finding_fields:
            yield note(
                path,
                str(field),
                "a field nobody reads",
                ", ".join(terms.finding_fields),
                "remove or rename it",
            )
    kind = entry.get("kind")
    if "kind" in entry and kind not in terms.kinds:
        near = get_close_matches(str(kind), terms.kinds, 1)
        remedy = f"did you mean {near[0]!r}?" if near else "take an id of the brief's last table"
        yield Problem(path, "kind", repr(kind), "one id of the brief's list of kinds", remedy)
    if entry.get("status", "defect") not in terms.statuses:
        yield Problem(path, "status", repr(entry["status"]), ", ".join(terms.statuses), "take one of these")
    yield from _columns(path, entry.get("columns", []), columns)
    yield from _months(path, entry)
    yield from _where(path, entry.get("where"), columns)
    if entry.get("statistic") is not None:
        yield from _statistic(path, entry["statistic"])
    for field in ("action", "summary"):
        if field in entry and (not isinstance(entry[field], str) or not entry[field].strip()):
            yield Problem(path, field, repr(entry[field])[:80], "a text", "say it in words")


def _columns(path: str, given: Any, columns: frozenset[str]) -> Iterator[Problem]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        yield Problem(
            path, "columns", repr(given)[:80], "a list of column names, maybe empty", "write it as a list"
        )
        return
    for name in given:
        if columns and name not in columns:
            near = get_close_matches(name, columns, 1)
            remedy = f"did you mean {near[0]!r}?" if near else "take names of data_dictionary.md"
            yield Problem(path, "columns", repr(name), "a column of the data", remedy)


def _months(path: str, entry: dict[str, Any]) -> Iterator[Problem]:
    terms = load_terms()
    known: dict[str, str] = {}
    for field in ("from", "to"):
        value = entry.get(field)
        if value is None:
            continue
        if not isinstance(value, str) or not MONTH.fullmatch(value):
            yield Problem(path, field, repr(value)[:60], "YYYY-MM or null", "write the month as 2024-04")
        elif not terms.first_month <= value <= terms.last_month:
            expected = f"{terms.first_month} to {terms.last_month}"
            yield Problem(path, field, value, expected, "give a month of the data, or null for open")
        else:
            known[field] = value
    if len(known) == 2 and known["from"] > known["to"]:
        yield Problem(
            path, "to", f"{known['to']} before {known['from']}", "a month not before `from`", "swap them"
        )


def _where(path: str, where: Any, columns: frozenset[str]) -> Iterator[Problem]:
    if where is None:
        return
    if not isinstance(where, dict):
        yield Problem(path, "where", repr(where)[:80], '{"column": value}', "write an object")
        return
    for name in where:
        if columns and name not in columns:
            yield Problem(
                path, "where", repr(name), "a column of the data", "take names of data_dictionary.md"
            )


def _statistic(path: str, given: Any) -> Iterator[Problem]:
    if not isinstance(given, dict):
        yield Problem(path, "statistic", repr(given)[:80], '{"name": ..., "value": ...}', "write one object")
        return
    if given.get("name") not in STATISTICS:
        yield Problem(
            path, "statistic.name", repr(given.get("name")), ", ".join(STATISTICS), "take one of these"
        )
    value = given.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        remedy = "write float(value); NaN and text earn nothing"
        yield Problem(path, "statistic.value", repr(value)[:60], "a finite number", remedy)
    for field in ("reference", "current"):
        span = given.get(field)
        if span is not None and not (isinstance(span, str) and RANGE.fullmatch(span)):
            yield Problem(
                path, f"statistic.{field}", repr(span)[:60], "YYYY-MM..YYYY-MM or YYYY-MM", "write a range"
            )
