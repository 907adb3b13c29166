"""The load asks what nobody asked before, so that kept answers are no fast ones."""

from __future__ import annotations

import json

import pytest

from grader.probes.service import serving_load
from grader.probes.service.session import Session
from grader.probes.service.target import Shape, Target
from grader.probes.shared.http_answers import Answer

NAMES = [f"c{n}" for n in range(8)]
PARITY = [
    {"customer_id": n, "snapshot_month": "2024-09", **{c: (n * 7 + k) % 50 for k, c in enumerate(NAMES)}}
    for n in range(300)
]
REPLAY = [{"month": "2025-01", "rows": [{**row, "customer_id": 1000 + n} for n, row in enumerate(PARITY)]}]


def test_incident_a_service_that_kept_its_answers_was_fast_under_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every row of load and batches differs, in the columns that are read, from all that were sent before."""
    sent = []

    def ask(port, method, route, body, *more, **named):
        sent.append(json.loads(body)["rows"])
        told = {"predictions": [{"churn_probability": 0.5}] * len(sent[-1])}
        return Answer(200, body=json.dumps(told).encode())

    monkeypatch.setattr(serving_load, "ask", ask)
    monkeypatch.setattr(serving_load, "post", lambda target, rows: ask(0, "", "", json.dumps({"rows": rows})))
    monkeypatch.setattr(serving_load, "load", lambda send, rate, seconds: {"ok": all(map(send, range(400)))})
    read = NAMES[:5]
    columns = [{"name": name, "rows": 40, "moved": 40 * (name in read)} for name in NAMES]
    plan = {"schema": {"columns": [{"name": name, "type": "integer"} for name in NAMES]}}
    session = Session(plan, PARITY, REPLAY, result={"columns": columns})
    target = Target(8000, "/predict", Shape("rows", True), ("predictions", "*", "churn_probability"))
    series = serving_load.run_load(session, target, {"rate": 20, "seconds": 20})
    assert series["ok"]
    assert [len(rows) for rows in sent] == [1] * 400 + [1000] * 3
    rows = [row for part in sent for row in part]
    known = {tuple(row[name] for name in read) for row in PARITY}
    asked = [tuple(row[name] for name in read) for row in rows]
    assert not known.intersection(asked)
    assert len(set(asked)) == len(asked)
    ids = {row["customer_id"] for row in rows}
    assert len(ids) == len(rows)
    assert not ids.intersection(row["customer_id"] for part in (PARITY, REPLAY[0]["rows"]) for row in part)
    for name in NAMES:
        assert {row[name] for row in rows} <= {row[name] for row in PARITY}
