"""Wait until a service answers, and see whether it still does."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from grader.probes.service.session import Session
from grader.probes.shared.http_answers import Answer
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import Json, one_line

ASKED = ("status", "model_version")
"""What the contract asks of the answer to GET /health."""


def listening() -> dict[int, bool]:
    """Return listening ports of this network namespace, and whether others than loopback reach them."""
    found: dict[int, bool] = {}
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in Path("/proc/net", name).read_text().splitlines()[1:]:
                parts = line.split()
                address, _, port = parts[1].partition(":")
                if parts[3] == "0A":
                    outer = address not in ("0100007F", "00000000000000000000000001000000")
                    found[int(port, 16)] = found.get(int(port, 16), False) or outer
    return found


def wait_until_up(session: Session) -> int | None:
    """Return the port that answers; health status, body and seconds go into the result."""
    begin = time.monotonic()
    seconds = float(session.plan.get("start_seconds", 60))
    first: dict[int, float] = {}
    best: tuple[int, Answer] | None = None
    while best is None:
        over = time.monotonic() - begin > seconds
        ports = list(dict.fromkeys(int(port) for port in session.plan.get("ports", [8000])))
        if session.plan.get("scan_ports", True) and (over or time.monotonic() - begin > 3):
            ports += [port for port in listening() if port not in ports]
        for port in ports:
            if time.monotonic() - begin > 2 * seconds:
                return None  # hundreds of ports that are open and never answer
            answer = ask(port, "GET", "/health", seconds=2.0)
            if answer.status == 200:
                best = port, answer
                break
            if answer.status:
                since = first.setdefault(port, time.monotonic())
                if over or (answer.status < 500 and time.monotonic() - since > 3):
                    best = port, answer
                    break
        if best is None and over:
            return None
        if best is None:
            time.sleep(0.2)
    port, answer = best
    session.result |= {
        "started": True,
        "port": port,
        "seconds_to_healthy": round(time.monotonic() - begin, 3),
    }
    session.result["health_status"] = answer.status
    if answer.status != 200:
        for path in ("/healthz", "/api/health", "/ping", "/"):
            other = ask(port, "GET", path, seconds=3.0)
            if other.status == 200:
                session.health_path, answer = path, other
                session.problems.append(
                    f"GET /health: found status {session.result['health_status']}; {path} has 200"
                )
                break
    document = answer.json()
    session.result["health_body"] = one_line(_shown(answer.body, document), 500)
    if isinstance(document, dict):
        version = next((document[k] for k in ("model_version", "version", "model") if document.get(k)), "")
        session.result["model_version"] = one_line(version, 200)
    if listening().get(port) is False:
        session.problems.append(f"port {port}: found listening on 127.0.0.1 only, expected 0.0.0.0")
    return port


def _shown(body: bytes, document: Json) -> str:
    """Return the body as it came; of one too long to show first what the contract asks for."""
    if len(body) > 500 and isinstance(document, dict):
        return json.dumps({**{key: document[key] for key in ASKED if key in document}, **document})
    return body[:600].decode("utf-8", "replace")


def healthy(session: Session, port: int) -> bool:
    """Return whether the health route still answers as it did."""
    return ask(port, "GET", session.health_path, seconds=5.0).status == session_health(session)


def session_health(session: Session) -> int:
    """Return the status that health answers of this service have."""
    return 200 if session.health_path != "/health" else int(session.result["health_status"])
