"""Level of ``grounded_in_this_work``: is the README about this data and this model, and is it true?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.readme.claims import Claim
from grader.readme.decoy_check import blames_a_decoy, check_decoys
from grader.readme.defect_check import check_findings, leak_told_of
from grader.readme.defect_denial import DENIED, denied_defects, is_denial_of_a_defect
from grader.readme.elements import NAMES, Assessment, Element
from grader.readme.evidence import Reckoning
from grader.readme.fact_check import check_figures
from grader.readme.facts import Facts
from grader.readme.figures import Check
from grader.readme.finding_backing import is_backed
from grader.readme.finding_denial import says_all_is_well, speaks_of_it
from grader.readme.finding_stance import (
    clauses,
    is_guess,
    is_known_harmless,
    is_of_other_data,
    may_be_known,
    tells_no_finding,
)
from grader.readme.invented_change import invents_a_change
from grader.readme.judgment import CheckedClaim
from grader.readme.modality import own_modality
from grader.readme.ordinal import OrdinalModel
from grader.readme.spraying import sprayed
from grader.readme.symptoms import MISDATED, symptoms_told

MOST_CLAIMS = 24
_OF_THIS_WORK = re.compile(
    r"\b(?:prices?|labels?|months?|seasons?\w*|called|calls|control|data|test|train\w*|usage|customers?|rows?|qcol|qlabel"
    r"|outcomes?|cohorts?|columns?|quarter|tariff|leav\w*|churn\w*|drift|split|figures?)\b"
)
_FINDING = ("defect", "decoy")
_OF_ANY_DATA = re.compile(r"^defect (?:label maturity$|\S*(?:imbalance|group|overlap|duplicat|many_rows))")
_SAID_BY_NOBODY = {"instruction", "quotation", "promise", "repeated", "definition", "question"}


@dataclass(frozen=True)
class Grounding:
    """All statements held against the facts, and the evidence they make."""

    checks: tuple[Check, ...]
    values: dict[str, float]

    @property
    def agreed(self) -> frozenset[str]:
        """Topics on which the text is right."""
        return frozenset(check.topic for check in self.checks if check.agrees)

    @property
    def tells_only_the_usual(self) -> bool:
        """Whether all findings hold of any such data and follow from the brief: rows that repeat, labels too young."""
        found = [topic for topic in self.agreed if topic.startswith(_FINDING)]
        return bool(found) and all(_OF_ANY_DATA.search(topic) for topic in found)

    @property
    def contradicted(self) -> frozenset[tuple[str, str]]:
        """Statements that contradict a fact."""
        return frozenset((check.topic, check.said) for check in self.checks if not check.agrees)


@dataclass(frozen=True)
class _Checked:
    """What agrees and contradicts, and the ids of the claims whose finding was not taken as one."""

    checks: tuple[Check, ...]
    withheld: frozenset[int]


def check_claims(claims: tuple[Claim, ...], facts: Facts) -> tuple[Check, ...]:
    """Hold every statement against the facts.

    A finding or a figure told inside a sentence that denies a check is still true of this data, but only what is
    asserted can be false of it. In reported sentences only findings count.
    """
    return _checked(claims, facts).checks


def _checked(claims: tuple[Claim, ...], facts: Facts) -> _Checked:
    out: list[Check] = []
    denied: list[Check] = []
    for claim, column in _with_last_column(claims):
        if not claim.read or claim.modality in _SAID_BY_NOBODY or is_of_other_data(claim):
            continue
        parts = () if tells_no_finding(claim) else tuple(clauses(claim, facts))
        if claim.modality in {"asserted", "delegated"}:
            out += [*check_figures(claim, facts), *_findings(claim, parts, facts)]
            if parts:
                out += check_decoys(claim, facts, column)
            for part in parts:
                out += (replace(check, claim=claim) for check in symptoms_told(part, facts, column))
            if parts and column:
                out += leak_told_of(column, claim, facts)
        elif claim.modality == "negated":
            both = (*check_figures(claim, facts), *_findings(claim, parts, facts))
            denied += [check for check in both if check.agrees]
            out += [check for check in both if not check.agrees and check.topic.startswith(DENIED)]
        elif own_modality(claim.own, claim.text, quoted=False) != "negated":
            out += [check for check in _findings(claim, parts, facts) if not check.topic.startswith(DENIED)]
    backed = [check for check in out if is_backed(check, facts)]
    away = {id(check.claim) for check in out} - {id(c.claim) for c in backed if c.agrees}
    out = backed
    # "The usage did not jump, its unit changed" tells the change; only a denial alone is false.
    told = {(check.topic.removeprefix("defect"), check.claim.block) for check in out if check.agrees}
    out = [c for c in out if c.agrees or (c.topic.removeprefix(DENIED), c.claim.block) not in told]
    # What is told of other months than its own is not told by the words around it.
    elsewhere = {(c.topic.removeprefix(MISDATED), c.claim.block) for c in out if c.topic.startswith(MISDATED)}
    out = [c for c in out if not (c.agrees and (c.topic.removeprefix("defect"), c.claim.block) in elsewhere)]
    # What stands in denials alone shows no knowledge of the data.
    known = {check.topic.startswith(_FINDING) for check in out if check.agrees}
    checks = (*out, *(check for check in denied if check.topic.startswith(_FINDING) in known))
    at_random = sprayed(claims, checks, facts)
    kept = tuple(check for check in checks if not check.agrees or id(check.claim) not in at_random)
    blamed = {id(claim) for claim in claims if blames_a_decoy(claim, facts)}
    return _Checked(kept, frozenset(at_random | away | blamed))


def _with_last_column(claims: tuple[Claim, ...]) -> Iterator[tuple[Claim, str]]:
    """Each claim that names no column beside the one that its paragraph speaks of since, and empty otherwise."""
    block, column = -1, ""
    for claim in claims:
        if claim.columns or claim.block != block:
            block, column = claim.block, claim.columns[0] if len(claim.columns) == 1 else ""
            yield claim, ""
            continue
        yield claim, column
        if not speaks_of_it(claim.own):
            column = ""


def _findings(claim: Claim, parts: tuple[Claim, ...], facts: Facts) -> Iterator[Check]:
    """Findings clause by clause; one that denies a defect tells none, and is false where the defect is there."""
    for clause in parts:
        found = denied_defects if is_denial_of_a_defect(clause, facts) else check_findings
        yield from (replace(check, claim=claim) for check in found(clause, facts))


def ground(reckoning: Reckoning, facts: Facts) -> Grounding:
    """Evidence for the level: distinct true findings and figures, what follows from them, limitations."""
    done = _checked(reckoning.claims, facts)
    checks = done.checks
    agreed = {check.topic for check in checks if check.agrees}
    findings = {topic for topic in agreed if topic.startswith(_FINDING)}
    wrong = len({(check.topic, check.said) for check in checks if not check.agrees})
    spoken = {id(check.claim) for check in checks if check.agrees}
    found = {id(check.claim) for check in checks if check.agrees and check.topic.startswith(_FINDING)}
    false = {id(check.claim) for check in checks if not check.agrees} - spoken
    read = reckoning.only(
        (claim.columns or id(claim) in spoken or _OF_THIS_WORK.search(claim.own))
        and id(claim) not in false
        and not is_of_other_data(claim)
        for claim in reckoning.claims
    )
    told = read.only(
        not tells_no_finding(claim)
        and id(claim) not in done.withheld
        and (id(claim) in found or _may_tell(claim, facts))
        for claim in reckoning.claims
    ).evidence("g")
    weighed = read.only(not is_guess(claim) for claim in reckoning.claims).evidence("g")
    values = {
        "finding": float(len(findings) >= 1),
        "findings": min(len(findings), 6) / 3,
        "told": told["gf"],
        "told+": told["gf+"],
        "consequence": max(weighed["gc"], 0.0),
        "limitation": weighed["gl"],
        "limitation+": weighed["gl+"],
        "mostly right": float(wrong == 0),
    }
    return Grounding(checks, values)


def _may_tell(claim: Claim, facts: Facts) -> bool:
    """Whether a sentence in which nothing was recognised may still tell something known of these data."""
    if invents_a_change(claim, facts):
        return False
    return is_known_harmless(claim, facts) or (may_be_known(claim, facts) and not says_all_is_well(claim.own))


def assess_grounding(reckoning: Reckoning, facts: Facts, model: OrdinalModel) -> Assessment:
    """True findings tied to a consequence earn 3, broad coverage with insight 4; contradictions cap at 2 or 1."""
    grounding = ground(reckoning, facts)
    level, sure = model.level(grounding.values)
    level = capped(level, len(grounding.contradicted), len(grounding.agreed))
    if grounding.tells_only_the_usual:
        level = min(level, 2)
    shown = tuple(
        CheckedClaim(said=c.said, fact=c.fact, agrees=c.agrees) for c in _distinct(grounding.checks)
    )
    found = [
        Element("a true finding", _claims(grounding, findings=True)),
        Element("a true figure", _claims(grounding, findings=False)),
        *(Element(NAMES[code], reckoning.claims_for(code)) for code in ("gf", "gc", "gl")),
    ]
    if not any(found):
        level = 1
    missing = [element.name for element in found if not element and element.name != NAMES["gf"]]
    count = len(grounding.contradicted)
    return Assessment(
        level,
        tuple(element for element in found if element),
        tuple(missing) if level < 4 else (),
        confidence=sure,
        checked=shown,
        note=f"{count} of the statements contradict{'s' * (count == 1)} the facts" if count else "",
        evidence=grounding.values,
        false=tuple(check.claim for check in grounding.checks if not check.agrees),
    )


def _claims(grounding: Grounding, *, findings: bool) -> tuple[Claim, ...]:
    seen = (c.claim for c in grounding.checks if c.agrees and c.topic.startswith(_FINDING) == findings)
    return tuple(dict.fromkeys(seen))


def _distinct(checks: tuple[Check, ...]) -> list[Check]:
    seen: set[tuple[str, bool]] = set()
    out = []
    for check in sorted(checks, key=lambda check: check.agrees):
        key = (check.topic if check.agrees else f"{check.topic}{check.said}", check.agrees)
        if key not in seen:
            seen.add(key)
            out.append(check)
    return out[:MOST_CLAIMS]


def capped(level: int, contradicted: int, agreed: int) -> int:
    """Mostly wrong is 1, one or two wrong statements among true ones at most 2."""
    if contradicted >= 3 and contradicted >= agreed * 0.5:
        return 1
    if contradicted >= 1:
        return min(level, 2)
    return level
