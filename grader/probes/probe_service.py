"""Drive a running service from inside its network namespace and print ServiceEvidence.

REQUESTS_DIR holds `plan.json`, `parity.json` and `replay.json`. Order: health, discovery of route, request shape
and answer, the whole replay month by month (first answers count), parity, then how answers depend on batching,
order, repetition and the leak, then the contract's cases, wrong requests, and load. Every request is bounded.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import itertools
import json
import math
import os
import re
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

Row = dict[str, Json]
Floats = NDArray[np.float64]
Case = dict[str, Json]
PREFIX, BATCH, SMALL_BATCH, WORKERS = 200, 1000, 100, 4
ROUTES = (
    "/predict",
    "/predict/",
    "/api/predict",
    "/api/v1/predict",
    "/v1/predict",
    "/score",
    "/api/score",
    "/predict_proba",
    "/predict/batch",
    "/predict_batch",
    "/batch_predict",
    "/invocations",
    "/",
)
MANY_KEYS = (
    "rows",
    "instances",
    "data",
    "customers",
    "records",
    "inputs",
    "items",
    "features",
    "dataframe_records",
)
ONE_KEYS = ("features", "data", "customer", "input", "row", "record", "instance")
SURE = (
    "churn_probability",
    "probability_of_churn",
    "churn_prob",
    "prob_churn",
    "probability_churn",
    "p_churn",
    "churn_proba",
    "proba_churn",
    "p_tuned",
    "probability",
    "proba",
    "prob",
    "probabilities",
    "probas",
    "y_proba",
    "y_prob",
    "churn_score",
    "churn_risk",
    "risk_score",
    "risk",
    "score",
    "scores",
)
UNSURE = (
    "1",
    "churn",
    "yes",
    "true",
    "positive",
    "prediction",
    "predictions",
    "result",
    "results",
    "output",
    "outputs",
    "p",
    "value",
    "values",
    "response",
    "",
)


def clean(value: object, cap: int = 300) -> str:
    """Return printable text of at most `cap` characters."""
    text = (value if isinstance(value, str) else str(value))[: cap * 2].encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+", " ", text).strip()[:cap]


@dataclass(frozen=True)
class Shape:
    """How rows are put into a request; `many` takes a list, `fields` limits what a strict service allows."""

    key: str | None
    many: bool
    listed: bool = False
    fields: frozenset[str] | None = None

    def wrap(self, rows: Sequence[Json]) -> Json:
        """Return the document to send for these rows (one row where the shape takes one)."""
        inner: list[Json] = [
            {name: value for name, value in row.items() if self.fields is None or name in self.fields}
            if isinstance(row, dict)
            else row
            for row in rows
        ]
        document: Json = inner if self.many or self.listed else inner[0]
        return document if self.key is None else {self.key: document}

    @property
    def name(self) -> str:
        """Return how the shape is reported: `rows` is the contract's."""
        one = "[row]" if self.many or self.listed else "row"
        if self.key is None:
            return one
        return self.key if self.many else f'{{"{self.key}": {one}}}'


@dataclass(frozen=True)
class Target:
    """Where and how to ask, and where the probability is in the answer."""

    port: int
    route: str
    shape: Shape
    path: tuple[str | int, ...] = ()


@dataclass
class Patience:
    """How long a stage may take; a service that gives no answer six times running is given up."""

    end: float
    silent: int = 0
    asked: int = 0

    def spent(self) -> bool:
        """Return whether nothing more is to be sent."""
        return self.silent >= 6 or time.monotonic() > self.end

    def count(self, answer: Answer) -> None:
        """Take note of an answer."""
        self.asked += 1
        self.silent = 0 if answer.status else self.silent + 1


@dataclass
class Session:
    """The plan, the rows, and what was found so far."""

    plan: Mapping[str, Json]
    parity: list[Row]
    replay: list[dict[str, Json]]
    result: dict[str, Json] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    end: float = 0.0
    health_path: str = "/health"

    def patience(self, seconds: float) -> Patience:
        """Return patience for a stage, never beyond the end of the whole probe."""
        return Patience(min(time.monotonic() + seconds, self.end))


