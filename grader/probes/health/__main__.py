"""Wait until a service answers HTTP on a port; arguments: PORT SECONDS.

Prints `{"started": bool, "seconds": float, "scored": bool or null}`; `/health` with 200 counts, after the time any
HTTP answer does. `scored` says whether a row gets a probability; REQUESTS_DIR, where given, holds `plan.json` and
`parity.json` for that.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from grader.probes.service.discovery import discover
from grader.probes.service.session import Session, guarded
from grader.probes.shared.http_client import ask
from grader.probes.shared.output import emit

SCORE_SECONDS = 60.0


def main() -> None:
    """Poll the port five times a second, then send a row."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    begin = time.monotonic()
    answered = False
    while time.monotonic() - begin < seconds:
        status = ask(port, "GET", "/health", seconds=2.0).status
        answered = status > 0
        if status == 200 or (answered and time.monotonic() - begin > 3 and status < 500):
            break
        time.sleep(0.2)
    result = {"started": answered, "seconds": round(time.monotonic() - begin, 3)}
    folder = os.environ.get("REQUESTS_DIR")
    emit({**result, "scored": scores(Path(folder), port) if folder and answered else None})


def scores(folder: Path, port: int) -> bool | None:
    """Return whether the service answers a parity row with a probability; None where there is no such row."""
    plan, parity = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("plan", "parity"))
    session = Session(plan, parity, [], end=time.monotonic() + SCORE_SECONDS)
    if not parity:
        return None
    return guarded(session, "discovery", lambda: discover(session, port), None) is not None


if __name__ == "__main__":
    main()
