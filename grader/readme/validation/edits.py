"""What a judge makes of edits and attacks: whether the meant criterion moved, and whether the others stayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.validation.corpus import Levels, Pair


@dataclass(frozen=True)
class PairOutcome:
    """One edit: whether the target went where it should, whether all others stayed, and what moved."""

    pair: Pair
    target: bool
    others: bool
    moved: Mapping[CriterionId, tuple[int, int]]


@dataclass(frozen=True)
class AttackOutcome:
    """One attack: the criteria it raised above its base, with both levels."""

    name: str
    base: str
    raised: Mapping[CriterionId, tuple[int, int]]


def outcome_of(pair: Pair, before: Levels, after: Levels) -> PairOutcome:
    """Hold the levels of an edit beside those of its base.

    Where nothing should move, both answers are the same. The order of a text is part of its form, so a shuffle
    may move communication by one level.
    """
    moved: dict[CriterionId, tuple[int, int]] = {
        criterion: (before[criterion], after[criterion])
        for criterion in MAX_POINTS
        if before[criterion] != after[criterion]
    }
    if pair.expected == "same":
        kept = all(
            pair.edit == "shuffle" and criterion == "communication" and abs(new - old) == 1
            for criterion, (old, new) in moved.items()
        )
        return PairOutcome(pair, kept, kept, moved)
    others = not any(criterion != pair.target for criterion in moved)
    old, new = next(((a, b) for name, (a, b) in moved.items() if name == pair.target), (0, 0))
    return PairOutcome(pair, new > old if pair.expected == "up" else new < old, others, moved)


def pair_outcomes(judged: Mapping[str, Levels], pairs: Sequence[Pair]) -> list[PairOutcome]:
    """Outcomes of all edits, in order."""
    return [outcome_of(pair, judged[pair.base], judged[pair.name]) for pair in pairs]


def attack_outcomes(judged: Mapping[str, Levels], attacks: Mapping[str, str]) -> list[AttackOutcome]:
    """Outcomes of all attacks, by the name of the attacked text."""
    return [
        AttackOutcome(
            name,
            base,
            {
                criterion: (judged[base][criterion], judged[name][criterion])
                for criterion in MAX_POINTS
                if judged[name][criterion] > judged[base][criterion]
            },
        )
        for name, base in sorted(attacks.items())
    ]


def target_share(outcomes: Sequence[PairOutcome]) -> float:
    """Share of edits whose target criterion went where it should, 0..1; 0 where there are none."""
    return sum(outcome.target for outcome in outcomes) / max(len(outcomes), 1)


def others_share(outcomes: Sequence[PairOutcome]) -> float:
    """Share of edits that left all other criteria where they were, 0..1; 0 where there are none."""
    return sum(outcome.others for outcome in outcomes) / max(len(outcomes), 1)


def edits_as_json(outcomes: Sequence[PairOutcome]) -> dict[str, Any]:
    """The figures of all edits and the ones that went wrong, as plain values for ``--json``."""
    return {
        "count": len(outcomes),
        "target": round(target_share(outcomes), 4),
        "others": round(others_share(outcomes), 4),
        "by_kind": {
            kind: {"target": target, "others": others, "count": count}
            for kind, (target, others, count) in by_kind(outcomes).items()
        },
        "wrong": [
            {"name": o.pair.name, "target": o.target, "others": o.others, "moved": dict(o.moved)}
            for o in outcomes
            if not (o.target and o.others)
        ],
    }


def by_kind(outcomes: Sequence[PairOutcome]) -> dict[str, tuple[int, int, int]]:
    """Per kind of edit: how many targets are right, how many leave all others, how many there are."""
    kinds = dict.fromkeys(outcome.pair.edit for outcome in outcomes)
    return {
        kind: (
            sum(o.target for o in outcomes if o.pair.edit == kind),
            sum(o.others for o in outcomes if o.pair.edit == kind),
            sum(o.pair.edit == kind for o in outcomes),
        )
        for kind in kinds
    }