def guarded(session: Session, stage: str, work: Callable[[], Json], otherwise: Json) -> Json:
    """Return what a stage gives; an answer of a form that nobody thought of costs that stage only."""
    try:
        return work()
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        session.problems.append(f"{stage}: found an answer that cannot be read ({type(error).__name__})")
        return otherwise


# ---- health


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
    session.result["health_body"] = clean(answer.body[:600].decode("utf-8", "replace"), 500)
    document = answer.json()
    if isinstance(document, dict):
        version = next((document[k] for k in ("model_version", "version", "model") if document.get(k)), "")
        session.result["model_version"] = clean(version, 200)
    if listening().get(port) is False:
        session.problems.append(f"port {port}: found listening on 127.0.0.1 only, expected 0.0.0.0")
    return port


def healthy(session: Session, port: int) -> bool:
    """Return whether the health route still answers as it did."""
    return ask(port, "GET", session.health_path, seconds=5.0).status == session_health(session)


def session_health(session: Session) -> int:
    """Return the status that health answers of this service have."""
    return 200 if session.health_path != "/health" else int(session.result["health_status"])


# ---- discovery


def follow(node: Json, path: Sequence[str | int]) -> Json:
    """Return what a path leads to, a list where it has a star; None where it leads nowhere."""
    for place, step in enumerate(path):
        if step == "*":
            return [follow(part, path[place + 1 :]) for part in node] if isinstance(node, list) else None
        if isinstance(step, int):
            node = node[step] if isinstance(node, list) and -len(node) <= step < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
    return node


def extract(document: Json, path: Sequence[str | int], count: int) -> list[float] | None:
    """Return `count` probabilities of an answer, None where any is missing or outside 0..1."""
    found = follow(document, path)
    values = found if "*" in path else [found]
    if not isinstance(values, list) or len(values) != count:
        return None
    chances = []
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"\d?\.\d{1,20}|[01]", value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            return None
        chances.append(float(value))
    return chances


