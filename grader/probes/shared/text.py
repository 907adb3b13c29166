"""Text of a stranger: made printable, decoded, and read as a number or a name."""

from __future__ import annotations

import math
import re
from typing import Any

Json = Any
CONTROL = re.compile(
    "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(value: object, cap: int = 2000) -> str:
    """Return the value as printable text of at most `cap` characters."""
    text = value if isinstance(value, str) else str(value)
    text = text[: cap * 4].encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub("", text).strip()[:cap]


def one_line(value: object, cap: int = 300) -> str:
    """Return the value as one printable line of at most `cap` characters."""
    text = (value if isinstance(value, str) else str(value))[: cap * 2].encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", " ", text).strip()[:cap]


def number(value: Json) -> float | None:
    """Return a finite float of a JSON number, a numeric string or a percentage; None otherwise.

    >>> number("1,024"), number("0,312"), number("31,2 %"), number("0.31"), number("1,02,3")
    (1024.0, 0.312, 0.312, 0.31, None)
    """
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip().replace("\u2212", "-").replace("_", "x")
        share = text.endswith("%")
        text = text.rstrip("%").strip()
        if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text):
            text = text.replace(",", "")
        elif re.fullmatch(r"[+-]?(0?,\d+|\d+,(\d{1,2}|\d{4,}))", text):
            text = text.replace(",", ".")  # no group of thousands, so a decimal comma
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
    """Return a name in lower case with single underscores between its letters and digits; `@` is the word `at`."""
    return re.sub(r"[^a-z0-9]+", "_", clean(value, 200).lower().replace("@", "_at_")).strip("_")


def decode_text(data: bytes) -> str:
    """Return UTF-8 or UTF-16 bytes as text, with a byte order mark or without; damage is replaced."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    head = data[:400]
    if head and head.count(0) > len(head) // 4:
        return data.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")
