"""What a statement says with its heading: "If PSI is over 0.25" and "Ticket."; "Retrain" and "two bad months".

Only these lend their words: a heading that is itself the condition, and one that names retraining or release, for
"PR-AUC below 0.21 twice" is a limit to look at or a reason to retrain by its heading alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grader.readme.claim_features import own_features
from grader.readme.claims import Claim

Matrix = npt.NDArray[np.float64]
Row = npt.NDArray[np.float64]
Probabilities = Callable[[Sequence[dict[str, float]]], Matrix]
PLAN = "iotr"
"""The topics of a plan: inputs, outcomes, training, release."""
LENT = "tr"
"""The topics whose headings lend their words to what stands below."""
NAMES_IT = 0.2
"""Probability of a topic from which a heading, read alone, names it; no other may have half of that."""
SAID = 0.5
"""Probability from which a detail counts as said; a heading that adds none lends nothing."""
MOST_WORDS = 25
"""Of a statement below such a heading; a longer one says itself what it speaks of."""
NO_ANSWER = re.compile(
    r"^\W*(?:nothing (?:happens|is done)|nobody\b|no one\b|open question|not (?:known|decided)|unknown|unclear|tbd"
    r"|(?:this|it|that) (?:was|has|had) never\b|(?:i|we) (?:would |do |did )?(?:not|n't) (?:know|have)\b)"
)
"""What leaves open what is done below a heading that is a condition."""
CONDITION = re.compile(r"^(?:if|when|whenever|as soon as|once)\b(?!.*\?$).*\b\d")
"""A heading that says from which figure on something is done."""


def with_headings(
    claims: Sequence[Claim], alone: Matrix, elements: Sequence[str], probabilities: Probabilities
) -> Matrix:
    """Raise what was read of claims to what they say together with a heading that lends its words.

    ``alone`` has a row per claim and a column per element, probabilities 0..1. What is wrong in a claim is read of it
    alone.
    """
    plan = [n for n, code in enumerate(elements) if code[0] in PLAN and not code.endswith("x")]
    out = _raised(alone, _below_conditions(claims), plan, probabilities)
    headings = _read_headings(claims, probabilities)
    for topic in LENT:
        columns = [n for n in plan if elements[n][0] == topic]
        said = _below_topic(claims, topic, elements, headings)
        joined = {n: replace(claims[n], own=f"{_topic_heading(claims[n])}: {claims[n].own}") for n in said}
        raised = _raised(out, joined, columns, probabilities)
        details = [n for n in columns if elements[n] != topic]
        for number, row in said.items():
            # What the heading says by itself ("Deployment and rollback") is not said by what stands below.
            own = [n for n in details if row[n] >= SAID]
            raised[number, own] = out[number, own]
            if not (raised[number, details] > np.maximum(out[number, details], SAID)).any():
                raised[number] = out[number]
        out = raised
    return out


def _raised(
    read: Matrix, joined: Mapping[int, Claim], columns: Sequence[int], probabilities: Probabilities
) -> Matrix:
    if not joined:
        return read
    out = read.copy()
    again = probabilities([own_features(claim) for claim in joined.values()])
    for number, row in zip(joined, again, strict=True):
        out[number, columns] = np.maximum(out[number, columns], row[columns])
    return out


def _below_conditions(claims: Sequence[Claim]) -> dict[int, Claim]:
    """The first claim below each heading that is a condition, joined with it."""
    joined: dict[int, Claim] = {}
    before: int | None = None
    for number, claim in enumerate(claims):
        condition = _own_heading(claim)
        opens = claim.section != before and CONDITION.search(condition)
        if opens and not NO_ANSWER.search(claim.own):
            joined[number] = replace(claim, own=f"{condition}: {claim.own}")
        before = claim.section
    return joined


def _read_headings(claims: Sequence[Claim], probabilities: Probabilities) -> dict[str, Row]:
    """What was read of each heading as if it were a sentence."""
    headings = sorted({_topic_heading(claim) for claim in claims} - {""})
    if not headings:
        return {}
    as_claims = [replace(claims[0], own=heading, columns=(), kind="sentence") for heading in headings]
    rows = probabilities([own_features(claim) for claim in as_claims])
    return dict(zip(headings, rows, strict=True))


def _below_topic(
    claims: Sequence[Claim], topic: str, elements: Sequence[str], headings: Mapping[str, Row]
) -> dict[int, Row]:
    """The short claims below headings that name a topic, and what was read of the heading alone."""
    named_by = list(elements).index(topic)
    others = [list(elements).index(other) for other in PLAN if other != topic]
    named = {
        heading
        for heading, row in headings.items()
        if row[named_by] >= NAMES_IT and max(row[others]) < row[named_by] / 2
    }
    return {
        number: headings[_topic_heading(claim)]
        for number, claim in enumerate(claims)
        if len(claim.own.split()) <= MOST_WORDS and _topic_heading(claim) in named
    }


def _topic_heading(claim: Claim) -> str:
    """The heading right above a claim as the name of a topic: "When do I retrain?" without its question mark."""
    return _own_heading(claim).rstrip("? ")


def _own_heading(claim: Claim) -> str:
    """The heading right above a claim."""
    return claim.heading.rpartition(" / ")[2].strip(" :.")
