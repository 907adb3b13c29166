"""Ask for probabilities in batches, within patience."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from grader.probes.service.answers import extract
from grader.probes.service.session import Floats, Patience, Row
from grader.probes.service.target import Target
from grader.probes.shared.http_answers import Answer
from grader.probes.shared.http_client import ask
from grader.probes.shared.text import Json

BATCH, SMALL_BATCH, WORKERS = 1000, 100, 4


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
