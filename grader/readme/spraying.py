"""Columns named with symptoms by the dozen: whoever says of all columns that they are wrong has found nothing."""

from collections.abc import Iterable, Sequence

from grader.readme.claims import Claim
from grader.readme.defect_check import LEAK_SAID
from grader.readme.facts import Facts
from grader.readme.figures import Check
from grader.readme.finding_denial import says_all_is_well
from grader.readme.symptom_words import ANY_SYMPTOM, PARTS, PLANS

MANY_IN_A_TEXT, FEW_OF_A_TEXT = 12, 0.4
"""With so many columns told to have something, so large a share of them must have it."""
MANY_IN_A_SENTENCE, FEW_OF_A_SENTENCE = 6, 0.5
_SAYS_SOMETHING = {"asserted", "delegated", "repeated"}


def sprayed(claims: Iterable[Claim], checks: Sequence[Check], facts: Facts) -> set[int]:
    """The ids of the claims that name columns at random: over a sentence or a text, most of what they tell is not so.

    Columns that only look as if something were wrong with them are not counted.
    """
    several = tuple(claims)
    told: dict[str, set[int]] = {}
    for claim in several:
        if _tells_a_symptom(claim):
            for column in claim.columns:
                told.setdefault(column, set()).add(id(claim))
    agreed = [check for check in checks if check.agrees]
    confirmed = {column for check in agreed for column in check.topic.split() if column in told}
    for defect in facts.defects:
        if any(defect.kind in check.topic.split() for check in agreed):
            confirmed |= set(defect.columns) & told.keys()
    counted = told.keys() - facts.harmless
    telling = {number for numbers in told.values() for number in numbers}
    if len(counted) >= MANY_IN_A_TEXT and len(confirmed) < FEW_OF_A_TEXT * len(counted):
        return telling
    return {
        id(claim)
        for claim in several
        if id(claim) in telling
        and len(claim.columns) >= MANY_IN_A_SENTENCE
        and len(facts.defective & set(claim.columns)) < FEW_OF_A_SENTENCE * len(claim.columns)
        and len(_confirmed_in(claim, agreed)) < FEW_OF_A_SENTENCE * len(claim.columns)
    }


def _tells_a_symptom(claim: Claim) -> bool:
    if not claim.read or claim.modality not in _SAYS_SOMETHING or says_all_is_well(claim.own):
        return False
    told = (part for part in PARTS.split(claim.own) if not PLANS.search(part))
    return any(ANY_SYMPTOM.search(part) or LEAK_SAID.search(part) for part in told)


def _confirmed_in(claim: Claim, agreed: Iterable[Check]) -> set[str]:
    mine = (check for check in agreed if check.claim is claim)
    return {column for check in mine for column in check.topic.split() if column in claim.columns}
