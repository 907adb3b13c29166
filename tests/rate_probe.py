"""Put single rows on a port of this network namespace at a rate; arguments: PORT RATE SECONDS.

Runs in the sandbox. REQUESTS_DIR holds rows.json. Prints `{"latency": LatencySeries}`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from grader.probes.shared.http_client import ask
from grader.probes.shared.load import load
from grader.probes.shared.output import emit


def main() -> None:
    """Wait for the service, warm it up, measure."""
    port, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    rows = json.loads(Path(os.environ["REQUESTS_DIR"], "rows.json").read_text("utf-8"))
    bodies = [json.dumps({"rows": [row]}).encode() for row in rows]
    end = time.monotonic() + 60
    while time.monotonic() < end and ask(port, "GET", "/health", seconds=2.0).status != 200:
        time.sleep(0.1)
    for body in bodies[:50]:
        ask(port, "POST", "/predict", body)

    def send(place: int) -> bool:
        return ask(port, "POST", "/predict", bodies[place % len(bodies)]).status == 200

    emit({"latency": load(send, rate, seconds)})


if __name__ == "__main__":
    main()
