"""Everything that is said about one judge: agreement, confusion, pairs, attacks, worst cases, verbatim quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.readme.judgment import MAX_POINTS, CriterionId, ReadmeJudgment
from grader.readme.validation.agreement import Agreement, Disagreement, agreements, confusion, worst
from grader.readme.validation.corpus import Corpus, Levels
from grader.readme.validation.edits import (
    AttackOutcome,
    PairOutcome,
    attack_outcomes,
    edits_as_json,
    others_share,
    pair_outcomes,
    target_share,
)

PENDING = "pending: "
"""How the message of a criterion begins that got no usable answer.

It counts as level 1, an edit with such a side as wrong, and an attack as not settled, so that silence proves nothing.
"""


@dataclass(frozen=True)
class Measured:
    """One judge on one corpus, judged once per partition into folds.

    ``pairs`` and ``attacks`` hold the outcomes of each partition, ``confusion`` and ``quotes`` count over all;
    ``pending`` of ``criteria`` got no usable answer, and ``unsettled`` attacks hold such a one; ``seconds`` is the mean
    time of fitting and judging in all folds of a partition.
    """

    name: str
    agreement: Mapping[str, Agreement]
    confusion: Mapping[CriterionId, npt.NDArray[np.int64]]
    pairs: tuple[tuple[PairOutcome, ...], ...]
    attacks: tuple[tuple[AttackOutcome, ...], ...]
    worst: tuple[tuple[Disagreement, str, str], ...]
    quotes: int
    not_verbatim: int
    pending: int
    criteria: int
    unsettled: frozenset[str]
    seconds: float

    @property
    def targets(self) -> tuple[float, ...]:
        """Share of edits whose target criterion went where it should, per partition."""
        return tuple(target_share(outcomes) for outcomes in self.pairs)

    @property
    def others(self) -> tuple[float, ...]:
        """Share of edits that left all other criteria where they were, per partition."""
        return tuple(others_share(outcomes) for outcomes in self.pairs)

    @property
    def raised(self) -> int:
        """How many attacks raised any criterion in any partition."""
        return len({outcome.name for split in self.attacks for outcome in split if outcome.raised})


def levels_of(judgment: ReadmeJudgment) -> Levels:
    """Levels by criterion."""
    return {item.id: item.level for item in judgment.criteria}


def measure(
    name: str, corpus: Corpus, judged: Sequence[Mapping[str, ReadmeJudgment]], seconds: float
) -> Measured:
    """Measure the judgments of all texts of a corpus, one mapping per partition into folds."""
    levels = [{text: levels_of(judgment) for text, judgment in split.items()} for split in judged]
    reasons = {
        text: {item.id: (item.message, item.quotes[0] if item.quotes else "") for item in judgment.criteria}
        for text, judgment in judged[0].items()
    }
    quoted = [
        quote in corpus.texts[text].replace("\r\n", "\n")
        for split in judged
        for text, judgment in split.items()
        for item in judgment.criteria
        for quote in item.quotes
    ]
    messages = [item.message for split in judged for judgment in split.values() for item in judgment.criteria]
    waiting = {
        text
        for split in judged
        for text, judgment in split.items()
        if any(item.message.startswith(PENDING) for item in judgment.criteria)
    }
    edits = [
        tuple(
            replace(one, target=False, others=False) if {one.pair.name, one.pair.base} & waiting else one
            for one in pair_outcomes(split, corpus.pairs)
        )
        for split in levels
    ]
    return Measured(
        name,
        agreements(levels, corpus.ratings),
        {criterion: confusion(levels, corpus.ratings[0], criterion) for criterion in MAX_POINTS},
        tuple(edits),
        tuple(tuple(attack_outcomes(split, corpus.attacks)) for split in levels),
        tuple((w, *reasons[w.name][w.criterion]) for w in worst(levels, corpus.ratings)),
        len(quoted),
        len(quoted) - sum(quoted),
        sum(message.startswith(PENDING) for message in messages),
        len(messages),
        frozenset(name for name, base in corpus.attacks.items() if {name, base} & waiting),
        seconds,
    )


def as_json(measured: Measured) -> dict[str, Any]:
    """The figures as plain values for ``--json``; ``pairs`` and ``raised`` have one entry per partition into folds."""
    return {
        "judge": measured.name,
        "splits": len(measured.pairs),
        "agreement": {
            name: {
                "qwk": round(one.kappa, 4),
                "interval": [round(one.low, 4), round(one.high, 4)],
                "smd": round(one.smd, 4),
                "exact": round(one.exact, 4),
            }
            for name, one in measured.agreement.items()
        },
        "confusion": {name: table.tolist() for name, table in measured.confusion.items()},
        "pairs": [edits_as_json(outcomes) for outcomes in measured.pairs],
        "attacks": {
            "count": len(measured.attacks[0]),
            "raised": [{o.name: dict(o.raised) for o in split if o.raised} for split in measured.attacks],
        },
        "quotes": {"count": measured.quotes, "not_verbatim": measured.not_verbatim},
        "pending": {
            "count": measured.pending,
            "of": measured.criteria,
            "attacks": sorted(measured.unsettled),
        },
        "seconds": round(measured.seconds, 1),
    }
