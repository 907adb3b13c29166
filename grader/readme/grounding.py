"""Level of ``grounded_in_this_work``: is the README about this data and this model, and is it true?"""

import re

from grader.readme.claims import Claim, Reading
from grader.readme.defect_check import check_findings
from grader.readme.elements import Assessment, Board
from grader.readme.fact_check import Check, check_figures
from grader.readme.facts import Facts
from grader.readme.inputs import ACTION
from grader.readme.judgment import CheckedClaim
from grader.readme.modality import own_modality
from grader.readme.ordinal import fitted_level
from grader.readme.wording import LIMIT

MOST_CLAIMS = 24
LIMITATION = re.compile(
    r"\b(?:only (?:\w+ ){0,3}(?:finished|ripe|closed|complete|mature\w*|settled|months?)|(?:\d+|few"
    r"|just \d+) (?:finished |ripe |closed |complete |mature |settled )(?:months?|quarter)"
    r"|optimistic|has seen (?:only )?little|few months|"
    r"weak\w*|limitation|don't know|do not know|not know|never checked|guess\w*|unknown"
    r"|can't separate|cannot separate|too few|seasons?|seasonal|not sure|hides? (?:it|this)|hid it"
    r"|clean year|2 (?:years|decembers)|"
    r"mostly (?:from|knows)|lower than|sag|dominated|distort\w*|affected by|change their own"
    r"|as wrong|blind quarter|never look\w*|no input (?:check|monitor)|no distance"
    r"|stays? contaminated|polluted|wrong for \d|rolls because|learned mostly|"
    r"expect\w*|not confirmed|surpris\w*|seems? to (?:fall|drop)|appears? to (?:be )?fall\w*"
    r"|look(?:s|ed)? like a (?:\w+ )?drop|make the business look|overstated|look terrible"
    r"|cannot be seen|exemption|debt|bias\w*|comforts me little)\b"
)
WHY = re.compile(
    r"\b(?:because|since|so|hence|as|therefore|otherwise|which is why|reason|would have|that's why"
    r"|thus|if included)\b"
)


def assess_grounding(reading: Reading, facts: Facts) -> Assessment:
    """True findings tied to a consequence earn 3, broad coverage with insight 4; contradictions cap at 2 or 1."""
    # A finding told inside a sentence that denies a check, or reports one, is still a finding about this data.
    read = [
        c
        for c in reading.claims
        if c.read and c.modality not in {"instruction", "quotation", "promise", "repeated"}
    ]
    checks: list[Check] = []
    for claim in read:
        if claim.modality == "asserted":
            checks.extend(check_figures(claim, facts))
        if claim.modality == "asserted" or own_modality(claim.own, claim.text, quoted=False) != "negated":
            checks.extend(check_findings(claim, facts))
    board = Board()
    for check in checks:
        if check.agrees:
            board.note("a true finding" if check.topic.startswith("defect") else "a true figure", check.claim)
    agreed = {c.topic for c in checks if c.agrees}
    contradicted = {(c.topic, c.said) for c in checks if not c.agrees}
    findings = {topic for topic in agreed if topic.startswith("defect")}
    figures = agreed - findings - {"columns", "months"}
    told = board.found.get("a true finding", [])
    for claim in read:
        if (
            claim.modality == "asserted"
            and LIMITATION.search(claim.own)
            and (claim.columns or claim in told or _of_this_work(claim))
        ):
            board.note("a limitation or an insight", claim)
    for claim in told:
        if (ACTION.search(claim.own) or LIMIT.search(claim.own) or WHY.search(claim.own)) and claim.columns:
            board.note("a consequence", claim)
    # Names scattered over a text say nothing; a name counts with a limit or a finding beside it.
    used = [c for c in read if c.modality == "asserted" and (LIMIT.search(c.own) or c in told)]
    columns = {column for claim in used for column in claim.columns}
    shown = tuple(CheckedClaim(said=c.said, fact=c.fact, agrees=c.agrees) for c in _distinct(checks))
    board.extra = {
        "findings": float(min(len(findings), 5)),
        "figures": float(min(len(figures), 3)),
        "columns": float(min(len(columns), 3)),
    }
    level, sure = fitted_level("grounded_in_this_work", board.evidence())
    level = _capped(level, len(contradicted), len(agreed))
    note = f"{len(contradicted)} of the statements contradict the facts" if contradicted else ""
    missing = (
        list(board.missing(("a true finding", "a consequence", "a limitation or an insight")))
        if level < 4
        else []
    )
    return Assessment(
        level,
        board.elements(),
        tuple(missing),
        confidence=sure,
        checked=shown,
        note=note,
        evidence=board.evidence(),
    )


def _of_this_work(claim: Claim) -> bool:
    return bool(
        re.search(
            r"\b(?:price|label|labels|months?|season\w*|called|calls|control|data|test|model|usage"
            r"|quality)\b",
            claim.own,
        )
    )


def _distinct(checks: list[Check]) -> list[Check]:
    seen: set[tuple[str, bool]] = set()
    wrong_first = sorted(checks, key=lambda check: check.agrees)
    out = []
    for check in wrong_first:
        key = (check.topic if check.agrees else f"{check.topic}{check.said}", check.agrees)
        if key not in seen:
            seen.add(key)
            out.append(check)
    return out[:MOST_CLAIMS]


def _capped(level: int, contradicted: int, agreed: int) -> int:
    """Mostly wrong is 1, one or two wrong statements among true ones at most 2."""
    if contradicted >= 3 and contradicted >= agreed * 0.5:
        return 1
    if contradicted >= 1:
        return min(level, 2)
    return level
