"""Levels of the four criteria about the plan: inputs, outcomes, retraining, release."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

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
_DENIED = re.compile(r"\b(?:not|never|cannot)\b|n't\b")
# Level 4 is level 3 and a further, non-obvious case with its reason: one of these must be there.
FURTHER: Mapping[str, tuple[str, ...]] = {"i": ("in",), "o": ("ok", "on"), "t": ("tk",), "r": ("ra",)}
FURTHER_LEAST = 0.25


# Names written as columns are: two words or more with a line between.
_IDENTIFIER = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
# Names of series, settings and files are written in the same way.
_TECHNICAL = re.compile(
    r"psi|null|missing|zero|share|median|mean|(?:^|_)(?:max|min|ks|sd|ref|auc|rate|count|rows|keys)(?:_|$)|wasserstein"
    r"|score|drift|churn|model|batch|load|feature|schema|check|test|train|alert|window|threshold|gain|job|run|file"
)


# "Every feature" names none, in any data.
_ANY_FEATURE = re.compile(
    r"\b(?:every|each|all|any|the|its|our|model) (?:(?:the|of|our|numeric\w*|numerical|categorical|model|input|single"
    r"|important|key|main|top|most|\d+)[ -]){0,4}(?:features?|columns?|inputs?|variables?|fields?)\b"
)


@dataclass(frozen=True)
class PlanEvidence:
    """What a README establishes for one criterion, and the claims in it that would do harm."""

    values: Mapping[str, float]
    wrong: tuple[Claim, ...]


def names_no_feature(claim: Claim, facts: Facts) -> bool:
    """Whether all columns a claim names are made up, so that it names no feature of these data."""
    if claim.columns or not facts.columns:
        return False
    named = [name for name in _IDENTIFIER.findall(claim.text.lower()) if not _TECHNICAL.search(name)]
    return bool(named) and not any(_akin(name, facts) for name in named)


def _akin(name: str, facts: Facts) -> bool:
    """Whether a name may be made of that of a column, or be a misspelt one."""
    names = [column.lower() for column in facts.names]
    stems = {column.split("_")[0].removesuffix("s") for column in names}
    return name.split("_")[0].removesuffix("s") in stems or bool(get_close_matches(name, names, 1))


def plan_evidence(criterion: CriterionId, reckoning: Reckoning, facts: Facts) -> PlanEvidence:
    """Evidence for a criterion; ``nothing wrong`` is 1 where no claim points in the wrong direction."""
    topic = TOPICS[criterion]
    wrong = wrong_claims(topic, reckoning.claims, facts)
    read = reckoning.claims_for(f"{topic}x", SURELY_WRONG)
    doubtful = tuple(claim for claim in read if not _DENIED.search(claim.own))
    values = reckoning.evidence(topic)
    real = reckoning.only(not names_no_feature(claim, facts) for claim in reckoning.claims).evidence(topic)
    values |= {code: value for code, value in real.items() if code.rstrip("+") == "if"}
    values["nothing wrong"] = float(not (wrong or doubtful))
    return PlanEvidence(values, wrong or doubtful)


def _watches_nothing_real(reckoning: Reckoning, facts: Facts) -> bool:
    """Whether checks are planned for made-up columns and for no other."""
    strange = any(names_no_feature(claim, facts) for claim in reckoning.claims_for("is"))
    return strange and all(names_no_feature(claim, facts) for claim in reckoning.claims_for("if"))


def _watches_any_feature(reckoning: Reckoning) -> bool:
    """Whether the checks of inputs name no more than "every feature", so that they would fit any data."""
    checks = [claim for code in elements_of("i") for claim in reckoning.claims_for(code)]
    return (
        any(_ANY_FEATURE.search(claim.own) for claim in checks)
        and not any(claim.columns for claim in checks)
        and all(_ANY_FEATURE.search(claim.own) for claim in reckoning.claims_for("if"))
    )


def assess_plan(
    criterion: CriterionId, reckoning: Reckoning, facts: Facts, model: OrdinalModel
) -> Assessment:
    """The level that the fitted model reads off the evidence; a claim in the wrong direction caps it at 2."""
    topic = TOPICS[criterion]
    evidence = plan_evidence(criterion, reckoning, facts)
    level, sure = model.level(evidence.values)
    if evidence.wrong or (topic == "i" and _watches_nothing_real(reckoning, facts)):
        level = min(level, 2)
    unnamed = topic == "i" and _watches_any_feature(reckoning)
    if unnamed:
        level = min(level, 2)
    if not any(reckoning.claims_for(code, FURTHER_LEAST) for code in FURTHER[topic]):
        level = min(level, 3)
    found = tuple(Element(NAMES[code], reckoning.claims_for(code)) for code in elements_of(topic))
    if not any(found):
        level = 1
    if unnamed:
        found = tuple(element for element in found if element.name != NAMES["if"])
    missing = tuple(
        " or ".join(NAMES[code] for code in either)
        for either in NEEDED[criterion]
        if not any(reckoning.claims_for(code) for code in either) or (unnamed and "if" in either)
    )
    return Assessment(
        level,
        tuple(element for element in found if element),
        missing if level < 3 else (),
        evidence.wrong,
        sure,
        evidence=evidence.values,
    )
