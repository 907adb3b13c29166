"""Every number of a metrics document, with what the keys above it say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.probes.evaluation.vocabulary import HIGH, INTERVAL, LOW, METRICS, MODELS, SPLIT_WORDS, VALUE
from grader.probes.shared.text import Json, number, word

Leaf = tuple[tuple[str, ...], float | tuple[float, float]]


def leaves(node: Json, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every number, and every interval as a pair, with the words of the keys that lead there."""
    if len(path) > 12:
        return
    amount = number(node)
    if amount is not None:
        yield path, amount
    elif isinstance(node, list):
        pair = [number(part) for part in node]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            yield path, (min(pair[0], pair[1]), max(pair[0], pair[1]))
            return
        for part in node[:200]:
            if isinstance(part, dict):
                names = [part.get(key) for key in ("model", "name", "split", "set", "metric")]
                yield from leaves(part, path + tuple(word(name) for name in names if isinstance(name, str)))
    elif isinstance(node, dict):
        given = {word(key): value for key, value in list(node.items())[:300]}
        low = next((number(v) for k, v in given.items() if re.fullmatch(LOW, k)), None)
        high = next((number(v) for k, v in given.items() if re.fullmatch(HIGH, k)), None)
        if low is not None and high is not None:
            yield (*path, "ci"), (min(low, high), max(low, high))
        for key, value in given.items():
            yield from leaves(value, (*path, key))


def settle(path: tuple[str, ...]) -> tuple[str, str, bool, str]:
    """Return model, metric, whether it is of an interval, and split of the words that lead to a number."""
    model, split, interval, metric = "", "", False, ""
    for token in path:
        name = token
        for ours, pattern in MODELS.items():
            if re.fullmatch(rf"{pattern}(_{pattern})*", name):
                model, name = model or ours, ""
            elif found := re.match(rf"{pattern}_(?=.)", name) or re.search(rf"(?<=.)_{pattern}$", name):
                model = model or ours
                name = name[: found.start()] + name[found.end() :]
        for part in ("test", "holdout", *SPLIT_WORDS):
            if name == part:
                split, name = part, ""
            elif found := re.match(rf"{part}_(?=.)", name) or re.search(rf"(?<=.)_{part}$", name):
                split = split or part
                name = name[: found.start()] + name[found.end() :]
        if shorter := re.search(rf"(^|_){LOW}$|(^|_){HIGH}$", name):
            name = name[: shorter.start()] + "_ci"
        if found := re.search(INTERVAL, name):
            interval, name = True, name[: found.start()]
        if name and name not in VALUE:
            metric = next((ours for ours, pattern in METRICS.items() if re.fullmatch(pattern, name)), name)
    return model, metric, interval, split
