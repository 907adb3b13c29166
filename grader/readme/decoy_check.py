"""What a README says of things that look like defects and are none: told as they are, or taken for defects."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.clearing import EXPLAINED, is_cleared
from grader.readme.defect_denial import defect_fact
from grader.readme.facts import Facts
from grader.readme.figures import Check
from grader.readme.finding_denial import denies_leak
from grader.readme.months import months_in
from grader.readme.symptom_words import OF_IT

_CALLED_WRONG = re.compile(
    r"\b(?:wreck\w*|corrupt\w*|broken|(?:has|had|by|is|with) a bug|damag\w*|garbage|nonsens\w*|faults?"
    r"|faulty|impossible"
    r"|invalid|(?:is|are|was|were) (?:an )?errors?|unannounced|undocumented|without (?:any )?(?:notice|note"
    r"|announcement)|no note"
    r"|cannot be (?:right|trusted|true)"
    r"|unusable|cheat\w*|repaired|corrected|rescaled|leak\w*|post-?outcome|knows? the (?:future|answer|outcome)"
    r"|contains? the (?:outcome|answer|label)|knows? (?:the churn|it already|already)|hindsight"
    r"|(?:information )?from the future"
    r"|(?:measured|written|filled|deleted|computed|set) (?:only )?(?:after|when|once) (?:a|the"
    r"|an) (?:customer|contract"
    r"|account|line) (?:has |is |had |was )?(?:\w+ )?(?:leav\w+|left|cancel\w*|clos\w+|quit\w*|gone)"
    r"|after the (?:fact|event|cancellation|notice))\b"
)
_BLAMED = re.compile(
    r"\b(?:too good|giv\w+ (?:\w+ )?away|(?:look|reach)\w* (?:\w+ ){0,3}ahead|own (?:outcome|label)"
    r"|next months?|haywire"
    r"|glitch\w*|artefacts?|artifacts?|mess\w*|mislabel\w*|misspel\w*|garbl\w*|dirty|inflat\w*|defects?"
    r"|outages?"
    r"|data loss|fail\w*|converted|scaled back|unexplained|typos?|truncated|clipped|absurd|wrong|lost"
    r"|damaged)\b"
)
_NOT_SO = re.compile(
    r"\b(?:not|no|none|never|nothing|nobody|neither|without|nearly|almost|first|suspect\w*|suspici\w*"
    r"|thought|looks?|looked|seems?"
    r"|seemed|sounds?|could have|might|may|whether|if|rather than|instead of|free of|check\w* (?:for"
    r"|whether)|wanted|meant|by design|on purpose)\b|n't\b"
)
_EXPLAINED = re.compile(rf"\b(?:{EXPLAINED}|known (?:at|on|before|up to))\b")
# What makes the right month of a decoy more than a guess: that it is known what it is.
_TOLD_AS_IT_IS = re.compile(
    r"\b(?:announc\w*|document\w*|change ?log|dictionary|known|price list|list price|tariff|renam\w*|called"
    r"|new name|same"
    r"|both|synonym|alias|merge\w*|map\w*|harmless|no (?:defect|fault|error|drift|problem|leak|alarm"
    r"|surprise|news)"
    r"|not (?:an? )?(?:defect|fault|error|problem|bug|drift)|on purpose|deliberate\w*|policy|decision"
    r"|cap\w*|limit\w*"
    r"|measure\w*|introduc\w*|rises?|rose|raise[ds]?|more expensive|increase\w*|went up|higher|pays? more"
    r"|began|starts?"
    r"|started|since then|only (?:since|from)|expected|real|by design|legitimate|meant|innocent|fine|okay"
    r"|ok|note"
    r"|nothing to repair|stays?|explain\w*)\b"
)
_TOLD_OTHERWISE = re.compile(
    r"\b(?:currency|cents|units?|fell|lower|collapse\w*|went mad|missing values|recoded|deleted|was not changed"
    r"|nothing happened|had no jump|psi)\b"
)
_PART = re.compile(r"[,;:] ")


def check_decoys(claim: Claim, facts: Facts, column: str = "") -> Iterator[Check]:
    """A decoy told with its month agrees, one that is called a defect contradicts.

    ``column`` is the one its paragraph speaks of.
    """
    months = [said.month for said in months_in(claim.text)]
    for decoy in facts.decoys:
        meant = claim.columns or ((column,) if OF_IT.search(claim.own) else ())
        named = [name for name in decoy.columns if name in meant and name in facts.harmless]
        if not named or (set(claim.columns) - set(decoy.columns)) & facts.defective:
            continue  # what is called wrong may be the other column
        fact = f"{defect_fact(decoy)}, which is no defect"
        called = _called_wrong(claim)
        if called:
            yield Check(f"decoy {decoy.kind}", f"{named[0]}: {called}", fact, False, claim)
        elif (
            decoy.onset
            and any(decoy.may_begin(month) or decoy.holds(month) for month in months)
            and _TOLD_AS_IT_IS.search(claim.near)
            and not (_TOLD_OTHERWISE.search(claim.own) and not _EXPLAINED.search(claim.near))
            and not blames_a_decoy(claim, facts)
        ):
            yield Check(f"decoy {decoy.kind} {named[0]}", f"{named[0]}: {months[0]}", fact, True, claim)


def blames_a_decoy(claim: Claim, facts: Facts) -> bool:
    """Whether a sentence may take a decoy for a defect; it is not called false for that, and tells no finding."""
    if not facts.harmless & set(claim.columns) or denies_leak(claim.own) or _EXPLAINED.search(claim.near):
        return False
    return any(
        (_CALLED_WRONG.search(part) or _BLAMED.search(part))
        and not _NOT_SO.search(_CALLED_WRONG.sub("", part))
        for part in _PART.split(claim.own)
    )


def _called_wrong(claim: Claim) -> str:
    """The words by which a sentence takes what it names for a defect; none where it says that it is explained."""
    if denies_leak(claim.own) or is_cleared(claim):
        return ""
    for part in _PART.split(claim.own):
        called = _CALLED_WRONG.search(part)
        if called and not _NOT_SO.search(_CALLED_WRONG.sub("", part)):
            return called.group()
    return ""
