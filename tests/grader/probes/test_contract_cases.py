"""A call goes with its probability, and an answer with the version that is served."""

from __future__ import annotations

import json

import pytest

from grader.probes.service import contract_cases
from grader.probes.service.session import Session
from grader.probes.service.target import Shape, Target
from grader.probes.shared.http_answers import Answer

PARITY = [{"customer_id": n, "snapshot_month": f"2024-0{7 + n % 2}", "chance": n / 100} for n in range(100)]


def held(monkeypatch: pytest.MonkeyPatch, call, version="v1", health=None) -> dict[str, bool]:
    """Whether each expectation holds of a service with such calls and versions."""

    def ask(port, method, route, body=None, *more, **named):
        if method == "GET":
            return Answer(200, json.dumps(health or {"status": "ok", "model_version": "v1"}).encode())
        rows = json.loads(body)["rows"]
        told = [
            {"customer_id": r["customer_id"], "churn_probability": r["chance"], "call": call(r)} for r in rows
        ]
        return Answer(200, json.dumps({"model_version": version, "predictions": told}).encode())

    monkeypatch.setattr(contract_cases, "ask", ask)
    monkeypatch.setattr(
        contract_cases, "post", lambda target, rows: ask(0, "POST", "", json.dumps({"rows": list(rows)}))
    )
    session = Session({}, PARITY, [], result={"health_status": 200})
    target = Target(8000, "/predict", Shape("rows", True), ("predictions", "*", "churn_probability"))
    return {case["id"]: case["ok"] for case in contract_cases.contract_cases(session, target)}


TOLD = {"status": "ok", "model_version": "v1", "threshold": 0.5}


@pytest.mark.parametrize(("call", "health", "ok"), [
    (lambda row: row["chance"] >= 0.5, None, True), (lambda row: row["chance"] >= 0.5, TOLD, True),
    (lambda row: row["chance"] >= 0.8, TOLD, True), (lambda row: False, TOLD, True),
    (lambda row: row["chance"] >= (0.9 if row["snapshot_month"] == "2024-07" else 0.6), TOLD, True),
    (lambda row: row["chance"] < 0.5, None, False), (lambda row: row["chance"] < 0.5, TOLD, False),
    (lambda row: row["chance"] >= 0.3, TOLD, False), (lambda row: 1, TOLD, False),
])  # fmt: skip
def test_incident_calls_of_the_least_likely_kept_the_contract(monkeypatch, call, health, ok) -> None:
    """Whoever is called is as likely to leave as whoever is not, month by month, and not below the threshold."""
    assert held(monkeypatch, call, health=health)["call"] is ok


def test_incident_answers_of_another_model_version_kept_the_contract(monkeypatch) -> None:
    """The version of an answer is the one that the service says it serves, where it says one."""
    sound = lambda row: row["chance"] >= 0.5  # noqa: E731
    assert held(monkeypatch, sound)["model_version"]
    assert not held(monkeypatch, sound, version="v2")["model_version"]
    assert held(monkeypatch, sound, version="v2", health={"status": "ok"})["model_version"]
