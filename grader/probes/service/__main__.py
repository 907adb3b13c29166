"""Drive a running service from inside its network namespace and print ServiceEvidence.

REQUESTS_DIR holds `plan.json`, `parity.json` and `replay.json`. Order: health, discovery of route, request shape
and answer, the whole replay month by month (first answers count), parity, then how answers depend on batching,
order, repetition and the leak, then the contract's cases, which columns move the answers, load, and wrong requests.
Every request is bounded.

With `--one-row PORT` it only asks for one row there, and prints `{"scored": bool or null}`: null without a row.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from grader.probes.service.bad_input_cases import bad_input_cases
from grader.probes.service.columns_moving import columns_moving
from grader.probes.service.contract_cases import contract_cases
from grader.probes.service.discovery import discover
from grader.probes.service.parity import run_parity
from grader.probes.service.replay import run_replay
from grader.probes.service.serving_load import run_load
from grader.probes.service.session import Floats, Session, guarded
from grader.probes.service.target import Target
from grader.probes.service.waiting import wait_until_up
from grader.probes.shared.output import emit
from grader.probes.shared.text import one_line


def probe(session: Session) -> dict[str, Floats]:
    """Fill the session's result and return the arrays."""
    port = wait_until_up(session)
    if port is None:
        session.result["started"] = False
        session.problems.append("found no port that answers HTTP within the limit, expected 8000")
        return {}
    target = guarded(session, "discovery", lambda: discover(session, port), None)
    if target is None:
        return {}
    found: Target = target
    arrays = {"replay": run_replay(session, found)}
    if session.parity:
        arrays |= run_parity(session, found)
        told, result = session.plan.get("load"), session.result
        result["contract"] = guarded(session, "contract", lambda: list(contract_cases(session, found)), [])
        result["columns"] = guarded(session, "columns", lambda: columns_moving(session, found), [])
        if told:
            result["latency"] = guarded(session, "load", lambda: run_load(session, found, told), None)
        result["bad_input"] = guarded(
            session, "wrong requests", lambda: list(bad_input_cases(session, found)), []
        )
    return arrays


def one_row(session: Session, port: int) -> dict[str, bool | None]:
    """Return whether the service answers a parity row with a probability."""
    if not session.parity:
        return {"scored": None}
    return {"scored": guarded(session, "discovery", lambda: discover(session, port), None) is not None}


def main() -> None:
    """Read the requests, probe, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one-row", type=int, metavar="PORT")
    asked = parser.parse_args()
    folder = Path(os.environ["REQUESTS_DIR"])
    plan, parity, replay = (
        json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("plan", "parity", "replay")
    )
    session = Session(plan, parity, replay, end=time.monotonic() + float(plan.get("budget_seconds", 420)))
    if asked.one_row is not None:
        emit(one_row(session, asked.one_row))
        return
    arrays = probe(session)
    problems = [one_line(text) for text in session.problems[:50]]
    emit({**session.result, "problems": problems}, arrays)


if __name__ == "__main__":
    main()