def leaf_paths(node: Json, count: int, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of an answer that may hold the probabilities of `count` rows."""
    if len(path) > 6:
        return
    if isinstance(node, dict):
        for key, part in list(node.items())[:60]:
            yield from leaf_paths(part, count, (*path, key))
    elif isinstance(node, list) and node:
        if len(node) == count and "*" not in path:
            yield from leaf_paths(node[0], count, (*path, "*"))
        elif len(node) == 2 and all(isinstance(part, int | float) for part in node):
            yield (*path, 1)
        elif len(node) == 1:
            yield from leaf_paths(node[0], count, (*path, 0))
    elif isinstance(node, int | float | str) and not isinstance(node, bool):
        yield path


def find_path(document: Json, count: int) -> tuple[str | int, ...] | None:
    """Return the likeliest path to the probabilities; whole numbers under a vague name are labels, not these."""
    best: tuple[int, tuple[str | int, ...]] | None = None
    for path in itertools.islice(leaf_paths(document, count), 500):
        values = extract(document, path, count)
        if values is None:
            continue
        names = [
            re.sub(r"[^a-z0-9]+", "_", step.lower()) for step in path if isinstance(step, str) and step != "*"
        ]
        name = names[-1] if names else ""
        rank = SURE.index(name) if name in SURE else 100
        if rank == 100:
            if all(value in (0.0, 1.0) for value in values):
                continue
            rank += UNSURE.index(name) if name in UNSURE else 50 if "prob" in name or "churn" in name else 999
        if rank < 1000 and (best is None or rank < best[0]):
            best = rank, path
    return best[1] if best else None


def dig(document: Json, node: Json) -> dict[str, Json]:
    """Return an OpenAPI schema with references and the first real alternative resolved."""
    for _ in range(10):
        if not isinstance(node, dict):
            return {}
        if isinstance(node.get("$ref"), str):
            node = follow(document, node["$ref"].removeprefix("#/").split("/"))
        elif alternatives := next((node[k] for k in ("anyOf", "oneOf", "allOf") if node.get(k)), None):
            usable = [part for part in alternatives if isinstance(part, dict) and part.get("type") != "null"]
            node = usable[0] if usable else {}
        else:
            return node
    return {}


def limits_of(schema: Mapping[str, Json]) -> frozenset[str] | None:
    """Return the fields of a schema that forbids others."""
    properties = schema.get("properties")
    strict = schema.get("additionalProperties") is False and isinstance(properties, dict)
    return frozenset(properties) if strict and properties else None


def openapi_targets(document: Json, port: int, columns: set[str]) -> list[Target]:
    """Return what the OpenAPI document says can be asked, the likeliest routes first."""
    paths = document.get("paths") if isinstance(document, dict) else None
    found: list[Target] = []
    for route, operations in list(paths.items())[:60] if isinstance(paths, dict) else ():
        content = follow(operations, ("post", "requestBody", "content"))
        if not isinstance(content, dict) or "{" in route or not route.startswith("/"):
            continue
        body = content.get("application/json") or next(iter(content.values()), None)
        schema = dig(document, body.get("schema") if isinstance(body, dict) else None)
        if schema.get("type") == "array":
            found.append(
                Target(port, route, Shape(None, True, fields=limits_of(dig(document, schema.get("items")))))
            )
            continue
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if len(columns & set(properties)) >= 3:
            found.append(Target(port, route, Shape(None, False, fields=limits_of(schema))))
            continue
        for key, part in list(properties.items())[:10]:
            inner = dig(document, part)
            items = dig(document, inner.get("items"))
            if inner.get("type") == "array":
                found.append(Target(port, route, Shape(key, True, fields=limits_of(items))))
            elif inner.get("type") == "object" or inner.get("properties"):
                found.append(Target(port, route, Shape(key, False, fields=limits_of(inner))))
        found.append(Target(port, route, Shape("", False)))

    def rank(target: Target) -> tuple[int, int]:
        name = target.route.lower()
        order = next((n for n, word in enumerate(("predict", "score", "infer", "churn")) if word in name), 9)
        return order, len(name)

    return sorted(found, key=rank)


def example_shapes(example: Json) -> list[Shape]:
    """Return the request shape that the README's example shows."""
    body = example.get("body", example) if isinstance(example, dict) else example
    if isinstance(body, list):
        return [Shape(None, True)]
    if not isinstance(body, dict):
        return []
    for key, part in body.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            return [Shape(key, True), Shape(key, False, listed=True)]
        if isinstance(part, dict):
            return [Shape(key, False)]
    return [Shape(None, False)] if len(body) > 3 else []


def candidate_targets(session: Session, port: int) -> Iterator[Target]:
    """Yield what to try: the contract, OpenAPI, the README's example, then every usual route and shape."""
    answer = ask(port, "GET", "/openapi.json", seconds=5.0)
    document = answer.json() if answer.status == 200 else None
    session.result["openapi"] = isinstance(document, dict) and isinstance(document.get("paths"), dict)
    yield Target(port, "/predict", Shape("rows", True))
    columns = {column["name"] for column in session.plan["schema"]["columns"]}
    described = guarded(session, "openapi.json", lambda: openapi_targets(document, port, columns), [])
    yield from (target for target in described if target.shape.key != "")
    told = session.plan.get("readme_example")
    route = told.get("route") if isinstance(told, dict) and isinstance(told.get("route"), str) else None
    routes = list(dict.fromkeys([*([route] if route else []), *(t.route for t in described), *ROUTES]))
    shapes = example_shapes(told)
    shapes += [Shape(key, True) for key in MANY_KEYS] + [Shape(None, True), Shape(None, False)]
    shapes += [Shape(key, False) for key in ONE_KEYS]
    shapes += [Shape(key, False, listed=True) for key in ("data", "instances", "rows")]
    tried = 0
    for found in routes:
        if time.monotonic() > session.end or tried >= 8:
            return
        if ask(port, "POST", found, b"{}", seconds=5.0).status not in (0, 404, 405, 501):
            tried += 1
            yield from (Target(port, found, shape) for shape in shapes)


def discover(session: Session, port: int) -> Target | None:
    """Return how the service is asked and where its probabilities are; None where nothing gives any."""
    rows = sorted(
        session.parity or [row for part in session.replay for row in part["rows"]][:200], key=count_nulls
    )
    rows = list({row["customer_id"]: row for row in rows}.values())[:2]
    patience = session.patience(60)
    tried: set[Target] = set()
    seen = ""
    for target in candidate_targets(session, port):
        if patience.spent() or not rows:
            break
        if target in tried:
            continue
        tried.add(target)
        sent = rows if target.shape.many else rows[:1]
        answer = post(target, sent)
        patience.count(answer)
        path = find_path(answer.json(), len(sent)) if 200 <= answer.status < 300 else None
        if path is not None:
            found = Target(target.port, target.route, target.shape, path)
            shown = "".join(f"[{s}]" if s == "*" or isinstance(s, int) else f".{s}" for s in path).lstrip(".")
            session.result |= {"route": target.route, "request_shape": clean(target.shape.name, 80)}
            session.result["answer_path"] = clean(shown, 200)
            return found
        if 200 <= answer.status < 300 or not seen:
            said = clean(answer.body[:200].decode("utf-8", "replace"), 150)
            seen = f"POST {target.route}: status {answer.status} {said}"
    session.problems.append(f"found no request that is answered by probabilities in 0..1; last {seen}")
    return None


def count_nulls(row: Row) -> int:
    """Return how many values of a row are null."""
    return sum(value is None for value in row.values())


# ---- asking for probabilities


def post(target: Target, rows: Sequence[Json]) -> Answer:
    """Send rows in the service's own shape."""
    return ask(target.port, "POST", target.route, json.dumps(target.shape.wrap(rows)).encode())


def predict(target: Target, rows: Sequence[Row], patience: Patience) -> list[float] | None:
    """Return the probabilities of one request, None where the answer is not usable."""
    answer = post(target, rows)
    patience.count(answer)
    return extract(answer.json(), target.path, len(rows)) if 200 <= answer.status < 300 else None


def predict_singly(target: Target, rows: Sequence[Row], patience: Patience, workers: int = WORKERS) -> Floats:
    """Return one probability a row from requests of one row each, NaN where none came."""

    def one(row: Row) -> float:
        values = None if patience.spent() else predict(target, [row], patience)
        return values[0] if values else math.nan

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return np.array(list(pool.map(one, rows)), dtype=np.float64)


def predict_all(target: Target, rows: Sequence[Row], patience: Patience, size: int = BATCH) -> Floats:
    """Return one probability a row; a batch that fails is split, so that one bad row costs itself only."""
    if not target.shape.many:
        return predict_singly(target, rows, patience)
    found = np.full(len(rows), math.nan)
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        if patience.spent():
            break
        values = predict(target, part, patience)
        if values is not None:
            found[start : start + size] = values
        elif size > SMALL_BATCH:
            found[start : start + size] = predict_all(target, part, patience, SMALL_BATCH)
        elif len(part) > 1:
            found[start : start + size] = predict_singly(target, part, patience)
    return found


def run_replay(session: Session, target: Target) -> Floats:
    """Return served probabilities of the replay by position, sent month by month."""
    total = sum(len(part["rows"]) for part in session.replay)
    found = np.full(total, math.nan)
    patience = session.patience(220)
    for part in session.replay:
        found[np.asarray(part["positions"], dtype=np.int64)] = predict_all(target, part["rows"], patience)
    session.result["replay_rows"] = total
    lost = int(np.isnan(found).sum())
    if lost:
        why = " (out of time or no answers)" if patience.spent() else ""
        session.problems.append(f"replay: found {lost} of {total} rows without a usable probability{why}")
    return found


def run_parity(session: Session, target: Target) -> dict[str, Floats]:
    """Return parity of all rows and the variations of the first 200."""
    arrays = {"parity": predict_all(target, session.parity, session.patience(90))}
    session.result["parity_rows"] = len(session.parity)
    lost = int(np.isnan(arrays["parity"]).sum())
    if lost:
        session.problems.append(
            f"parity: found {lost} of {len(session.parity)} rows without a usable probability"
        )
    rows = session.parity[:PREFIX]
    arrays["single"] = predict_singly(target, rows, session.patience(45), workers=2)
    arrays["reversed"] = predict_all(target, rows[::-1], session.patience(20))[::-1]
    arrays["repeated"] = predict_all(target, rows, session.patience(20))
    turned = [dict(sorted(row.items(), key=lambda item: item[0][::-1])) for row in rows]
    arrays["column_order"] = predict_all(target, turned, session.patience(20))
    leak = session.plan.get("leak_column")
    session.result["leak_column"] = leak
    arrays["leak_changed"] = np.empty(0)
    if leak is not None:
        arrays["leak_changed"] = leak_changed(session, target, rows, str(leak), arrays["parity"][: len(rows)])
    return arrays


def leak_changed(session: Session, target: Target, rows: Sequence[Row], leak: str, base: Floats) -> Floats:
    """Return for each row the probability that moved most when the leaking column took other values."""
    kept = np.full(len(rows), math.nan)
    for value in session.plan.get("leak_values") or [None]:
        changed = [{**row, leak: value} for row in rows]
        found = predict_all(target, changed, session.patience(20))
        farther = np.isnan(kept) | (np.abs(found - base) > np.abs(kept - base))
        kept = np.where(farther & ~np.isnan(found), found, kept)
    return kept


# ---- the contract


def contract_cases(session: Session, target: Target) -> Iterator[Case]:
    """Yield the expectations of the contract, each with what came."""

    def case(name: str, ok: Json, expected: str, got: object) -> Case:
        return {"id": name, "ok": bool(ok), "expected": expected, "got": clean(got, 200)}

    result = session.result
    many = target.shape.many
    rows = (session.parity * (1 + BATCH // max(1, len(session.parity))))[:BATCH]
    yield case("health", result["health_status"] == 200, "GET /health answers 200", result["health_status"])
    said = result.get("health_body", "")
    yield case("health_body", re.search(r'"status"\s*:\s*"ok"', said), 'a body with "status": "ok"', said)
    yield case("health_version", '"model_version"' in said, "a body with model_version", said)
    yield case("route", target.route == "/predict", "POST /predict", target.route)
    yield case("request_shape", target.shape.name == "rows", '{"rows": [...]}', target.shape.name)
    one = post(target, rows[:1])
    document = one.json()
    got = f"status {one.status} {clean(one.body[:300].decode('utf-8', 'replace'), 150)}"
    yield case("batch_of_1", extract(document, target.path, 1), "200 with one probability", got)
    yield case("content_type", "application/json" in one.kind.lower(), "application/json", one.kind)
    version = document.get("model_version") if isinstance(document, dict) else None
    yield case("model_version", isinstance(version, str) and version, "a string model_version", version)
    big = post(target, rows) if many else Answer(0, error="takes one row only")
    document = big.json()
    sane = many and extract(document, target.path, BATCH) is not None
    yield case("batch_of_1000", sane, "200 with 1,000 probabilities", f"status {big.status} {big.error}")
    entries = document.get("predictions") if isinstance(document, dict) else None
    entries = [e if isinstance(e, dict) else {} for e in entries] if isinstance(entries, list) else []
    answer = " ".join(sorted(entries[0])) if entries else "no list of predictions"
    yield case("length", len(entries) == BATCH, "predictions as long as rows", len(entries))
    echoed = [e.get("customer_id") for e in entries] == [row["customer_id"] for row in rows]
    yield case("customer_id_echoed", echoed, "customer_id of every row, in the same order", answer)
    named = entries and all(sane_chance(e.get("churn_probability")) for e in entries)
    yield case("churn_probability", named, "churn_probability in 0..1 for every row", answer)
    called = entries and all(isinstance(e.get("call"), bool) for e in entries)
    yield case("call", called, "a truth value call for every row", answer)
    over = post(target, [*rows, rows[0]]) if many else Answer(0, error="takes one row only")
    yield case(
        "refuses_1001_rows", over.status in (400, 413, 422), "422", f"status {over.status} {over.error}"
    )
    none = post(target, []) if many else Answer(0, error="takes one row only")
    yield case("refuses_no_rows", none.status in (400, 422), "422", f"status {none.status} {none.error}")
    api = ask(target.port, "GET", "/openapi.json", seconds=5.0).json()
    described = follow(
        api, ("paths", target.route, "post", "requestBody", "content", "application/json", "schema")
    )
    schema = dig(api, described)
    fits = target.shape.key is None or target.shape.key in (schema.get("properties") or {})
    told = "described" if schema and fits else "not described"
    yield case("openapi", schema and fits, f"/openapi.json describes the body of POST {target.route}", told)


def sane_chance(value: Json) -> bool:
    """Return whether a value is a number in 0..1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


# ---- wrong requests


@dataclass(frozen=True)
class Wrong:
    """A wrong or odd request, what may come of it, and the field that a refusal should name."""

    id: str
    body: bytes | None
    expected: tuple[str, ...]
    field: str | None = None
    kind: str = "application/json"
    extra: str = ""
    method: str = "POST"
    count: int = 1


REFUSED, EITHER, SCORED = ("rejected",), ("rejected", "scored"), ("scored",)


def wrong_requests(session: Session, target: Target) -> Iterator[Wrong]:
    """Yield the requests, built on a row that the service does score."""
    rows = sorted(session.parity, key=count_nulls)
    row, shape = rows[0], target.shape
    columns = [c for c in session.plan["schema"]["columns"] if c["name"] != session.plan.get("leak_column")]
    allowed = shape.fields
    columns = [c for c in columns if allowed is None or c["name"] in allowed]
    features = [c["name"] for c in columns]

    def first(*types: str) -> str | None:
        names = [c["name"] for c in columns if c["type"] in types and row.get(c["name"]) is not None]
        return names[0] if names else None

    def body(*sent: Json) -> bytes:
        return json.dumps(shape.wrap(sent), ensure_ascii=False).encode()

    def changed(**values: Json) -> bytes:
        return body({**row, **values})

    def without(name: str) -> bytes:
        return body({key: value for key, value in row.items() if key != name})

    real, whole_number, text = first("number"), first("integer"), first("string")
    amount = real or whole_number
    good = body(row)
    yield Wrong("broken_json", good[: len(good) // 2], REFUSED)
    yield Wrong("empty_body", b"", REFUSED)
    yield Wrong("text_plain", good, EITHER, kind="text/plain")
    yield Wrong("not_json", b"churn please", REFUSED)
    yield Wrong("json_null", b"null", REFUSED)
    yield Wrong("empty_object", b"{}", REFUSED, shape.key)
    if shape.key is not None:
        yield Wrong("rows_not_a_list", json.dumps({shape.key: 5}).encode(), REFUSED, shape.key)
    yield Wrong("row_not_an_object", body(5), REFUSED)
    yield Wrong("row_null", body(None), REFUSED)
    yield Wrong("list_of_lists", body([1, 2, 3]), REFUSED)
    for name in ("customer_id", "snapshot_month"):
        if allowed is None or name in allowed:
            yield Wrong(f"missing_{name}", without(name), REFUSED, name)
    if allowed is None or "customer_id" in allowed:
        yield Wrong("text_for_customer_id", changed(customer_id="abc"), REFUSED, "customer_id")
    if allowed is None or "snapshot_month" in allowed:
        yield Wrong("no_month", changed(snapshot_month="2025-13"), REFUSED, "snapshot_month")
    if amount:
        yield Wrong("text_for_number", changed(**{amount: "many"}), REFUSED, amount)
        yield Wrong("object_for_number", changed(**{amount: {"value": 1}}), REFUSED, amount)
        yield Wrong("boolean_for_number", changed(**{amount: True}), EITHER, amount)
        yield Wrong("null_number", changed(**{amount: None}), SCORED)
        yield Wrong("missing_feature", without(amount), EITHER, amount)
        yield Wrong("huge_number", changed(**{amount: 1e308}), EITHER, amount)
        literal = json.dumps(shape.wrap([{**row, amount: "@"}]), ensure_ascii=False)
        yield Wrong("nan_literal", literal.replace('"@"', "NaN").encode(), EITHER, amount)
        yield Wrong("infinity_literal", literal.replace('"@"', "Infinity").encode(), REFUSED, amount)
        yield Wrong("huge_integer", literal.replace('"@"', "9" * 400).encode(), EITHER, amount)
    if whole_number:
        yield Wrong("negative_count", changed(**{whole_number: -5}), EITHER, whole_number)
        yield Wrong("null_integer", changed(**{whole_number: None}), SCORED)
    if text:
        yield Wrong("number_for_text", changed(**{text: 12345}), REFUSED, text)
        yield Wrong("unknown_category", changed(**{text: "never seen"}), EITHER, text)
        yield Wrong("null_category", changed(**{text: None}), SCORED)
        yield Wrong("unicode_category", changed(**{text: "Zürich \U0001f4a5\u202e\u0000"}), EITHER, text)
        yield Wrong("long_text", changed(**{text: "x" * (1 << 20)}), EITHER, text)
    yield Wrong("all_features_null", changed(**dict.fromkeys(features)), SCORED)
    yield Wrong("unknown_field", changed(surprise=1), EITHER, "surprise")
    nested = "[" * 20_000 + "]" * 20_000
    yield Wrong("deep_nesting", (f'{{"{shape.key}": {nested}}}' if shape.key else nested).encode(), REFUSED)
    yield Wrong("packed_garbage", b"\x1f\x8b\x08garbage", REFUSED, extra="Content-Encoding: gzip\r\n")
    yield Wrong("bad_utf8", good[:-3] + b"\xff\xfe" + good[-3:], REFUSED)
    yield Wrong("get_instead_of_post", None, REFUSED, method="GET")
    if shape.many:
        yield Wrong("same_customer_twice", body(row, row), EITHER, "customer_id", count=2)
        yield Wrong("one_bad_row_of_two", body(row, 5), REFUSED)
        yield Wrong("5000_rows", body(*([row] * 5000)), REFUSED, count=5000)


def bad_input_cases(session: Session, target: Target) -> Iterator[Case]:
    """Yield what came of each wrong request, and whether the service was healthy afterwards."""
    patience = session.patience(150)
    alive = True
    for wrong in wrong_requests(session, target):
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
        names = wrong.field in told if wrong.field and outcome == "rejected" else None
        alive = healthy(session, target.port)
        case |= {"status": answer.status, "outcome": outcome, "names_field": names, "healthy_after": alive}
        yield {**case, "seconds": round(answer.seconds, 4), "got": answer.error or clean(told, 160)}
        while not alive and time.monotonic() < patience.end and patience.silent < 10:
            patience.silent += 1
            time.sleep(0.5)
            alive = healthy(session, target.port)


def run_load(session: Session, target: Target, told: Mapping[str, Json]) -> dict[str, Json]:
    """Return the LatencySeries of single rows at the plan's rate, and the median of three batches of 1,000."""
    bodies = [json.dumps(target.shape.wrap([row])).encode() for row in session.parity[:500]]

    def send(place: int) -> bool:
        answer = ask(target.port, "POST", target.route, bodies[place % len(bodies)])
        return 200 <= answer.status < 300 and extract(answer.json(), target.path, 1) is not None

    series = load(send, float(told["rate"]), float(told["seconds"]))
    series["batch_1000_ms"] = None
    if target.shape.many and session.parity:
        rows = (session.parity * (1 + BATCH // len(session.parity)))[:BATCH]
        answers = [post(target, rows) for _ in range(3)]
        if all(200 <= answer.status < 300 for answer in answers):
            series["batch_1000_ms"] = round(statistics.median(answer.seconds for answer in answers) * 1000, 3)
    return series


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
        if told:
            result["latency"] = guarded(session, "load", lambda: run_load(session, found, told), None)
        result["bad_input"] = guarded(
            session, "wrong requests", lambda: list(bad_input_cases(session, found)), []
        )
    return arrays


def main() -> None:
    """Read the requests, probe, print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = Path(os.environ["REQUESTS_DIR"])
    plan, parity, replay = (
        json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("plan", "parity", "replay")
    )
    session = Session(plan, parity, replay, end=time.monotonic() + float(plan.get("budget_seconds", 420)))
    arrays = probe(session)
    result = {**session.result, "problems": [clean(text) for text in session.problems[:50]]}
    announced = [{"name": name, "length": int(values.size)} for name, values in arrays.items()]
    line = json.dumps({"result": result, "arrays": announced}, allow_nan=False)
    sys.stdout.buffer.write(line.encode() + b"\n")
    for values in arrays.values():
        sys.stdout.buffer.write(np.ascontiguousarray(values, dtype="<f8").tobytes())


if __name__ == "__main__":
    main()
