"""Find out how a service is asked: the contract first, then what it says, then what is usual."""

from __future__ import annotations

import time
from collections.abc import Iterator

from grader.probes.service.answers import find_path
from grader.probes.service.asking import post
from grader.probes.service.openapi import openapi_targets
from grader.probes.service.session import Session, count_nulls, guarded
from grader.probes.service.shapes import MANY_KEYS, ONE_KEYS, ROUTES, example_shapes
from grader.probes.service.target import Shape, Target
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import one_line


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
            session.result |= {"route": target.route, "request_shape": one_line(target.shape.name, 80)}
            session.result["answer_path"] = one_line(shown, 200)
            return found
        if 200 <= answer.status < 300 or not seen:
            said = one_line(answer.body[:200].decode("utf-8", "replace"), 150)
            seen = f"POST {target.route}: status {answer.status} {said}"
    session.problems.append(f"found no request that is answered by probabilities in 0..1; last {seen}")
    return None
