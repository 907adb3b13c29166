"""Wrong and odd requests, and what may come of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass

from grader.probes.service.session import Row, Session, count_nulls
from grader.probes.service.target import Target
from grader.probes.shared.text import Json


@dataclass(frozen=True)
class Wrong:
    """A wrong or odd request, what may come of it, and the field that a refusal should name."""

    id: str
    body: bytes | None
    expected: tuple[str, ...]
    field: str | None = None
    kind: str = "application/json"
    extra: str = ""
    method: str = "POST"
    count: int = 1


REFUSED, EITHER, SCORED = ("rejected",), ("rejected", "scored"), ("scored",)


def usual_row(session: Session) -> Row:
    """Return the row with the fewest nulls of those that the service does score."""
    return sorted(session.parity, key=count_nulls)[0]


def feature_columns(session: Session, target: Target) -> list[dict[str, str]]:
    """Return the columns that may be sent, without the seeded leak."""
    columns = [c for c in session.plan["schema"]["columns"] if c["name"] != session.plan.get("leak_column")]
    allowed = target.shape.fields
    return [c for c in columns if allowed is None or c["name"] in allowed]


def wrong_requests(session: Session, target: Target, read: Set[str]) -> Iterator[Wrong]:
    """Yield the requests, built on the usual row; wrong values go into columns that are `read`, if any is."""
    row, shape = usual_row(session), target.shape
    allowed = shape.fields
    columns = sorted(feature_columns(session, target), key=lambda column: column["name"] not in read)
    features = [c["name"] for c in columns]

    def first(*types: str) -> str | None:
        names = [c["name"] for c in columns if c["type"] in types and row.get(c["name"]) is not None]
        return names[0] if names else None

    def body(*sent: Json) -> bytes:
        return json.dumps(shape.wrap(sent), ensure_ascii=False).encode()

    def changed(**values: Json) -> bytes:
        return body({**row, **values})

    def without(name: str) -> bytes:
        return body({key: value for key, value in row.items() if key != name})

    real, whole_number, text = first("number"), first("integer"), first("string")
    amount = next((name for name in (real, whole_number) if name in read), real or whole_number)
    numbers = [
        c["name"] for c in columns if c["type"] in ("number", "integer") and row.get(c["name"]) is not None
    ]
    unread = next((name for name in numbers if name not in read), None)
    good = body(row)
    yield Wrong("broken_json", good[: len(good) // 2], REFUSED)
    yield Wrong("empty_body", b"", REFUSED)
    yield Wrong("text_plain", good, EITHER, kind="text/plain")
    yield Wrong("not_json", b"churn please", REFUSED)
    yield Wrong("json_null", b"null", REFUSED)
    yield Wrong("empty_object", b"{}", REFUSED, shape.key)
    if shape.key is not None:
        yield Wrong("rows_not_a_list", json.dumps({shape.key: 5}).encode(), REFUSED, shape.key)
    yield Wrong("row_not_an_object", body(5), REFUSED)
    yield Wrong("row_null", body(None), REFUSED)
    yield Wrong("list_of_lists", body([1, 2, 3]), REFUSED)
    for name in ("customer_id", "snapshot_month"):
        if allowed is None or name in allowed:
            yield Wrong(f"missing_{name}", without(name), REFUSED, name)
    if allowed is None or "customer_id" in allowed:
        yield Wrong("text_for_customer_id", changed(customer_id="abc"), REFUSED, "customer_id")
    if allowed is None or "snapshot_month" in allowed:
        yield Wrong("no_month", changed(snapshot_month="2025-13"), REFUSED, "snapshot_month")
    if amount:
        yield Wrong("text_for_number", changed(**{amount: "many"}), REFUSED, amount)
        yield Wrong("object_for_number", changed(**{amount: {"value": 1}}), REFUSED, amount)
        yield Wrong("boolean_for_number", changed(**{amount: True}), EITHER, amount)
        yield Wrong("null_number", changed(**{amount: None}), SCORED)
        yield Wrong("missing_feature", without(amount), EITHER, amount)
        yield Wrong("huge_number", changed(**{amount: 1e308}), EITHER, amount)
        literal = json.dumps(shape.wrap([{**row, amount: "@"}]), ensure_ascii=False)
        yield Wrong("nan_literal", literal.replace('"@"', "NaN").encode(), EITHER, amount)
        yield Wrong("infinity_literal", literal.replace('"@"', "Infinity").encode(), REFUSED, amount)
        yield Wrong("huge_integer", literal.replace('"@"', "9" * 400).encode(), EITHER, amount)
    if unread and unread != amount:
        # It may look at the type or not; it may not break.
        yield Wrong("text_for_unread_number", changed(**{unread: "many"}), EITHER, unread)
    if whole_number:
        yield Wrong("negative_count", changed(**{whole_number: -5}), EITHER, whole_number)
        yield Wrong("null_integer", changed(**{whole_number: None}), SCORED)
    if text:
        yield Wrong("number_for_text", changed(**{text: 12345}), REFUSED, text)
        yield Wrong("unknown_category", changed(**{text: "never seen"}), EITHER, text)
        yield Wrong("null_category", changed(**{text: None}), SCORED)
        yield Wrong("unicode_category", changed(**{text: "Zürich \U0001f4a5\u202e\u0000"}), EITHER, text)
        yield Wrong("long_text", changed(**{text: "x" * (1 << 20)}), EITHER, text)
    yield Wrong("all_features_null", changed(**dict.fromkeys(features)), SCORED)
    yield Wrong("unknown_field", changed(surprise=1), EITHER, "surprise")
    nested = "[" * 20_000 + "]" * 20_000
    yield Wrong("deep_nesting", (f'{{"{shape.key}": {nested}}}' if shape.key else nested).encode(), REFUSED)
    yield Wrong("packed_garbage", b"\x1f\x8b\x08garbage", REFUSED, extra="Content-Encoding: gzip\r\n")
    yield Wrong("bad_utf8", good[:-3] + b"\xff\xfe" + good[-3:], REFUSED)
    yield Wrong("get_instead_of_post", None, REFUSED, method="GET")
    if shape.many:
        yield Wrong("same_customer_twice", body(row, row), EITHER, "customer_id", count=2)
        yield Wrong("one_bad_row_of_two", body(row, 5), REFUSED)
        yield Wrong("5000_rows", body(*([row] * 5000)), REFUSED, count=5000)
