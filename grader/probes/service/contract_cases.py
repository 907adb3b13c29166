"""The expectations of the contract, one case each."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from grader.probes.service.answers import extract, follow
from grader.probes.service.asking import BATCH, post
from grader.probes.service.openapi import dig
from grader.probes.service.session import Row, Session
from grader.probes.service.target import Target
from grader.probes.shared.http_answers import Answer
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import Json, one_line

Case = dict[str, Json]
ROUNDED = 1e-4
"""By how much a probability may be rounded after the call was decided."""


def contract_cases(session: Session, target: Target) -> Iterator[Case]:
    """Yield the expectations of the contract, each with what came."""

    def case(name: str, ok: Json, expected: str, got: object) -> Case:
        return {"id": name, "ok": bool(ok), "expected": expected, "got": one_line(got, 200)}

    result = session.result
    many = target.shape.many
    rows = (session.parity * (1 + BATCH // max(1, len(session.parity))))[:BATCH]
    yield case("health", result["health_status"] == 200, "GET /health answers 200", result["health_status"])
    said = result.get("health_body", "")
    yield case("health_body", re.search(r'"status"\s*:\s*"ok"', said), 'a body with "status": "ok"', said)
    yield case("health_version", '"model_version"' in said, "a body with model_version", said)
    yield case("route", target.route == "/predict", "POST /predict", target.route)
    yield case("request_shape", target.shape.name == "rows", '{"rows": [...]}', target.shape.name)
    one = post(target, rows[:1])
    document = one.json()
    got = f"status {one.status} {one_line(one.body[:300].decode('utf-8', 'replace'), 150)}"
    yield case("batch_of_1", extract(document, target.path, 1), "200 with one probability", got)
    yield case("content_type", "application/json" in one.kind.lower(), "application/json", one.kind)
    version = document.get("model_version") if isinstance(document, dict) else None
    health = ask(target.port, "GET", "/health", seconds=5.0).json()
    health = health if isinstance(health, dict) else {}
    served = health.get("model_version", version)
    yield case(
        "model_version",
        isinstance(version, str) and version and str(served) == version,
        "a string model_version, the one of GET /health",
        version if served == version else f"{version}, GET /health {served}",
    )
    big = post(target, rows) if many else Answer(0, error="takes one row only")
    document = big.json()
    sane = many and extract(document, target.path, BATCH) is not None
    yield case("batch_of_1000", sane, "200 with 1,000 probabilities", f"status {big.status} {big.error}")
    entries = document.get("predictions") if isinstance(document, dict) else None
    entries = [e if isinstance(e, dict) else {} for e in entries] if isinstance(entries, list) else []
    answer = " ".join(sorted(entries[0])) if entries else "no list of predictions"
    yield case("length", len(entries) == BATCH, "predictions as long as rows", len(entries))
    echoed = [e.get("customer_id") for e in entries] == [row["customer_id"] for row in rows]
    yield case("customer_id_echoed", echoed, "customer_id of every row, in the same order", answer)
    named = entries and all(sane_chance(e.get("churn_probability")) for e in entries)
    yield case("churn_probability", named, "churn_probability in 0..1 for every row", answer)
    called = bool(entries) and all(isinstance(e.get("call"), bool) for e in entries)
    wrong = wrong_call(entries, rows, health.get("threshold")) if called and named else None
    expected = "a truth value call for every row, at the higher probabilities of a month"
    yield case("call", called and wrong is None, expected, wrong or answer)
    over = post(target, [*rows, rows[0]]) if many else Answer(0, error="takes one row only")
    yield case(
        "refuses_1001_rows", over.status in (400, 413, 422), "422", f"status {over.status} {over.error}"
    )
    none = post(target, []) if many else Answer(0, error="takes one row only")
    yield case("refuses_no_rows", none.status in (400, 422), "422", f"status {none.status} {none.error}")
    api = ask(target.port, "GET", "/openapi.json", seconds=5.0).json()
    described = follow(
        api, ("paths", target.route, "post", "requestBody", "content", "application/json", "schema")
    )
    schema = dig(api, described)
    fits = target.shape.key is None or target.shape.key in (schema.get("properties") or {})
    told = "described" if schema and fits else "not described"
    yield case("openapi", schema and fits, f"/openapi.json describes the body of POST {target.route}", told)


def wrong_call(entries: Sequence[Mapping[str, Json]], rows: Sequence[Row], threshold: Json) -> str | None:
    """Return a call that contradicts its probability, else None.

    Called are those at or above a threshold, at most a share of a month's customers: within a month nobody is
    called while somebody likelier is not, and nobody below the threshold that GET /health states, if it does.
    """
    called: dict[Json, float] = {}
    spared: dict[Json, float] = {}
    for entry, row in zip(entries, rows, strict=False):
        month, found = row["snapshot_month"], float(entry["churn_probability"])
        if entry["call"]:
            called[month] = min(found, called.get(month, math.inf))
        else:
            spared[month] = max(found, spared.get(month, -math.inf))
    for month, lowest in called.items():
        if spared.get(month, -math.inf) > lowest + ROUNDED:
            return f"of {month} {lowest:.6g} is called and {spared[month]:.6g} is not"
        if sane_chance(threshold) and lowest < threshold - ROUNDED:
            return f"{lowest:.6g} is called, GET /health states the threshold {threshold:.6g}"
    return None


def sane_chance(value: Json) -> bool:
    """Return whether a value is a number in 0..1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
