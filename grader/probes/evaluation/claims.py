"""Every number of a metrics document, with what the keys above it say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from grader.probes.evaluation.vocabulary import (
    BREAKDOWN,
    HIGH,
    INTERVAL,
    LOW,
    METRICS,
    MODELS,
    PERIOD,
    SEGMENT,
    SPLIT_WORDS,
    VALUE,
)
from grader.probes.shared.text import Json, number, word

TITLES = ("model", "name", "split", "set", "metric", "month", "period", "channel", "segment", "level")
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
        for place, part in enumerate(node[:200]):
            if isinstance(part, dict):
                names = tuple(word(part[key]) for key in TITLES if isinstance(part.get(key), str))
                yield from leaves(part, path + (names or ((str(place),) if len(node) > 1 else ())))
    elif isinstance(node, dict):
        items = sorted(list(node.items())[:300], key=lambda item: word(item[0]) == item[0])
        given = {word(key): value for key, value in items}  # of two spellings of a name the exact one stays
        low = next((number(v) for k, v in given.items() if re.fullmatch(LOW, k)), None)
        high = next((number(v) for k, v in given.items() if re.fullmatch(HIGH, k)), None)
        if low is not None and high is not None:
            yield (*path, "ci"), (min(low, high), max(low, high))
        for key, value in given.items():
            yield from leaves(value, (*path, key))


class Named(NamedTuple):
    """What the words that lead to a number say of it."""

    model: str = ""
    metric: str = ""
    interval: bool = False
    split: str = ""
    vague: int = 0
    """How far from the contract's own name of the metric its spelling is."""
    own: bool = False
    """Whether the model is called by the contract's own word and nothing else."""
    above: int = 0
    """How many words say nothing known before the model is named."""
    below: int = 0
    """How many say nothing known after it."""


def place_of(name: str, spellings: Mapping[str, tuple[str, ...]]) -> tuple[str, int]:
    """Return which of ours a name spells, and how vaguely; the name itself where it is none of them."""
    for ours, patterns in spellings.items():
        for vague, pattern in enumerate(patterns):
            if re.fullmatch(pattern, name):
                return ours, vague
    return name, 0


def is_breakdown(path: tuple[str, ...]) -> bool:
    """Whether a number is of a part of the rows: of a segment, a month, a fold.

    >>> is_breakdown(("tuned", "by_month", "2024_07", "pr_auc")), is_breakdown(("decision", "profit_per_call"))
    (True, False)
    """
    return (
        any(SEGMENT.search(part) or PERIOD.fullmatch(part) for part in path)
        or any(BREAKDOWN.search(part) for part in path[:-1])
    )  # fmt: skip


def settle(path: tuple[str, ...]) -> Named:
    """Return what the words that lead to a number say of it."""
    spare: list[bool] = []  # per word that says nothing known, whether a model was named before it
    model, split, interval, metric, vague, own = "", "", False, "", 0, False
    for token in path:
        name, called = token, ""
        for ours, pattern in MODELS.items():
            if re.fullmatch(rf"{pattern}(_{pattern})*", name):
                called, name = called or ours, ""
            elif found := re.match(rf"{pattern}_(?=.)", name) or re.search(rf"(?<=.)_{pattern}$", name):
                called = called or ours
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
        said = name if name not in VALUE else ""
        if said:
            metric, vague = place_of(said, METRICS)
            spare += [bool(model)] * (metric not in METRICS)
        if called and not model:
            model, own = called, called in token.split("_") and (not said or metric in METRICS)
    if metric not in METRICS:
        spare = spare[:-1]  # the last one is the metric's own name
    return Named(model, metric, interval, split, vague, own, spare.count(False), spare.count(True))
