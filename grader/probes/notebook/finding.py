"""One finding: its keys in any usual spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.probes.notebook.months import month
from grader.probes.notebook.statistic import statistic
from grader.probes.notebook.values import span_text, spelled, strings
from grader.probes.shared.text import Json, clean, word

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
VALUES = 60
"""Values of a column that `where` may list."""
FOR_NOTES = (
    "seasonality",
    "strong_predictor",
    "structural_missingness",
    "announced_change",
    "ageing",
    "collinearity",
)
"""Kinds of the published list that mean something legitimate; who names one without a status accuses nothing."""


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
    kind = word(pick("kind") or "")
    usual = "note" if kind in FOR_NOTES else "defect"
    said = word(pick("status") or usual)
    status = next((name for name, words in STATUSES.items() if said in words), None)
    if status is None:
        note("status", said, "defect, note or ask")
    where = pick("where")
    slices: dict[str, Json] = {}
    if isinstance(where, dict):
        for key, part in where.items():
            if isinstance(part, list) and len(part) > VALUES:
                note(
                    f"where.{clean(key, 60)}",
                    f"{len(part)} values, the first {VALUES} are read",
                    f"at most {VALUES}",
                )
        slices = {
            clean(key, 100): tuple(
                spelled(value) for value in (part if isinstance(part, list) else [part])[:VALUES]
            )
            for key, part in list(where.items())[:20]
        }
    elif isinstance(where, str) and "=" in where:
        key, _, part = where.replace("==", "=").partition("=")
        slices = {clean(key, 100): strings([part.strip(" '\"")])}
    elif where is not None:
        note("where", clean(where, 60), "an object of column and value")
    if not kind:
        note("kind", "nothing", "a kind of the published list")
    columns = pick("columns")
    return {
        "kind": kind,
        "columns": () if columns is None else strings(columns),
        "from_month": months[0],
        "to_month": months[1],
        "where": slices,
        "status": status or usual,
        "statistic": statistic(pick("statistic"), given, note),
        "action": span_text(pick("action")),
        "summary": span_text(pick("summary")),
    }
