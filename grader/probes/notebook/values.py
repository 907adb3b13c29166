"""Values of a finding as names, ranges and free text."""

from __future__ import annotations

from grader.probes.shared.text import Json, clean


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


def span_text(value: Json) -> str:
    """Return free text, lists joined by semicolons."""
    if isinstance(value, list):
        return clean("; ".join(clean(part, 500) for part in value[:10]))
    return "" if value is None else clean(value)
