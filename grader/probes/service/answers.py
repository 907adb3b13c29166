"""Where in an answer the probabilities are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from grader.probes.shared.text import Json

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
