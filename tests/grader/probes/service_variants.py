"""Small services for the prober: `python service_variants.py VARIANT` prints its port.

All score a row by the same formula, so a test knows what every row's probability must be.
"""

from __future__ import annotations

import json
import math
import socket
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


def chance(row: dict[str, Any]) -> float:
    """Return the probability of a row: of two features, the leak left out."""
    usage = row.get("usage")
    shift = 1.0 if row.get("region") == "A" else 0.0
    return 1 / (1 + math.exp(-(((usage if usage is not None else 0.0) / 10) + shift - 2)))


def contract_true():
    """Return an application that keeps the contract, with typed validation."""
    from fastapi import FastAPI
    from pydantic import BaseModel, ConfigDict, Field, create_model

    strict = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)
    month = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    fields: dict[str, Any] = {"customer_id": (int, ...), "snapshot_month": (str, month)}
    fields |= {"usage": (float | None, None), "seats": (int | None, None), "leak": (float | None, None)}
    fields |= {"region": (str | None, Field(default=None, max_length=100))}
    row_model = create_model("Row", __config__=strict, **fields)
    rows = (list[row_model], Field(min_length=1, max_length=1000))
    batch = create_model("Batch", rows=rows)
    app = FastAPI()

    class Health(BaseModel):
        status: Literal["ok"] = "ok"
        model_version: str = "v1"

    @app.exception_handler(Exception)
    async def broken(request, error):
        raise error

    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse

    @app.exception_handler(RequestValidationError)
    async def refused(request, error):
        told = [{"where": [str(part) for part in e["loc"]], "what": e["msg"]} for e in error.errors()[:5]]
        return JSONResponse({"detail": told}, status_code=422)

    @app.get("/health")
    def health():
        return Health().model_dump()

    def predict(request):
        answers = [
            {"customer_id": r.customer_id, "churn_probability": chance(r.model_dump()), "call": False}
            for r in request.rows
        ]
        return {"model_version": "v1", "predictions": answers}

    predict.__annotations__ = {"request": batch}
    app.post("/predict")(predict)
    return app


ASKED_FOR = {*range(60), *range(1000, 1030)}
CACHE: dict[tuple[int, str], float] = {}
BY_KEY: dict[str, Callable[[int, str, float], float]] = {
    "leaky_cache": lambda customer, month, value: CACHE.setdefault((customer, month), value),
    "table": lambda customer, month, value: value if customer in ASKED_FOR else value / 2,
    "id_feature": lambda customer, month, value: value + customer % 7 / 100,
}
"""What services that look at the key make of a row's probability; the table holds the customers of the tests alone."""


def answer_of(variant: str, path: str, document: Any) -> tuple[int, Any]:
    """Return status and answer of the simple variants to a POST."""
    if variant == "flat" and path == "/score" and isinstance(document, dict) and "usage" in document:
        return 200, {"result": {"probability": chance(document), "label": 1}}
    if variant == "features" and path == "/api/v1/predict" and isinstance(document.get("features"), dict):
        return 200, {
            "prediction": 0,
            "proba": [[1 - chance(document["features"]), chance(document["features"])]],
        }
    if variant == "bare" and path == "/predict" and isinstance(document, list):
        return 200, [{"churn": 0, "scores": {"churn_probability": chance(row)}} for row in document]
    if (
        variant in ("null500", "leaky", "small", "stale", *BY_KEY)
        and path == "/predict"
        and "rows" in document
    ):
        rows = document["rows"]
        if variant == "null500" and any(row["usage"] is None for row in rows):
            return 500, {"detail": "boom"}
        if variant == "small" and len(rows) > 50:
            return 413, {"detail": "too many rows"}
        extra = 0.3 if variant in ("leaky", "leaky_cache") else 0.0
        chances = [min(1.0, chance(row) + extra * (row.get("leak") is not None)) for row in rows]
        if variant in BY_KEY:
            keyed = zip(rows, chances, strict=True)
            chances = [
                BY_KEY[variant](row["customer_id"], row["snapshot_month"], value) for row, value in keyed
            ]
        return 200, {"predictions": [{"churn_probability": value} for value in chances]}
    if variant == "labels":
        return 200, {"error": "no model", "prediction": 1, "status": 0}
    known = {"flat": "/score", "features": "/api/v1/predict"}.get(variant, "/predict")
    return (422, {"detail": "not understood"}) if path == known else (404, {"detail": "not here"})


class Simple(BaseHTTPRequestHandler):
    """Answers by `answer_of`, or misbehaves on the wire as the variant says."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body leave together
    variant = ""

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def reply(self, status: int, document: Any) -> None:
        """Send a JSON answer."""
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer health."""
        self.reply(*((200, {"status": "ok"}) if self.path == "/health" else (404, {})))

    def do_POST(self) -> None:
        """Answer a prediction, or hold the caller as long as it lets itself be held."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.variant == "redirect":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.variant in ("trickle", "endless"):
            self.send_response(200)
            self.end_headers()
            end = time.monotonic() + 400
            while time.monotonic() < end:
                self.wfile.write(b"[" if self.variant == "trickle" else b"[" * (1 << 20))
                self.wfile.flush()
                time.sleep(0.5 if self.variant == "trickle" else 0)
        else:
            try:
                document = json.loads(body)
                status, answer = answer_of(self.variant, self.path, document)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                status, answer = 400, {"detail": "bad request"}
            self.reply(status, answer)


if __name__ == "__main__":
    if sys.argv[1] == "contract":
        import uvicorn

        server = uvicorn.Server(uvicorn.Config(contract_true(), log_level="error"))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            print(listening.getsockname()[1], flush=True)
            server.run([listening])
    else:
        Simple.variant = sys.argv[1]
        with ThreadingHTTPServer(("127.0.0.1", 0), Simple) as simple:
            print(simple.server_port, flush=True)
            simple.serve_forever()
