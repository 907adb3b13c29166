"""Months in the spellings that people use."""

from __future__ import annotations

import re

from grader.probes.shared.text import Json, clean

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OPEN_END = frozenset(("", "none", "null", "nan", "na", "open", "ongoing", "present", "now", "end", "all"))


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
