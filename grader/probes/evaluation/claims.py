"""Every number of a metrics document, with what the keys above it say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from grader.probes.evaluation.vocabulary import (
    BREAKDOWN,
    HIGH,
    INTERVAL,
    INTERVAL_OF,
    LEVELS,
    LOW,
    METRICS,
    MODELS,
    PERIOD,
    SEGMENT,
    SPLIT_WORDS,
    TESTS,
    VALUE,
)
from grader.probes.shared.text import Json, number, word

TITLES = ("model", "name", "split", "set", "metric", "month", "period", "channel", "segment", "level")
Leaf = tuple[tuple[str, ...], float | tuple[float, float]]
_NUM = r"(\d{0,3}\.\d{1,12})"
PAIR = re.compile(rf"[\[(]?\s?{_NUM}\s?(?:,|;|-|\u2013|to)\s?{_NUM}\s?[\])]?")
"""An interval as text: `[0.21, 0.30]`, `0.21 to 0.30`. Without a decimal point it may be months or a decimal comma."""
WITH_PAIR = re.compile(
    rf"{_NUM}\s?[\[(]\s?(?:95\s?%\s?(?:CI)?[:,]?\s?)?{_NUM}\s?(?:,|;|-|\u2013|to)\s?{_NUM}\s?[\])]", re.I
)
WITH_SPREAD = re.compile(rf"{_NUM}\s?(?:\u00b1|\+/-|\+-)\s?{_NUM}")
"""A figure and how far it moves, which may be a standard error, a deviation or half an interval: it is left."""
TEXT = 80
SHARE = re.compile(r"(?:top_?)?\d[\d_]*(?:pct|percent)?")
OF_SHARES = re.compile(r"(precision|p|prec|recall|r|capture)(?:_at(?:_k|_top)?)?")
"""A share of the customers, and the figure below which several stand."""


def leaves(node: Json, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every number, and every interval as a pair, with the words of the keys that lead there."""
    if len(path) > 12:
        return
    amount = number(node)
    if amount is not None:
        yield path, amount
    elif isinstance(node, str):
        yield from _of_text(node, path)
    elif isinstance(node, list):
        pair = [number(part) for part in node[:4]]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            yield path, (min(pair[0], pair[1]), max(pair[0], pair[1]))
            return
        if len(pair) == 3 and path and (ends := _three(pair)) and re.search(INTERVAL, path[-1]):
            yield path, ends
            return
        for place, part in enumerate(node[:200]):
            if isinstance(part, dict):
                names = tuple(word(part[key]) for key in TITLES if isinstance(part.get(key), str))
                share = (word(part["k"]),) if number(part.get("k")) is not None else ()
                yield from leaves(
                    part, path + (names or share or ((f"item_{place}",) if len(node) > 1 else ()))
                )
    elif isinstance(node, dict) and (table := _framed(node)):
        yield from leaves(table, path)
    elif isinstance(node, dict):
        items = sorted(list(node.items())[:300], key=lambda item: word(item[0]) == item[0])
        given = {word(key): value for key, value in items}  # of two spellings of a name the exact one stays
        low = next((number(v) for k, v in given.items() if re.fullmatch(LOW, k)), None)
        high = next((number(v) for k, v in given.items() if re.fullmatch(HIGH, k)), None)
        if low is not None and high is not None:
            yield (*path, "ci"), (min(low, high), max(low, high))
        for key, value in given.items():
            yield from leaves(value, (*path, key))


