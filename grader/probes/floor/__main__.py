"""Put the prober's load on a do-nothing service on this host; arguments: [SECONDS] [--rate 20].

Prints `{"latency": LatencySeries or null}`; null where not even this service answered, which is our trouble
and never a candidate's. With `--serve PORT` it is that service: the contract's routes, a constant answer.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time

from grader.probes.floor.nothing import serve
from grader.probes.shared.http_client import ask
from grader.probes.shared.load import load
from grader.probes.shared.output import emit
from grader.probes.shared.text import Json


def rows(count: int) -> bytes:
    """Return a request of rows with as many fields as the contract's."""
    fields: dict[str, Json] = {f"feature_{place}": 1.5 * place for place in range(30)}
    fields |= {f"category_{place}": "level" for place in range(10)}
    keys = ({"customer_id": place, "snapshot_month": "2025-01"} for place in range(count))
    return json.dumps({"rows": [{**key, **fields} for key in keys]}).encode()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(port: int, rate: float, seconds: float) -> dict[str, Json]:
    """Return a LatencySeries of single rows, after a short warm-up, and the median of three large batches."""
    single, batch = rows(1), rows(1000)
    for _ in range(20):
        ask(port, "POST", "/predict", single)
    series = load(lambda _: ask(port, "POST", "/predict", single).status == 200, rate, seconds)
    times = [ask(port, "POST", "/predict", batch).seconds for _ in range(3)]
    return {**series, "batch_1000_ms": round(statistics.median(times) * 1000, 3)}


def main() -> None:
    """Start the service, wait for it, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--serve", type=int, default=0, metavar="PORT")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    port = free_port()
    latency: Json = None
    itself = [sys.executable, "-I", sys.argv[0]]  # the folder or file that is running
    child = subprocess.Popen([*itself, "--serve", str(port)], stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and child.poll() is None:
            if ask(port, "GET", "/health", seconds=2.0).status == 200:
                latency = measure(port, options.rate, options.seconds)
                break
            time.sleep(0.1)
    finally:
        child.kill()
        child.wait()
    emit({"latency": latency})


if __name__ == "__main__":
    main()
