"""The load on a service: single rows at a steady rate, then large batches."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping

from grader.probes.service.answers import extract
from grader.probes.service.asking import BATCH, post
from grader.probes.service.session import Session
from grader.probes.service.target import Target
from grader.probes.service.unseen_rows import UnseenRows
from grader.probes.shared.http_client import ask
from grader.probes.shared.load import load
from grader.probes.shared.text import Json


def run_load(session: Session, target: Target, told: Mapping[str, Json]) -> dict[str, Json]:
    """Return the LatencySeries of single rows at the plan's rate, and the median of three batches of 1,000.

    No row was asked before: a service that keeps its answers is timed as one that has to find them.
    """
    rate, seconds = float(told["rate"]), float(told["seconds"])
    unseen = UnseenRows(session, target)
    rows = unseen.given(max(1, int(rate * seconds)))
    bodies = [json.dumps(target.shape.wrap([row])).encode() for row in rows]

    def send(place: int) -> bool:
        answer = ask(target.port, "POST", target.route, bodies[place % len(bodies)])
        return 200 <= answer.status < 300 and extract(answer.json(), target.path, 1) is not None

    series = load(send, rate, seconds)
    series["batch_1000_ms"] = None
    if target.shape.many and session.parity:
        batches = [unseen.given(BATCH) for _ in range(3)]
        answers = [post(target, batch) for batch in batches]
        if all(200 <= answer.status < 300 for answer in answers):
            series["batch_1000_ms"] = round(statistics.median(answer.seconds for answer in answers) * 1000, 3)
    return series
