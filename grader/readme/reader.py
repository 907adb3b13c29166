"""Which elements of a plan a claim states: one small logistic model per element, fitted on annotated claims."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from grader.readme.claim_features import own_features
from grader.readme.claims import Claim
from grader.readme.under_heading import with_headings

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClaimReader:
    """P(element | claim) = logistic(intercept + sum of weights of its features).

    ``weights`` has one row per feature of ``rows`` and one column per element of ``elements``.
    """

    elements: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Matrix
    intercepts: npt.NDArray[np.float64]

    def probabilities(self, features: Sequence[Mapping[str, float]]) -> Matrix:
        """Probabilities 0..1, one row per claim and one column per element."""
        return _logistic(self.scores(features))

    def scores(self, features: Sequence[Mapping[str, float]]) -> Matrix:
        """The logits of the probabilities."""
        scores = np.tile(self.intercepts, (len(features), 1))
        for number, named in enumerate(features):
            known = [(self.rows[name], value) for name, value in sorted(named.items()) if name in self.rows]
            if known:
                places, values = zip(*known, strict=True)
                scores[number] += np.asarray(values) @ self.weights[list(places)]
        return scores

    def read(self, claims: Sequence[Claim]) -> Matrix:
        """Probabilities of each element for each claim of one README, in order.

        Each is read as it would stand alone, or with a heading that is its condition, or that names retraining or
        release; what else stands above or beside it does not matter. Whether it counts is decided elsewhere.
        """
        alone = self.probabilities([own_features(claim) for claim in claims])
        return with_headings(claims, alone, self.elements, self.probabilities)


def _logistic(scores: Matrix) -> Matrix:
    result: Matrix = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
    return result


@cache
def fitted_reader() -> ClaimReader:
    """The reader that comes with the package."""
    raw = json.loads(files("grader.readme").joinpath("reader.json").read_text(encoding="utf-8"))
    elements = tuple(raw["intercepts"])
    places = {name: column for column, name in enumerate(elements)}
    rows = {name: row for row, name in enumerate(raw["weights"])}
    weights = np.zeros((len(rows), len(elements)))
    for name, by_element in raw["weights"].items():
        for element, weight in by_element.items():
            weights[rows[name], places[element]] = weight
    return ClaimReader(elements, rows, weights, np.array([raw["intercepts"][name] for name in elements]))
