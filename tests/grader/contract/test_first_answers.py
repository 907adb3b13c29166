"""A running service is asked the brief's questions: the starter's passes, and what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.contract.service import check_service
from grader.probes.first_answers.questions import questions
from tests.grader.contract import broken
from tests.grader.serving import Silent, serving

Answering = Callable[[Any], tuple[int, Any]]
ROWS = [
    {"customer_id": 7, "snapshot_month": "2024-01", "tenure_months": 3},
    {"customer_id": 8, "tenure_months": 4},
]


def good(body: Any) -> tuple[int, Any]:
    """Answer as the brief says."""
    rows = body.get("rows") if isinstance(body, dict) else None
    if not rows or any("customer_id" not in row for row in rows):
        return 422, {"detail": "rows[0].customer_id is missing"}
    made = [{"customer_id": r["customer_id"], "churn_probability": 0.1, "call": False} for r in rows]
    return 200, {"model_version": "a1", "predictions": made}


@contextmanager
def service(answering: Answering, health: Any = None) -> Iterator[int]:
    """A service on a free port of loopback."""

    class Handler(Silent):
        def do_GET(self) -> None:
            self._send(200, {"status": "ok", "model_version": "a1"} if health is None else health)

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                self._send(*answering(json.loads(text)))
            except ValueError:
                self._send(422, {"detail": "no JSON"})

        def _send(self, status: int, document: Any) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with serving(Handler) as port:
        yield port


def places(answering: Answering, health: Any = None) -> set[str]:
    """Where the questions found something."""
    with service(answering, health) as port:
        return {str(t["place"]) for t in questions(port, ROWS, 60.0) if not t["note"]}


def changed(**values: Any) -> Answering:
    """Answer well but for these values of each prediction."""

    def answer(body: Any) -> tuple[int, Any]:
        status, document = good(body)
        for one in document.get("predictions", ()):
            one |= values
        return status, document

    return answer


def test_a_service_that_keeps_the_brief_is_left_in_peace() -> None:
    """No question invents a fault."""
    assert places(good) == set()


@pytest.mark.parametrize(
    ("answering", "place"),
    [
        (changed(churn_probability=12), "POST /predict, one row"),
        (changed(call="no"), "POST /predict, one row"),
        (changed(customer_id=0), "POST /predict, 2 rows"),
        (lambda body: (500, "boom"), "POST /predict, one row"),
        (lambda body: (200, good(body)[1]), "POST /predict, a row without customer_id"),
    ],
)
def test_a_wrong_answer_is_named(answering: Answering, place: str) -> None:
    """The request that shows it is said, so that the candidate can send it."""
    assert place in places(answering)


def test_nobody_there() -> None:
    """A port where nothing answers ends in one problem, in bounded time."""
    (trouble,) = questions(9, ROWS, 0.5)
    assert trouble["place"] == "GET /health"


def test_health_without_a_version() -> None:
    """Both keys of the health answer are asked for."""
    assert places(good, health={"status": "ok"}) == {"GET /health"}


def test_rows_come_from_the_data_or_the_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither, only health is asked for, and that is said."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    folder = broken.submission(tmp_path / "work")
    asked: list[Any] = []

    def listening(body: Any) -> tuple[int, Any]:
        asked.append(body)
        return good(body)

    with service(listening) as port:
        assert check_service(folder, port, 60.0).problems == ()
        assert set(asked[0]["rows"][0]) == {"customer_id", "snapshot_month", "tenure_months"}
        (folder.parent / "data" / "snapshots.parquet").unlink()
        (only,) = check_service(folder, port, 60.0).problems
        assert only.note
        (folder / "evaluation" / "sample_request.json").write_text(json.dumps({"rows": ROWS}))
        assert check_service(folder, port, 60.0).problems == ()
