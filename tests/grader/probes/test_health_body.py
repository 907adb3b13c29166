"""What is read of an answer to GET /health, however much more it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from grader.probes.service.session import Session
from grader.probes.service.waiting import wait_until_up
from tests.grader.serving import Silent, serving


@contextmanager
def answering(body: bytes) -> Iterator[int]:
    """Serve one answer to everything, and return the port."""

    class Handler(Silent):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler) as port:
        yield port


def test_incident_a_health_answer_that_says_more_was_cut_before_its_status() -> None:
    """Status and version that stand behind a list of the features are read, in the answer's own words."""
    features = [f"feature_number_{n}" for n in range(60)]
    document = {"features": features, "status": "ok", "model_version": "3f2a"}
    with answering(json.dumps(document).encode()) as port:
        session = Session({"ports": [port], "scan_ports": False}, [], [])
        assert wait_until_up(session) == port
    assert session.result["health_body"].startswith('{"status": "ok", "model_version": "3f2a"')
    assert session.result["model_version"] == "3f2a"
    with answering(b'{"state": "fine"}') as port:
        session = Session({"ports": [port], "scan_ports": False}, [], [])
        wait_until_up(session)
    assert session.result["health_body"] == '{"state": "fine"}'
