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
    """A text and criterion where the judge is far from the raters."""

    name: str
    criterion: CriterionId
    judged: int
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


def agreement(judged: Numbers, rated: Sequence[Numbers], seed: int = 0) -> Agreement:
    """Mean kappa with each rater, its 95 % percentile interval over resampled texts, and the mean difference."""
    rng = np.random.default_rng(seed)
    count = len(judged)

    def kappa(rows: npt.NDArray[np.int64]) -> float:
        return float(np.mean([weighted_kappa(judged[rows], rater[rows]) for rater in rated]))

    drawn = [kappa(rng.integers(0, count, count)) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    middle = np.mean(rated, axis=0)
    exact = float(np.mean([(judged == rater).mean() for rater in rated]))
    return Agreement(
        kappa(np.arange(count)), float(low), float(high), standardised_difference(judged, middle), exact
    )


def points(levels: Levels) -> float:
    """Points of one text, 0..25: the sum of (level - 1) / 3 times the points of each criterion."""
    return sum((levels[criterion] - 1) / 3 * most for criterion, most in MAX_POINTS.items())


def agreements(judged: Mapping[str, Levels], ratings: Sequence[Mapping[str, Levels]]) -> dict[str, Agreement]:
    """Agreement per criterion and for ``total``, the points rounded to whole ones, over all rated texts."""
    texts = sorted(ratings[0])
    out: dict[str, Agreement] = {}
    for criterion in MAX_POINTS:
        mine = np.array([judged[text][criterion] for text in texts], dtype=float)
        theirs = [np.array([rater[text][criterion] for text in texts], dtype=float) for rater in ratings]
        out[criterion] = agreement(mine, theirs)
    mine = np.round([points(judged[text]) for text in texts])
    theirs = [np.round([points(rater[text]) for text in texts]) for rater in ratings]
    out["total"] = agreement(mine, theirs)
    return out


def confusion(
    judged: Mapping[str, Levels], rated: Mapping[str, Levels], criterion: CriterionId
) -> npt.NDArray[np.int64]:
    """Counts with the raters' level in rows and the judge's in columns, levels 1 to 4."""
    table = np.zeros((LEVELS, LEVELS), dtype=np.int64)
    for text, levels in rated.items():
        table[levels[criterion] - 1, judged[text][criterion] - 1] += 1
    return table


def worst(
    judged: Mapping[str, Levels], ratings: Sequence[Mapping[str, Levels]], most: int = 12
) -> list[Disagreement]:
    """The largest differences from the nearest rater, those of two levels or more first."""
    found = []
    for text in sorted(ratings[0]):
        for criterion in MAX_POINTS:
            rated = tuple(rater[text][criterion] for rater in ratings)
            gap = min(abs(judged[text][criterion] - level) for level in rated)
            if gap >= 1:
                weight = (gap, MAX_POINTS[criterion])
                found.append((weight, Disagreement(text, criterion, judged[text][criterion], rated)))
    found.sort(key=lambda pair: (-pair[0][0], -pair[0][1], pair[1].name))
    return [disagreement for _, disagreement in found[:most]]
