"""Levels of the four criteria about the plan: inputs, outcomes, retraining, release."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.readme.claims import Claim
from grader.readme.elements import NAMES, NEEDED, TOPICS, Assessment, Element, elements_of
from grader.readme.evidence import Reckoning
from grader.readme.facts import Facts
from grader.readme.judgment import CriterionId
from grader.readme.ordinal import OrdinalModel
from grader.readme.wrong_direction import wrong_claims

# The reader alone calls a claim harmful only where it is this sure; the rules name what they know.
SURELY_WRONG = 0.75
# "We do not alert on accuracy" speaks of what does harm, and the reader does not see who denies it.
_DENIED = re.compile(r"\b(?:not|never)\b|n't\b")
# Level 4 is level 3 and a further, non-obvious case with its reason: one of these must be there.
FURTHER: Mapping[str, tuple[str, ...]] = {"i": ("in",), "o": ("ok", "on"), "t": ("tk",), "r": ("ra",)}
FURTHER_LEAST = 0.25


@dataclass(frozen=True)
class PlanEvidence:
    """What a README establishes for one criterion, and the claims in it that would do harm."""

    values: Mapping[str, float]
    wrong: tuple[Claim, ...]


def plan_evidence(criterion: CriterionId, reckoning: Reckoning, facts: Facts) -> PlanEvidence:
    """Evidence for a criterion; ``nothing wrong`` is 1 where no claim points in the wrong direction."""
    topic = TOPICS[criterion]
    wrong = wrong_claims(topic, reckoning.claims, facts)
    read = reckoning.claims_for(f"{topic}x", SURELY_WRONG)
    doubtful = tuple(claim for claim in read if not _DENIED.search(claim.own))
    values = reckoning.evidence(topic)
    values["nothing wrong"] = float(not (wrong or doubtful))
    return PlanEvidence(values, wrong or doubtful)


def assess_plan(
    criterion: CriterionId, reckoning: Reckoning, facts: Facts, model: OrdinalModel
) -> Assessment:
    """The level that the fitted model reads off the evidence; a claim in the wrong direction caps it at 2."""
    topic = TOPICS[criterion]
    evidence = plan_evidence(criterion, reckoning, facts)
    level, sure = model.level(evidence.values)
    if evidence.wrong:
        level = min(level, 2)
    if not any(reckoning.claims_for(code, FURTHER_LEAST) for code in FURTHER[topic]):
        level = min(level, 3)
    found = tuple(Element(NAMES[code], reckoning.claims_for(code)) for code in elements_of(topic))
    if not any(found):
        level = 1
    missing = tuple(
        " or ".join(NAMES[code] for code in either)
        for either in NEEDED[criterion]
        if not any(reckoning.claims_for(code) for code in either)
    )
    return Assessment(
        level,
        tuple(element for element in found if element),
        missing if level < 3 else (),
        evidence.wrong,
        sure,
        evidence=evidence.values,
    )
