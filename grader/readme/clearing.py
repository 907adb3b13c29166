"""Words that keep a sentence from being held against its writer: cleared, planned, conditional, of another time.

They are wide on purpose. Whoever writes that a suspicion was looked into must never be told that it is false; the
price is that some false statements are not called so.
"""

import re

from grader.readme.claims import Claim
from grader.readme.symptom_words import PLANS

EXPLAINED = r"(?<!un)announced|(?<!un)documented|documentation|dictionary|change ?log"
"""Where a change is told beforehand, as the alternatives of a pattern."""
_CLEARED = re.compile(
    r"\b(?:ruled out|rules out|clear(?:ed|s)?|acquitted|dismissed|overruled|disagree\w*|reject\w*|wrongly"
    r"|falsely"
    r"|false (?:alarm|positive)s?|clean|passed|passes|reverted|undone|undo|hypothesis|concern\w*|afraid|smells?"
    r"|suspic\w*|suspect\w*|candidates?|(?:does|do|is|was|are|were) not|cannot|scans?|checks?|checked"
    r"|tested|tests?"
    r"|nearly|almost|at first|first thought|thought|initially|looks? like|looked|seem\w*|sound\w*"
    r"|appear\w* to be"
    r"|if|when|whenever|would|could|should|were|may|might|means|mistaken|my|our own|encoder|monitor had|i had"
    r"|i made|called .{0,40} (?:by|a)|claims?|says|said|calls|named|not|no|none|never|nothing|nobody|n't"
    r"|legitimate|harmless|innocent|honest|fine|okay|ok|known|kept|keep|keeps|stays?|remains?|legal"
    r"|request\w*|422|api|schema|valid\w*|range|types?|limits?|error rate|between|outside|worst case"
    r"|documented|documentation|dictionary|announced|change ?log|price list|renam\w*|guests?|prepaid|paid ahead"
    r"|policy|by rule|by design|on purpose|cap|capped|rule)\b|n't\b|\?|->"
)
# Over a list, where "tested" or "known" would clear all that follows.
_CLEARS_A_LIST = re.compile(
    r"\bno(?:t|ne)? (?:a |real )?(?:defects?|problems?|leaks?|errors?)\b|\bharmless\b|\blooks? like\b|\bfalse alarms?\b"
    r"|\bcleared\b"
)
_UNANNOUNCED = re.compile(
    r"\b(?:un(?:announced|documented)|no (?:note|reason)\w*(?: anywhere)?|without (?:any )?(?:notice|note"
    r"|announcement))\b"
)


def is_cleared(claim: Claim) -> bool:
    """Whether anything in a sentence, its paragraph or what stands above it may say that it is no accusation."""
    said = _UNANNOUNCED.sub("", " | ".join((claim.heading, claim.lead, claim.near, claim.own)))
    return bool(_CLEARED.search(said) or PLANS.search(said) or _CLEARS_A_LIST.search(claim.opening))
