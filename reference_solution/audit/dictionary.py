"""The data dictionary as a witness: what it announces about a column, and when a column is recorded."""

import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dictionary:
    """Entries of the change log as (month, text), and each column's line; empty where no dictionary was found."""

    changes: tuple[tuple[str, str], ...]
    lines: dict[str, str]

    def announced(self, column: str, month: str, months: int = 1) -> str | None:
        """Return the change-log text that speaks of the column and of the month its change begins.

        The month before counts too, and so does each until the change, which takes `months`, is complete.
        """
        words = {
            word
            for word in re.split(r"[_\W\d]+", column.lower())
            if len(word) > 3 and word not in ("share", "rate")
        }
        for when, text in self.changes:
            if re.fullmatch(r"\d{4}-\d{2}", when) and -1 <= _number(when) - _number(month) <= months:
                spoken = text.lower()
                if column in spoken or any(word in spoken for word in words):
                    return text
        return None

    def highest(self, column: str) -> float | None:
        """Return the largest value that the column's line allows: a scale, a share, "of 12", days of a window."""
        cells = [cell.strip() for cell in self.lines.get(column, "").split(";")]
        if len(cells) < 3:
            return None
        unit, meaning = cells[1], ";".join(cells[2:])
        scale = re.fullmatch(r"\d+\s*[-–]\s*(\d+)", unit)
        if scale:
            return float(scale[1])
        if unit in ("share", "percent"):
            return 1.0 if unit == "share" else 100.0
        count = re.search(r"\bof (\d+)\b|\bup to (\d+)\b", meaning)
        if count:
            return float(count[1] or count[2])
        window = re.search(r"_(\d+)(d|m)$", column)
        if window and ((unit == "days" and window[2] == "d") or column.startswith("late_payments")):
            return float(window[1])
        return 110.0 if unit == "years" else None

    def never_negative(self, column: str) -> bool:
        """Return whether the unit counts or measures something that cannot fall below zero."""
        cells = [cell.strip() for cell in self.lines.get(column, "").split(";")]
        return len(cells) > 2 and cells[1] not in ("", "ratio", "points", "index", "0/1")

    def explains_nulls(self, column: str) -> bool:
        """Return whether the column's line says when it is null, or the change log does by the column's name."""
        line = self.lines.get(column, "").lower()
        told = any(word in line for word in ("null", "missing", "empty", "not applicable"))
        return told or any(
            column in text and ("null" in text.lower() or "empty" in text.lower()) for _, text in self.changes
        )

    def explains_value(self, column: str, value: float) -> bool:
        """Return whether the column's line or a change-log text about it speaks of a particular value."""
        number = re.compile(rf"(?<![\d.]){re.escape(f'{value:g}')}(?![\d])")
        texts = [self.lines.get(column, ""), *(text for _, text in self.changes if column in text)]
        return any(number.search(text.replace("\u2212", "-")) for text in texts)

    def explains_excess(self, column: str, other: str = "") -> bool:
        """Return whether the column's line allows what a rule of thumb forbids: an excess, or a negative value."""
        texts = [self.lines.get(column, ""), *(text for _, text in self.changes if column in text)]
        words = ("exceed", "above", "more than", "beyond", "negative", "below zero", "credit", "guest")
        return any(any(word in text.lower() for word in words) for text in texts)


def read_dictionary(data_dir: Path) -> Dictionary:
    """Read data_dictionary.md beside the data folder, else the copy that travels with the notebook."""
    for path in (
        data_dir.parent / "data_dictionary.md",
        Path(os.environ.get("SUBMISSION_DIR", ".")) / "data_dictionary.md",
    ):
        if path.exists():
            return parse_dictionary(path.read_text())
    return Dictionary((), {})


def parse_dictionary(text: str) -> Dictionary:
    """Read the tables of a dictionary: rows that start with a `column`, and the two-column change log."""
    changes, lines = [], {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0].startswith("`") and len(cells) > 2:
            lines[cells[0].strip("`")] = "; ".join(cells[1:])
        elif len(cells) == 2 and line.lstrip().startswith("|") and cells[0][:1].isalnum():
            changes.append((cells[0], cells[1]))
    return Dictionary(tuple(changes), lines)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])
