"""Put the prober's load on a do-nothing service on this host: `measure_floor.py [SECONDS] [--rate 20]`.

Prints `{"latency": LatencySeries or null}`; null where not even this service answered, which is our trouble
and never a candidate's. With `--serve PORT` it is that service: the contract's routes, a constant answer.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import json
import math
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

# region http: a client that a hostile service cannot hold; the same text in the probes that ask, a test says so
Json = Any
ANSWER_CAP, ANSWER_SECONDS = 8 << 20, 10.0


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 and a reason in `error` where there is no whole HTTP answer in time."""

    status: int
    body: bytes = b""
    kind: str = ""
    seconds: float = 0.0
    error: str = ""

    def json(self) -> Json:
        """Return the body as JSON, None where it is none."""
        if self.kind_packed():
            return None
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return None

    def kind_packed(self) -> bool:
        """Return whether the body came packed although nobody asked for it."""
        return "packed" in self.error


class Received:
    """Bytes that were received, in the shape `http.client` reads from."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, mode: str) -> io.BytesIO:
        """Return the bytes as a file."""
        return io.BytesIO(self.data)


def whole(data: bytes, method: str) -> bool:
    """Return whether the bytes are a complete HTTP answer, so that nobody waits for the connection's end."""
    head, mark, body = data.partition(b"\r\n\r\n")
    if not mark:
        return False
    if head[:12].split(b" ")[-1][:1] == b"1" or method == "HEAD":
        return False
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", lower)
    return found is not None and len(body) >= int(found[1])


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    kind: str = "application/json",
    extra: str = "",
    seconds: float = ANSWER_SECONDS,
) -> Answer:
    """Send one request to 127.0.0.1 and read one answer, at most 8 MiB within `seconds` altogether."""
    begin = time.monotonic()
    end = begin + seconds
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nAccept: application/json\r\n"
    if body is not None:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    data = bytearray()
    reason = ""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=max(0.05, seconds)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_QUICKACK"):  # else a head and a body sent apart cost a service 40 ms
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                link.settimeout(max(0.05, end - time.monotonic()))
                link.sendall(f"{head}{extra}\r\n".encode("latin-1") + (body or b""))
            while not whole(bytes(data) if len(data) < 65536 else tail(data), method):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                link.settimeout(left)
                part = link.recv(1 << 18)
                if not part:
                    break
                data += part
                if len(data) > ANSWER_CAP:
                    return Answer(0, seconds=time.monotonic() - begin, error=f"over {ANSWER_CAP} bytes")
    except TimeoutError:
        return Answer(0, seconds=time.monotonic() - begin, error=f"no whole answer within {seconds:g} s")
    except OSError as error:
        reason = type(error).__name__
    took = time.monotonic() - begin
    try:
        response = http.client.HTTPResponse(Received(bytes(data)), method=method)  # type: ignore[arg-type]
        response.begin()
        content = response.read(ANSWER_CAP)
    except (http.client.HTTPException, ValueError, OSError) as error:
        return Answer(0, seconds=took, error=reason or type(error).__name__)
    packed = response.getheader("Content-Encoding", "identity").lower() not in ("identity", "")
    kept = b"" if packed else content
    return Answer(
        response.status, kept, response.getheader("Content-Type", ""), took, "packed" if packed else ""
    )


def tail(data: bytearray) -> bytes:
    """Return the head and the end of long data, as much as `whole` looks at where no length is given."""
    head, mark, _ = bytes(data[:65536]).partition(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length:\s*(\d{1,12})", head.lower())
    if found and len(data) - len(head) - len(mark) < int(found[1]):
        return b""
    return bytes(data) if found else head + mark + bytes(data[-64:])


def load(send: Callable[[int], bool], rate: float, seconds: float) -> dict[str, Json]:
    """Return a LatencySeries: requests leave on schedule whatever came back, timed from when they were due."""
    total = max(1, int(rate * seconds))
    taken: list[float] = []
    begin = time.monotonic() + 0.2

    def one(place: int) -> None:
        due = begin + place / rate
        if send(place):
            taken.append((time.monotonic() - due) * 1000)

    with ThreadPoolExecutor(max_workers=64) as pool:
        for place in range(total):
            time.sleep(max(0.0, begin + place / rate - time.monotonic()))
            pool.submit(one, place)
    ranked = sorted(taken)

    def quantile(share: float) -> float | None:
        return round(ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)], 3) if ranked else None

    counts = {
        "rate": rate,
        "seconds": seconds,
        "sent": total,
        "answered": len(ranked),
        "errors": total - len(ranked),
    }
    return {**counts, "p50_ms": quantile(0.5), "p95_ms": quantile(0.95), "p99_ms": quantile(0.99)}


# endregion


def serve(port: int) -> None:
    """Answer the contract with a constant, for as long as nobody stops it."""
    import uvicorn  # only the child needs it
    from fastapi import FastAPI, Request

    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "model_version": "nothing"}

    async def predict(request: Request) -> dict[str, Json]:
        rows = (await request.json())["rows"]
        answers = [{"customer_id": r["customer_id"], "churn_probability": 0.05, "call": False} for r in rows]
        return {"model_version": "nothing", "predictions": answers}

    # the annotation is a name of this function, so it is handed over as an object
    predict.__annotations__ = {"request": Request, "return": dict[str, Json]}
    app.post("/predict")(predict)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


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
    child = subprocess.Popen([sys.executable, __file__, "--serve", str(port)], stdout=subprocess.DEVNULL)
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
    print(json.dumps({"result": {"latency": latency}, "arrays": []}))


if __name__ == "__main__":
    main()
