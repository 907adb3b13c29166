"""A statement whose condition is its heading: "If PSI of logins_30d is over 0.25", and below it "Ticket."."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grader.readme.claim_features import own_features
from grader.readme.claims import Claim

Matrix = npt.NDArray[np.float64]
PLAN = "iotr"
"""The topics of a plan: inputs, outcomes, training, release."""
CONDITION = re.compile(r"^(?:if|when|whenever|as soon as|once)\b(?!.*\?$).*\b\d")
"""A heading that says from which figure on something is done."""


def with_conditions(
    claims: Sequence[Claim],
    alone: Matrix,
    elements: Sequence[str],
    probabilities: Callable[[Sequence[dict[str, float]]], Matrix],
) -> Matrix:
    """Raise what was read of the first claim below a condition to what the two say together.

    ``alone`` has a row per claim and a column per element, probabilities 0..1. What is wrong in a claim is read of it
    alone.
    """
    joined: dict[int, Claim] = {}
    before: int | None = None
    for number, claim in enumerate(claims):
        condition = claim.heading.rpartition(" / ")[2].strip(" :.")
        if claim.section != before and CONDITION.search(condition):
            joined[number] = replace(claim, own=f"{condition}: {claim.own}")
        before = claim.section
    if not joined:
        return alone
    out = alone.copy()
    again = probabilities([own_features(claim) for claim in joined.values()])
    of_plan = [n for n, code in enumerate(elements) if code[0] in PLAN and not code.endswith("x")]
    for number, row in zip(joined, again, strict=True):
        out[number, of_plan] = np.maximum(out[number, of_plan], row[of_plan])
    return out
