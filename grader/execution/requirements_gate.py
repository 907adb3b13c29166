"""Which lines of a candidate's requirements file may reach pip: plain requirements, nothing that steers pip."""

from __future__ import annotations

import re

VERSION = r"(?:===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9.*+!_-]+"
REQUIREMENT = re.compile(
    rf"""[A-Za-z0-9][A-Za-z0-9._-]*\s*                          # name
        (?:\[[A-Za-z0-9._,\s-]*\]\s*)?                         # extras
        (?:\(?\s*{VERSION}\s*(?:,\s*{VERSION}\s*)*,?\s*\)?\s*)?  # versions
        (?:;[A-Za-z0-9_.,()<>=!~'"\s]*)?                        # environment marker
    """,
    re.VERBOSE,
)
HASH = re.compile(r"\s+--hash=sha(?:256|384|512):[0-9a-f]+")
MAX_LINES = 500


def check_requirements(text: str) -> str | None:
    """Return why a requirements file is refused, with the line, or None where it may be installed.

    >>> check_requirements("pandas>=2  # tables\\npolars==1.0 ; python_version < '3.13'")
    >>> check_requirements("--index-url http://elsewhere")
    'line 1: options are not allowed, found "--index-url http://elsewhere"'
    """
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = joined.splitlines()
    if len(lines) > MAX_LINES:
        return f"{len(lines)} lines; at most {MAX_LINES} are read"
    for number, raw in enumerate(lines, start=1):
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        if line.startswith("-"):
            return f'line {number}: options are not allowed, found "{line[:100]}"'
        if not REQUIREMENT.fullmatch(HASH.sub("", line)):
            return f'line {number}: expected a package and versions (no URL, no path), found "{line[:100]}"'
    return None
