"""Everything that is said about one judge: agreement, confusion, pairs, attacks, worst cases, verbatim quotes."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Measured:
    """One judge on one corpus; ``seconds`` is the time of fitting and judging in all folds."""

    name: str
    agreement: Mapping[str, Agreement]
    confusion: Mapping[CriterionId, npt.NDArray[np.int64]]
    pairs: tuple[PairOutcome, ...]
    attacks: tuple[AttackOutcome, ...]
    worst: tuple[tuple[Disagreement, str, str], ...]
    quotes: int
    not_verbatim: int
    seconds: float

    @property
    def targets(self) -> float:
        """Share of edits whose target criterion went where it should."""
        return target_share(self.pairs)

    @property
    def others(self) -> float:
        """Share of edits that left all other criteria where they were."""
        return others_share(self.pairs)

    @property
    def raised(self) -> int:
        """How many attacks raised any criterion."""
        return sum(bool(outcome.raised) for outcome in self.attacks)


def levels_of(judgment: ReadmeJudgment) -> Levels:
    """Levels by criterion."""
    return {item.id: item.level for item in judgment.criteria}


def measure(name: str, corpus: Corpus, judged: Mapping[str, ReadmeJudgment], seconds: float) -> Measured:
    """Measure the judgments of all texts of a corpus."""
    levels = {text: levels_of(judgment) for text, judgment in judged.items()}
    reasons = {
        text: {item.id: (item.message, item.quotes[0] if item.quotes else "") for item in judgment.criteria}
        for text, judgment in judged.items()
    }
    quoted = [
        quote in corpus.texts[text].replace("\r\n", "\n")
        for text, judgment in judged.items()
        for item in judgment.criteria
        for quote in item.quotes
    ]
    return Measured(
        name,
        agreements(levels, corpus.ratings),
        {criterion: confusion(levels, corpus.ratings[0], criterion) for criterion in MAX_POINTS},
        tuple(pair_outcomes(levels, corpus.pairs)),
        tuple(attack_outcomes(levels, corpus.attacks)),
        tuple((w, *reasons[w.name][w.criterion]) for w in worst(levels, corpus.ratings)),
        len(quoted),
        len(quoted) - sum(quoted),
        seconds,
    )


def as_json(measured: Measured) -> dict[str, Any]:
    """The figures as plain values for ``--json``."""
    return {
        "judge": measured.name,
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
        "pairs": edits_as_json(measured.pairs),
        "attacks": {
            "count": len(measured.attacks),
            "raised": {o.name: dict(o.raised) for o in measured.attacks if o.raised},
        },
        "quotes": {"count": measured.quotes, "not_verbatim": measured.not_verbatim},
        "seconds": round(measured.seconds, 1),
    }
