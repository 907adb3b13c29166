"""How far a judge agrees with the raters: weighted kappa with an interval, mean difference, confusion, worst cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.validation.corpus import Levels

Numbers = npt.NDArray[np.float64]
DRAWS = 2000
LEVELS = 4
MOST_POINTS = sum(MAX_POINTS.values())


@dataclass(frozen=True)
class Agreement:
    """Quadratic weighted kappa with a bootstrap interval over texts, and the standardised mean difference."""

    kappa: float
    low: float
    high: float
    smd: float
    exact: float


@dataclass(frozen=True)
class Disagreement:
    """A text and criterion where the judge is far from the raters; ``judged`` holds a level per partition."""

    name: str
    criterion: CriterionId
    judged: tuple[int, ...]
    rated: tuple[int, ...]


def weighted_kappa(first: Numbers, second: Numbers) -> float:
    """Quadratic weighted kappa of two ratings on the same scale of whole or half steps; 1 is full agreement.

    1 - mean squared difference / mean squared difference of all pairs, Cohen (1968). Two constant and equal
    ratings agree fully.
    """
    observed = float(np.mean((first - second) ** 2))
    expected = float(first.var() + second.var() + (first.mean() - second.mean()) ** 2)
    if expected == 0:
        return 1.0
    return 1 - observed / expected


def standardised_difference(judged: Numbers, rated: Numbers) -> float:
    """Mean of judged minus mean of rated, in pooled standard deviations; 0 where neither varies."""
    spread = float(np.sqrt((judged.var(ddof=1) + rated.var(ddof=1)) / 2))
    return float(judged.mean() - rated.mean()) / spread if spread > 0 else 0.0


def agreement(judged: Sequence[Numbers], rated: Sequence[Numbers], seed: int = 0) -> Agreement:
    """Mean kappa of every judgment with each rater, its 95 % percentile interval over resampled texts, mean difference.

    ``judged``: the same texts judged once per partition into folds. ``rated``: once per rater.
    """
    rng = np.random.default_rng(seed)
    count = len(judged[0])

    def kappa(rows: npt.NDArray[np.int64]) -> float:
        return float(np.mean([weighted_kappa(mine[rows], rater[rows]) for mine in judged for rater in rated]))

    drawn = [kappa(rng.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    middle = np.mean(rated, axis=0)
    exact = float(np.mean([(mine == rater).mean() for mine in judged for rater in rated]))
    apart = float(np.mean([standardised_difference(mine, middle) for mine in judged]))
    return Agreement(kappa(np.arange(count)), float(low), float(high), apart, exact)


def points(levels: Levels) -> float:
    """Points of one text, 0..25: the sum of (level - 1) / 3 times the points of each criterion."""
    return sum((levels[criterion] - 1) / 3 * most for criterion, most in MAX_POINTS.items())


def agreements(
    judged: Sequence[Mapping[str, Levels]], ratings: Sequence[Mapping[str, Levels]]
) -> dict[str, Agreement]:
    """Agreement per criterion and for ``total``, the points rounded to whole ones, over all rated texts.

    ``judged``: the levels of all texts, once per partition into folds.
    """
    texts = sorted(ratings[0])
    out: dict[str, Agreement] = {}
    for criterion in MAX_POINTS:
        mine, theirs = (
            [np.array([one[text][criterion] for text in texts], dtype=float) for one in several]
            for several in (judged, ratings)
        )
        out[criterion] = agreement(mine, theirs)
    mine, theirs = (
        [np.round([points(one[text]) for text in texts]) for one in several] for several in (judged, ratings)
    )
    out["total"] = agreement(mine, theirs)
    return out


def confusion(
    judged: Sequence[Mapping[str, Levels]], rated: Mapping[str, Levels], criterion: CriterionId
) -> npt.NDArray[np.int64]:
    """Counts over all judgments, with the rater's level in rows and the judge's in columns, levels 1 to 4."""
    table = np.zeros((LEVELS, LEVELS), dtype=np.int64)
    for text, levels in rated.items():
        for one in judged:
            table[levels[criterion] - 1, one[text][criterion] - 1] += 1
    return table


def worst(
    judged: Sequence[Mapping[str, Levels]], ratings: Sequence[Mapping[str, Levels]], most: int = 12
) -> list[Disagreement]:
    """The largest mean differences from the nearest rater, of a level or more; the heavier criterion first."""
    found = []
    for text in sorted(ratings[0]):
        for criterion in MAX_POINTS:
            rated = tuple(rater[text][criterion] for rater in ratings)
            levels = tuple(one[text][criterion] for one in judged)
            gap = sum(min(abs(mine - level) for level in rated) for mine in levels) / len(levels)
            if gap >= 1:
                weight = (gap, MAX_POINTS[criterion])
                found.append((weight, Disagreement(text, criterion, levels, rated)))
    found.sort(key=lambda pair: (-pair[0][0], -pair[0][1], pair[1].name))
    return [disagreement for _, disagreement in found[:most]]
