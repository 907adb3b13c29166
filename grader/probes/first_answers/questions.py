"""The brief's questions to a running service, each with what came and what was expected."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

from grader.probes.shared.http_answers import Answer
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import Json, one_line

BATCH, BATCH_SECONDS = 1000, 2.0
Trouble = dict[str, Json]
"""place, found, expected, remedy: texts; note: true where it fails nothing."""


def wait_for_health(port: int, seconds: float) -> Answer:
    """Return the first good answer of GET /health, or the last one when the time is over."""
    end = time.monotonic() + seconds
    while True:
        answer = ask(port, "GET", "/health", seconds=2.0)
        if answer.status == 200 or time.monotonic() >= end:
            return answer
        time.sleep(0.2)


def questions(port: int, rows: Sequence[dict[str, Json]], seconds: float) -> Iterator[Trouble]:
    """Yield what the service does not keep; without rows only its health is asked for."""
    health = wait_for_health(port, seconds)
    if health.status != 200:
        told = f"status {health.status}" if health.status else health.error or "no answer"
        remedy = "listen on 0.0.0.0 and the port of the brief; look at the container's log"
        yield _trouble("GET /health", f"{told} after {seconds:g} s", "200", remedy)
        return
    body = health.json()
    body = body if isinstance(body, dict) else {}
    for key, fine in (
        ("status", body.get("status") == "ok"),
        ("model_version", bool(body.get("model_version"))),
    ):
        if not fine:
            expected = '{"status": "ok", "model_version": "..."}'
            yield _trouble("GET /health", _shown(health), expected, f"answer with the key {key}")
    if not rows:
        return
    yield from _scored(port, "one row", rows[:1])
    yield from _scored(port, f"{len(rows)} rows", rows)
    features = [key for key in rows[0] if key not in ("customer_id", "snapshot_month")]
    yield from _scored(port, "a row with every feature null", [{**rows[0], **dict.fromkeys(features)}])
    yield from _refused(port, "broken JSON", b'{"rows": [')
    nameless = [{key: value for key, value in rows[0].items() if key != "customer_id"}]
    yield from _refused(port, "a row without customer_id", _body(nameless), "customer_id")
    yield from _refused(port, "no rows", _body([]))
    many = [dict(rows[place % len(rows)]) for place in range(BATCH)]
    answer = ask(port, "POST", "/predict", _body(many), seconds=30.0)
    if answer.status == 200 and answer.seconds > BATCH_SECONDS:
        remedy = "score the batch as one table, not row by row"
        found, expected = f"{answer.seconds:.1f} s on this machine", f"below {BATCH_SECONDS:g} s"
        yield _trouble(f"POST /predict, {BATCH} rows", found, expected, remedy, note=True)
    elif answer.status != 200:
        yield _trouble(f"POST /predict, {BATCH} rows", _shown(answer), "200", "accept 1 to 1000 rows")


def _scored(port: int, what: str, rows: Sequence[dict[str, Json]]) -> Iterator[Trouble]:
    place = f"POST /predict, {what}"
    answer = ask(port, "POST", "/predict", _body(rows), seconds=15.0)
    document = answer.json()
    made = document.get("predictions") if isinstance(document, dict) else None
    if answer.status != 200 or not isinstance(made, list):
        expected = '200 with {"model_version": "...", "predictions": [...]}'
        yield _trouble(
            place, _shown(answer), expected, "answer as the brief describes; a null is scored, not refused"
        )
        return
    if not isinstance(document.get("model_version"), str):
        found = repr(document.get("model_version"))
        yield _trouble(place, f"model_version {found}", "a text", "name the run of the tuned model")
    entries = [one if isinstance(one, dict) else {} for one in made]
    if [one.get("customer_id") for one in entries] != [row.get("customer_id") for row in rows]:
        found = f"{len(entries)} predictions, or other customers"
        yield _trouble(place, found, "one for each row in the same order", "echo customer_id, keep the order")
    for key, fine, expected in (
        (
            "churn_probability",
            all(_chance(one.get("churn_probability")) for one in entries),
            "a number of 0 to 1",
        ),
        ("call", all(isinstance(one.get("call"), bool) for one in entries), "true or false"),
    ):
        if entries and not fine:
            found = next(repr(one.get(key)) for one in entries)
            yield _trouble(place, f"{key} {found}", expected, f"give {key} for every row")


def _refused(port: int, what: str, body: bytes, names: str = "") -> Iterator[Trouble]:
    answer = ask(port, "POST", "/predict", body, seconds=15.0)
    place = f"POST /predict, {what}"
    if answer.status != 422:
        yield _trouble(place, _shown(answer), "422", "validate the request before scoring it")
    elif names and names.encode() not in answer.body:
        yield _trouble(place, _shown(answer), f"a message that names {names}", "say which field is wrong")


def _body(rows: Sequence[dict[str, Json]]) -> bytes:
    return json.dumps({"rows": list(rows)}).encode()


def _chance(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _shown(answer: Answer) -> str:
    said = one_line(answer.body[:300].decode("utf-8", "replace"), 160)
    return f"status {answer.status} {answer.error} {said}".replace("  ", " ").strip()


def _trouble(place: str, found: str, expected: str, remedy: str, *, note: bool = False) -> Trouble:
    return {"place": place, "found": found, "expected": expected, "remedy": remedy, "note": note}
