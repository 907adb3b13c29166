"""How far a figure moves from fold to fold, as metrics documents state it: as an interval around its mean."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence

from grader.probes.evaluation.claims import TITLES, Leaf, is_breakdown, settle
from grader.probes.evaluation.vocabulary import METRICS, SPLIT_WORDS
from grader.probes.shared.text import Json, number, word

FEWEST, MOST = 3, 200
WIDTH = 1.96
"""Standard deviations on either side, as of a 95 % interval."""
CENTRES = ("mean", "avg", "average", "value", "estimate", "point")
SPREAD = r"(?:std|sd|stdev|std_dev|standard_deviation|se|sem|stderr|std_err|std_error|standard_error)"
FOLDS = re.compile(
    r"(?:^|(?<=_))(?:(?:by|per)_folds?|cv|cross_validation|k?folds?)(?:_(?:scores?|values?|results?))?(?:_|$)"
)


def fold_intervals(document: Json) -> dict[str, tuple[float, float]]:
    """Return mean and spread of a model's figures as intervals by `model.metric`, the contract's own place first.

    >>> fold_intervals({"tuned": {"pr_auc_folds": [0.24, 0.26, 0.28]}})
    {'tuned.pr_auc': (0.2208, 0.2992)}
    >>> fold_intervals({"cv": {"pr_auc_mean": 0.26, "pr_auc_std": 0.01}})
    {'tuned.pr_auc': (0.2404, 0.2796)}
    """
    found = [(settle(_bare(path)), bounds) for path, bounds in _spreads(document, ()) if path]
    told = [
        (named, bounds)
        for named, bounds in found
        if named.metric in METRICS and named.split not in SPLIT_WORDS and isinstance(bounds, tuple)
    ]
    intervals: dict[str, tuple[float, float]] = {}
    for named, bounds in sorted(told, key=lambda one: (not one[0].own, one[0].above + one[0].below)):
        model = "baseline" if named.model == "baseline" else "tuned"
        intervals.setdefault(f"{model}.{named.metric}", bounds)
    return intervals


def _spreads(node: Json, path: tuple[str, ...]) -> Iterator[Leaf]:
    if len(path) > 12 or is_breakdown(_bare(path)):
        return
    if isinstance(node, list):
        yield from _of_list(node, path)
    elif isinstance(node, dict):
        given = {word(key): value for key, value in list(node.items())[:300]}
        yield from _of_names(given, path)
        rows = [part for part in given.values() if isinstance(part, dict)]
        if _is_folds(path[-1:]) and len(rows) >= FEWEST:
            yield from _of_rows(rows, path)
            return
        for key, value in given.items():
            yield from _spreads(value, (*path, key))


def _of_list(node: Sequence[Json], path: tuple[str, ...]) -> Iterator[Leaf]:
    amounts = [amount for part in node[:MOST] if (amount := _figure(part)) is not None]
    rows = [part for part in node[:MOST] if isinstance(part, dict)]
    if len(amounts) == len(node) >= FEWEST and _is_folds(path):
        yield path, _around(statistics.mean(amounts), statistics.stdev(amounts))
    elif _is_folds(path[-1:]) and len(rows) == len(node) >= FEWEST:
        yield from _of_rows(rows, path)
    else:
        for row in rows:
            names = tuple(word(row[key]) for key in TITLES if isinstance(row.get(key), str))
            yield from _spreads(row, path + names)


def _of_rows(rows: Sequence[dict[str, Json]], path: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield the spread of every number that all of the rows, one a fold, hold."""
    for key in list(rows[0])[:300]:
        amounts = [amount for row in rows if (amount := _figure(row.get(key))) is not None]
        if len(amounts) == len(rows):
            yield (*path, word(key)), _around(statistics.mean(amounts), statistics.stdev(amounts))


def _of_names(given: dict[str, Json], path: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield the spreads that are stated beside a mean or a value: `pr_auc_std`, `std_pr_auc`, `pr_auc: {std}`."""
    for key, value in given.items():
        spread = _figure(value)
        found = re.fullmatch(rf"(?:(.+)_)?{SPREAD}|{SPREAD}_(.+)", key)
        if not spread or not found:
            continue
        stem = found[1] or found[2]
        centres = (f"{stem}_mean", f"mean_{stem}", f"{stem}_avg", stem) if stem else CENTRES
        centre = next((amount for c in centres if (amount := _figure(given.get(c))) is not None), None)
        if centre is not None:
            yield (*path, *([stem] if stem else [])), _around(centre, spread)


def _figure(value: Json) -> float | None:
    """Return a number that can be a figure of a model, or a percentage; None otherwise."""
    amount = number(value)
    return amount if amount is not None and 0 <= amount <= 100 else None


def _around(centre: float, spread: float) -> tuple[float, float]:
    return round(centre - WIDTH * spread, 6), round(centre + WIDTH * spread, 6)


def _is_folds(path: tuple[str, ...]) -> bool:
    return any(FOLDS.search(part) for part in path)


def _bare(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a path without those that only say that folds are meant."""
    return tuple(part for name in path if (part := FOLDS.sub("", name).strip("_")))