def _of_text(text: str, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield what a text says of a figure and its interval.

    >>> list(_of_text("0.25 [0.21, 0.30]", ("pr_auc",))), list(_of_text("0.25 ± 0.02", ("pr_auc",)))
    ([(('pr_auc',), 0.25), (('pr_auc',), (0.21, 0.3))], [(('pr_auc',), 0.25)])
    """
    text = re.sub(r"\s+", " ", text[: TEXT + 1]).strip()
    if len(text) > TEXT:
        return
    if found := PAIR.fullmatch(text):
        low, high = float(found[1]), float(found[2])
        if low < high:
            yield path, (low, high)
    elif found := WITH_PAIR.fullmatch(text):
        amount, low, high = float(found[1]), float(found[2]), float(found[3])
        if low <= amount <= high:
            yield path, amount
            yield path, (low, high)
    elif found := WITH_SPREAD.fullmatch(text):
        yield path, float(found[1])


def _three(given: list[float | None]) -> tuple[float, float] | None:
    """Return the ends of an interval that is given with its middle; None where the third may say how sure it is."""
    low, middle, high = given
    if low is None or middle is None or high is None or not low < middle < high or high in LEVELS:
        return None
    return low, high


def _framed(node: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """Return rows by name of a table as pandas writes it with `orient="split"`; empty where it is none."""
    index, columns, data = (node.get(name) for name in ("index", "columns", "data"))
    if not (isinstance(index, list) and isinstance(columns, list) and isinstance(data, list)):
        return {}
    rows = list(zip(index[:300], data[:300], strict=False))
    return {
        name: {key: value for key, value in zip(columns[:300], row, strict=False) if isinstance(key, str)}
        for name, row in rows
        if isinstance(name, str) and isinstance(row, list)
    }


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


@lru_cache(maxsize=4096)
def _without_split(name: str) -> tuple[str, str]:
    """Return a name without the word of a split, and that word."""
    for part in (*TESTS, *SPLIT_WORDS):
        if name == part:
            return "", part
        if found := re.match(rf"{part}_(?=.)", name) or re.search(rf"(?<=.)_{part}$", name):
            return name[: found.start()] + name[found.end() :], part
    return name, ""


@lru_cache(maxsize=4096)
def _without_model(name: str) -> tuple[str, str]:
    """Return a name without the words of a model, and whose it is.

    The contract's own word decides, and `model` says least: it stands beside any other.

    >>> _without_model("baseline_model"), _without_model("best_baseline"), _without_model("final_logreg_brier")
    (('', 'baseline'), ('', 'baseline'), ('brier', 'tuned'))
    """
    own = [ours for ours in MODELS if ours in name.split("_")]
    called: list[tuple[str, bool]] = []
    before = None
    while name != before:
        before = name
        for ours, pattern in MODELS.items():
            if re.fullmatch(rf"{pattern}(_{pattern})*", name):
                called.append((ours, name == "model"))
                name = ""
            elif found := re.match(rf"{pattern}_(?=.)", name) or re.search(rf"(?<=.)_{pattern}$", name):
                called.append((ours, found[1] == "model"))
                name = name[: found.start()] + name[found.end() :]
    if called and len(own) == 1 and own[0] in (ours for ours, _ in called):
        return name, own[0]
    return name, next(iter(sorted(called, key=lambda one: one[1])), ("", False))[0]


def settle(path: tuple[str, ...]) -> Named:
    """Return what the words that lead to a number say of it."""
    spare: list[bool] = []  # per word that says nothing known, whether a model was named before it
    model, split, interval, metric, vague, own, listed = "", "", False, "", 0, False, ""
    for token in path:
        name, part = _without_split(token)
        split = split or part
        name, called = _without_model(name)
        name, part = _without_split(name)
        split = split or part
        if shorter := re.search(rf"(^|_){LOW}$|(^|_){HIGH}$", name):
            name = name[: shorter.start()] + "_ci"
        if found := re.search(INTERVAL, name) or re.search(INTERVAL_OF, name):
            interval, name = True, name[: found.start()] + name[found.end() :]
        said = name if name not in VALUE else ""
        if SHARE.fullmatch(said) and (stem := OF_SHARES.fullmatch(listed)):
            said = f"{stem[1]}_at_{said}"  # as `"precision_at_k": {"0.05": 0.4, "0.10": 0.3}`
        listed = said
        if said:
            metric, vague = place_of(said, METRICS)
            spare += [bool(model)] * (metric not in METRICS)
        if called and not model:
            model, own = called, called in token.split("_") and (not said or metric in METRICS)
    if metric not in METRICS:
        spare = spare[:-1]  # the last one is the metric's own name
    return Named(model, metric, interval, split, vague, own, spare.count(False), spare.count(True))
