"""Wrong values are tried where the service looks, and a column it ignores may only not break it."""

import json
from types import SimpleNamespace

import pytest

from grader.probes.service.naming import names_field
from grader.probes.service.wrong_requests import EITHER, REFUSED, wrong_requests
from grader.probes.shared.http_answers import Answer

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


WIDE = {f"column_{n}": n for n in range(40)} | {"calls": 3}
MISSING = {"type": "missing", "loc": ["body", "rows", 0, "calls"], "msg": "Field required"}


@pytest.mark.parametrize(("told", "named"), [
    ({"detail": [MISSING]}, True), ({"detail": [{**MISSING, "input": WIDE}]}, True), ("calls: not a number", True),
    ({"detail": "calls and column_1 of customer 7"}, True), ({"detail": "not understood"}, False),
    ({"detail": sorted(WIDE)}, False), ({"detail": "expected " + ", ".join(WIDE)}, False),
    ({"detail": "wrong", "input": WIDE}, False), ({"detail": {"got": {"rows": [WIDE]}}}, False),
    ("wrong: " + json.dumps(WIDE), False), ({"detail": [{"loc": [name]} for name in WIDE]}, False),
])  # fmt: skip
def test_incident_a_refusal_that_lists_every_field_named_the_wrong_one(told: object, named: bool) -> None:
    """A list of all fields, or the request sent back, holds the field's name and tells nobody which it is."""
    body = told if isinstance(told, str) else json.dumps(told)
    assert names_field(Answer(422, body=body.encode()), "calls", WIDE) is named


def test_a_deep_answer_is_read_to_its_end() -> None:
    """An answer nested as deep as can be read ends no stage."""
    assert not names_field(Answer(422, body=b"[" * 900 + b'"no"' + b"]" * 900), "calls", WIDE)
