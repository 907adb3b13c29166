"""Which of the numbers that could be meant by one name is the one that is claimed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from grader.probes.evaluation.claims import Leaf, Named, is_breakdown, place_of, settle
from grader.probes.evaluation.vocabulary import DECISION, METRICS, POLICY, SPLIT_WORDS, TESTS
from grader.probes.shared.text import clean

Figure = tuple[Named, Leaf]
ITSELF = ("value", "estimate", "point", "score")
"""Keys of a figure of the decision below its own name; a mean or a total there is another figure."""

CONTEST = re.compile(r"(?:^|_)(?:model_)?(champion|challenger|incumbent)(?:_model)?(?=_|$)")
KEPT = re.compile(r"(?:^|_)(?:tuned|final|champion)(?:_|$)|best_model|model_best")
"""Names of the model that was kept, whatever its algorithm."""
SAME = 0.001
"""How far two figures of one name may differ and still be one figure, rounded differently."""


def told_apart(found: list[Leaf]) -> list[Leaf]:
    """Leave out figures of a champion and a challenger of which nothing else says which is the baseline.

    The champion is the model in use to some, the one that won to others, so either reading may be wrong. Where the
    two are given with a model's name that decides; beside a baseline or a tuned model they are left as they are.

    >>> told_apart([(("champion", "pr_auc"), 0.2), (("challenger_lgbm", "pr_auc"), 0.3)])
    [(('lgbm', 'pr_auc'), 0.3)]
    """
    marked = {path for path, _ in found if any(CONTEST.search(name) for name in path)}
    both = {word for path in marked for name in path for word in CONTEST.findall(name)}
    others = (settle(path) for path, _ in found if path not in marked and "decision" not in path)
    if len(both) < 2 or any(named.model and named.metric in METRICS for named in others):
        return found
    bare = [
        (tuple(left for name in path if (left := CONTEST.sub("", name).strip("_"))), path, value)
        for path, value in found
    ]
    return [(left, value) for left, path, value in bare if path not in marked or settle(left).model]


def rank_figures(found: Iterable[Leaf]) -> list[Figure]:
    """Return the figures of the models, the contract's own names at their own place first, aliases after.

    Left out are figures of other splits and of parts of the rows, and, where a model is called by the
    contract's own word, those of other models that could be meant by it: they fill none of its gaps. So are a
    dummy's beside those of a baseline that was fitted.
    """
    figures = [(settle(leaf[0]), leaf) for leaf in found if not is_breakdown(leaf[0])]
    figures = [(named, leaf) for named, leaf in figures if named.metric and named.split not in SPLIT_WORDS]
    figures = _without_parts(figures)
    own = {n.model for n, _ in figures if n.own and n.metric in METRICS and not n.below}
    figures = [
        (named, leaf)
        for named, leaf in figures
        if named.own or not {named.model or "tuned"} & own or not (named.model or named.above)
    ]
    fitted = [n for n, leaf in figures if n.model == "baseline" and not _of_dummy(leaf)]
    if any(named.metric in METRICS for named in fitted):
        figures = [(n, leaf) for n, leaf in figures if n.model != "baseline" or not _of_dummy(leaf)]
    return sorted(figures, key=_distance)


def _of_dummy(leaf: Leaf) -> bool:
    return any("dummy" in name.split("_") for name in leaf[0])


def _distance(figure: Figure) -> tuple[bool, int, int, int]:
    """How far a figure is from the contract: its own place, the split, words of unknown meaning, spelling."""
    named, (path, _) = figure
    exact = path in ((named.model, named.metric), (named.model, f"{named.metric}_ci"))
    split = TESTS.index(named.split) if named.split in TESTS[:2] else len(TESTS)
    return not exact, split, named.above + named.below, named.vague


def without_doubt(figures: list[Figure]) -> tuple[list[Figure], list[str]]:
    """Leave out a model's figures that two numbers could be meant by equally, and say of each which these are.

    In doubt a name that says nothing of a model gives way to one that does, and an algorithm to the model kept.

    >>> found = rank_figures([(("lgbm", "pr_auc"), 0.25), (("xgboost", "pr_auc"), 0.21)])
    >>> without_doubt(found)
    ([], ['not read: pr_auc of the tuned model: 0.25 (lgbm pr_auc) or 0.21 (xgboost pr_auc)'])
    """
    doubtful = _doubts(figures)
    for likelier in (_is_named, _is_kept):
        sides = {side for side, _ in doubtful if any(likelier(one) for one in figures if _side(one) == side)}
        figures = [one for one in figures if _side(one) not in sides or likelier(one)]
        doubtful = _doubts(figures) if sides else doubtful
    return [one for one in figures if (_side(one), one[0].metric) not in doubtful], list(doubtful.values())


def _doubts(figures: list[Figure]) -> dict[tuple[str, str], str]:
    """Return what is said of each figure, by model and metric, that two numbers could be meant by equally."""
    meant: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for named, leaf in figures:
        if named.metric in METRICS and not named.interval and not isinstance(leaf[1], tuple):
            near = meant[_side((named, leaf)), named.metric]
            if not near or _distance((named, leaf)) == _distance(near[0]):
                near.append((named, leaf))
    doubtful = {}
    for place, near in meant.items():
        values = [leaf[1] for _, leaf in near if isinstance(leaf[1], float)]
        if max(values) - min(values) > SAME:
            other = next(leaf for _, leaf in near if leaf[1] != near[0][1][1])
            shown = [f"{leaf[1]:.6g} ({clean(' '.join(leaf[0]), 80)})" for leaf in (near[0][1], other)]
            doubtful[place] = f"not read: {place[1]} of the {place[0]} model: {' or '.join(shown)}"
    return doubtful


def _side(figure: Figure) -> str:
    return "baseline" if figure[0].model == "baseline" else "tuned"


def _is_named(figure: Figure) -> bool:
    """Whether a figure is of a model that is named, or of no name at all, and not of one that says nothing."""
    return bool(figure[0].model) or not figure[0].above


def _is_kept(figure: Figure) -> bool:
    """Whether a figure is of a model that is called the one that was kept, not just by its algorithm."""
    return any(KEPT.search(name) and settle((name,)).model == "tuned" for name in figure[1][0])


def of_policy(found: list[Leaf]) -> list[Leaf]:
    """Return the figures with those of a policy or an operating point as of the decision, where there is no other."""
    if any("decision" in path for path, _ in found):
        return found
    return [
        (("decision", *path[1:]), value)
        if len(path) > 1 and path[0] in POLICY and place_of(path[-1], DECISION)[0] in DECISION
        else (path, value)
        for path, value in found
    ]


def _without_parts(figures: list[Figure]) -> list[Figure]:
    """Leave out what differs below words of unknown meaning: several values of one figure are of parts."""
    values = defaultdict(set)
    for named, (_, value) in figures:
        if named.below:
            values[named.model, named.metric, named.split, named.interval].add(value)
    return [
        (named, leaf)
        for named, leaf in figures
        if not named.below or len(values[named.model, named.metric, named.split, named.interval]) == 1
    ]


def rank_decision(found: Iterable[Leaf]) -> list[tuple[str, float]]:
    """Return the figures of the decision by name, the contract's own names at their own place first."""
    placed = []
    for path, value in found:
        if not path or not isinstance(value, float) or is_breakdown(path):
            continue
        if len(path) > 1 and path[-1] in ITSELF and place_of(path[-2], DECISION)[0] in DECISION:
            path = path[:-1]  # as `"threshold": {"value": 0.2, "reason": "..."}`
        name, vague = place_of(path[-1], DECISION)
        if "decision" in path or (len(path) == 1 and name in DECISION):
            placed.append(((path != ("decision", name), vague, len(path)), name, value))
    return [(name, value) for _, name, value in sorted(placed, key=lambda entry: entry[0])]
