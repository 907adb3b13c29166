"""From evidence to a level: a proportional-odds model with non-negative weights, fitted on a rated corpus."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from grader.readme.judgment import CriterionId


@dataclass(frozen=True)
class OrdinalModel:
    """P(level > k) = logistic(sum of weight * evidence - cut k); more evidence never lowers a level."""

    weights: Mapping[str, float]
    cuts: tuple[float, float, float]

    def score(self, evidence: Mapping[str, float]) -> float:
        """The weighted evidence; what the model does not know counts nothing."""
        return sum(self.weights.get(name, 0.0) * value for name, value in sorted(evidence.items()))

    def level(self, evidence: Mapping[str, float]) -> tuple[int, float]:
        """The median level 1..4 and its probability."""
        score = self.score(evidence)
        above = [1.0, *(1.0 / (1.0 + math.exp(-max(min(score - cut, 30), -30))) for cut in self.cuts), 0.0]
        level = 1 + sum(share > 0.5 for share in above[1:4])
        return level, above[level - 1] - above[level]


@cache
def fitted_models() -> Mapping[CriterionId, OrdinalModel]:
    """The level models that come with the package, by criterion id."""
    raw = json.loads(files("grader.readme").joinpath("levels.json").read_text(encoding="utf-8"))
    return {
        name: OrdinalModel(weights=part["weights"], cuts=(part["cuts"][0], part["cuts"][1], part["cuts"][2]))
        for name, part in raw["models"].items()
    }
