"""Calendar months as people write them: April 2024, 2024-04, 04/2024, October to December 2024."""

import re
from dataclasses import dataclass

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]{1,6})?\.?"
_WORD_MONTH = re.compile(rf"\b{_NAME}(?:\s*(?:-|to|and|until|/|,)\s*{_NAME})?(?: of)? (20\d\d)\b")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)(?:\s?(?:\.{2,3}|-|…)\s?(\d\d)\b(?!-))?")
_NUMERIC = re.compile(r"\b(?:(\d{1,2})-)?(\d{1,2})[./](20\d\d)\b")

_DASHES = str.maketrans("–—", "--")


@dataclass(frozen=True)
class MonthSaid:
    """A month (``YYYY-MM``) and where in the text it stands."""

    month: str
    at: int


def _make(year: str, number: int, at: int) -> list[MonthSaid]:
    return [MonthSaid(f"{year}-{number:02d}", at)] if 1 <= number <= 12 else []


def months_in(text: str) -> tuple[MonthSaid, ...]:
    """All months of a text, in the order of their places; both ends of a range, whatever dash parts them."""
    text = text.lower().translate(_DASHES)
    found: list[MonthSaid] = []
    for match in _WORD_MONTH.finditer(text):
        first, second, year = match.group(1), match.group(2), match.group(3)
        found += _make(year, _NAMES.index(first) + 1, match.start())
        if second:
            found += _make(year, _NAMES.index(second) + 1, match.start())
    for match in _ISO.finditer(text):
        found += _make(match.group(1), int(match.group(2)), match.start())
        if match.group(3):
            found += _make(match.group(1), int(match.group(3)), match.start())
    for match in _NUMERIC.finditer(text):
        if match.group(1):
            found += _make(match.group(3), int(match.group(1)), match.start())
        found += _make(match.group(3), int(match.group(2)), match.start())
    return tuple(sorted(found, key=lambda said: said.at))


def month_number(month: str) -> int:
    """Months since year 0, so that months can be subtracted."""
    year, number = month.split("-")[:2]
    return int(year) * 12 + int(number)


def months_apart(later: str, earlier: str) -> int:
    """How many months lie between two ``YYYY-MM``; negative where the first is earlier."""
    return month_number(later) - month_number(earlier)
