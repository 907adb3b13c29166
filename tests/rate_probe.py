"""Put single rows on a port of this network namespace at a rate; arguments: PORT RATE SECONDS.

Runs in the sandbox. REQUESTS_DIR holds rows.json. Open loop: requests leave on schedule whatever came back, over
connections that are kept open as a gateway keeps them, and each is timed from when it was due. Port 0 starts the
do-nothing service beside the load. Prints `{"latency": LatencySeries}`.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

from grader.probes.floor.nothing import serve
from grader.probes.shared.http_client import ask
from grader.probes.shared.load import series
from grader.probes.shared.output import emit
from grader.probes.shared.text import Json

NOTHING_PORT = 8000
Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answered(link: Link, request: bytes) -> bool:
    """Send one request on an open connection; return whether it was answered with 200."""
    reader, writer = link
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    return head.split(b" ", 2)[1] == b"200"


async def loaded(port: int, bodies: list[bytes], rate: float, seconds: float) -> dict[str, Json]:
    """Return a LatencySeries of requests sent at the rate."""
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    requests = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
    free: list[Link] = []
    taken: list[float] = []
    total = int(rate * seconds)
    begin = time.monotonic() + 0.2

    async def one(place: int) -> None:
        try:
            link = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
            if await answered(link, requests[place % len(requests)]):
                taken.append((time.monotonic() - begin - place / rate) * 1000)
            free.append(link)
        except (OSError, asyncio.IncompleteReadError):
            return

    sent = []
    for place in range(total):
        await asyncio.sleep(max(0.0, begin + place / rate - time.monotonic()))
        sent.append(asyncio.create_task(one(place)))
    await asyncio.wait(sent, timeout=30)
    return series(rate, seconds, total, taken)


def main() -> None:
    """Wait for the service, warm it up, measure."""
    port, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    rows = json.loads(Path(os.environ["REQUESTS_DIR"], "rows.json").read_text("utf-8"))
    bodies = [json.dumps({"rows": [row]}).encode() for row in rows]
    beside = None
    if port == 0:
        port = NOTHING_PORT
        beside = multiprocessing.get_context("fork").Process(target=serve, args=(port,), daemon=True)
        beside.start()
    end = time.monotonic() + 60
    while time.monotonic() < end and ask(port, "GET", "/health", seconds=2.0).status != 200:
        time.sleep(0.1)
    for body in bodies[:50]:
        ask(port, "POST", "/predict", body)
    found = asyncio.run(loaded(port, bodies, rate, seconds))
    if beside is not None:
        beside.kill()
    emit({"latency": found})


if __name__ == "__main__":
    main()
