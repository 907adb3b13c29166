"""The data dictionary page of a variant: meaning, unit, source and time of recording of every column."""

from __future__ import annotations

from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Note
from data_generator.schema import FEATURES, Column

_HEAD = """# Data dictionary

One row per active customer and month-end from {first} to {last}; extracted on 2024-12-31. Cancellations take effect at
month-ends. All values describe the state at the month-end unless the column says otherwise.

| key | type | meaning |
|---|---|---|
| `customer_id` | int64 | Random identifier of a customer, the same in every month. |
| `snapshot_month` | string `YYYY-MM` | Month whose end the row describes. |
| `churned_90d` | 0/1 | Label: 1 when a cancellation known at extraction falls on one of the next three month-ends. |

## Features
"""


def render(columns: tuple[Column, ...] = FEATURES, notes: tuple[Note, ...] = ()) -> str:
    """Return the page in Markdown; `notes` are the variant's own entries of the change log."""
    lines = [_HEAD.format(first=month_name(0), last=month_name(EXTRACTION_MONTH))]
    for block in dict.fromkeys(column.block for column in FEATURES):
        lines += [
            f"### {block.capitalize()}",
            "",
            "| column | type | unit | meaning | source system | recorded |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(column) for column in columns if column.block == block] + [""]
    return "\n".join(lines + _change_log(notes)) + "\n"


def _row(column: Column) -> str:
    kind = {"category": "string", "integer": "integer", "real": "float", "flag": "0/1"}[column.kind]
    return f"| `{column.name}` | {kind} | {column.unit} | {column.meaning} | {column.source} | {column.recorded} |"


def _change_log(notes: tuple[Note, ...]) -> list[str]:
    entries = (*_COMMON, *notes)
    lines = [f"| {note.when} | {note.what} |" for note in sorted(entries, key=lambda note: note.when)]
    return ["## Change log", "", "| when | what |", "|---|---|", *lines]


_COMMON = (
    Note(month_name(0), "First month of the extract."),
    Note("every year", "Term contracts renew themselves at the end of the term unless cancelled."),
)
