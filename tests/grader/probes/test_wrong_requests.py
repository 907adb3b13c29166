"""Wrong values are tried where the service looks, and a column it ignores may only not break it."""

import json
from types import SimpleNamespace

from grader.probes.service.wrong_requests import EITHER, REFUSED, wrong_requests

ROW = {"customer_id": 1, "snapshot_month": "2024-01", "unread": 1.5, "calls": 3, "plan": "basic"}
COLUMNS = [
    {"name": "unread", "type": "number"},
    {"name": "calls", "type": "integer"},
    {"name": "plan", "type": "string"},
]
SESSION = SimpleNamespace(parity=[ROW], plan={"schema": {"columns": COLUMNS}, "leak_column": None})
TARGET = SimpleNamespace(
    shape=SimpleNamespace(fields=None, key="rows", many=True, wrap=lambda rows: {"rows": list(rows)})
)


def requests(read: set[str]) -> dict[str, tuple[object, tuple[str, ...]]]:
    """The sent value of the changed column and what may come of it, by id."""
    found = {}
    for wrong in wrong_requests(SESSION, TARGET, read):
        if wrong.field in ROW:
            row = json.loads(wrong.body)["rows"][0] if wrong.id.startswith(("text_for", "object_for")) else {}
            found[wrong.id] = (wrong.field, row.get(wrong.field), wrong.expected)
    return found


def test_wrong_numbers_go_into_a_column_that_is_read() -> None:
    """A service that reads a count and ignores a price was judged by text in the price."""
    made = requests({"calls", "plan"})
    assert made["text_for_number"] == ("calls", "many", REFUSED)
    assert made["text_for_unread_number"] == ("unread", "many", EITHER)


def test_nothing_is_lost_where_no_column_moves_the_answer() -> None:
    """Against a constant answer the first number of the data is tried, as good as any."""
    made = requests(set())
    assert made["text_for_number"] == ("unread", "many", REFUSED)
    assert "text_for_unread_number" not in made
