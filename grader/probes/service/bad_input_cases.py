"""Send the wrong requests and see what came, and whether the service lived on."""

from __future__ import annotations

import time
from collections.abc import Iterator

from grader.probes.service.answers import extract
from grader.probes.service.columns_read import columns_read
from grader.probes.service.contract_cases import Case
from grader.probes.service.naming import names_field
from grader.probes.service.session import Patience, Session
from grader.probes.service.target import Target
from grader.probes.service.waiting import healthy
from grader.probes.service.wrong_requests import feature_columns, usual_row, wrong_requests
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import one_line


def bad_input_cases(session: Session, target: Target) -> Iterator[Case]:
    """Yield what came of each wrong request, and whether the service was healthy afterwards."""
    row = usual_row(session)
    read = columns_read(session, target, row, [c["name"] for c in feature_columns(session, target)])
    known = {*row, *(column["name"] for column in session.plan["schema"]["columns"])}
    patience = session.patience(150)
    alive = _revived(session, target, patience, alive=healthy(session, target.port))
    for wrong in wrong_requests(session, target, read):
        case: Case = {"id": wrong.id, "status": 0, "outcome": "no_answer", "expected": list(wrong.expected)}
        if time.monotonic() > patience.end:
            yield {**case, "healthy_after": alive, "got": "not sent: the service used up the time"}
            continue
        answer = ask(target.port, wrong.method, target.route, wrong.body, wrong.kind, wrong.extra)
        outcome = "no_answer" if answer.status == 0 else "nonsense"
        if 400 <= answer.status < 500:
            outcome = "rejected"
        elif answer.status >= 500:
            outcome = "server_error"
        elif 200 <= answer.status < 300 and extract(answer.json(), target.path, wrong.count) is not None:
            outcome = "scored"
        told = answer.body[:100_000].decode("utf-8", "replace")
        names = names_field(answer, wrong.field, known) if wrong.field and outcome == "rejected" else None
        alive = healthy(session, target.port)
        case |= {"status": answer.status, "outcome": outcome, "names_field": names, "healthy_after": alive}
        yield {**case, "seconds": round(answer.seconds, 4), "got": answer.error or one_line(told, 160)}
        alive = _revived(session, target, patience, alive=alive)


def _revived(session: Session, target: Target, patience: Patience, *, alive: bool) -> bool:
    """Give a service that went down time to come back, so that the next request is not judged by it."""
    while not alive and time.monotonic() < patience.end and patience.silent < 10:
        patience.silent += 1
        time.sleep(0.5)
        alive = healthy(session, target.port)
    return alive
