"""Sentences that hold the words of a finding and do not tell it: denials, and findings told of the column before.

Each function reads a normalised sentence. What it rejects is not thereby false; ``defect_denial`` decides that.
"""

import re

from grader.readme.leak_accusation import LOOKED_FOR

_NOT = r"(?:\bnot|n't|\bnever|\bcannot|\bhardly|\bneither|\bnothing)"
_FILLED = (
    r"\b(?:filled|populated|set|written|known|recorded|created|entered|made|issued|given)(?: in)?(?: by [^.;,]{1,30}?)?"
    r"(?: only)? (?:once|after|when|while)\b[^.;]{0,60}"
)
_GONE = (
    r"\b(?:leav\w*|left|clos\w*|cancel\w*|gone|go(?:es|ing)|notice|terminat\w*|quit\w*|switch\w*|lost|goodbye|churn\w*"
    r"|(?:new|other|another) (?:provider|bank|insurer|company)|end(?:ed|s)?|decision|decided)\b"
)
_SMALL = (
    r"(?: (?:an?|any|one|the|other|really|at all|of|kind|sign|trace|hint|actually|in any way|be|been|to))*"
)
_NO_LEAK = re.compile(
    rf"(?:\bno|\bwithout|\bfree (?:of|from)|\bsafe from|{_NOT}(?: seem| appear)?){_SMALL} (?:leak\w*|post-?outcome)"
    r"|\bleak\w*[- ](?:free|safe)\b|\bleaks? (?:nothing|no\b)|\bleak\w*\?? ?[:=] ?(?:no|none|false|0)\b"
    r"|\bleak\w*(?: \w+){0,2} (?:and|was|were|is) (?:passed|fine|negative|none)\b|\bpassed the leak\w*"
    r"|\b(?:harmless|innocent|legitimate)\b"
)
_STRAY = re.compile(
    r"\b(?:far from|not|no longer|sounds?|looks?|seems?)(?: an?)? (?:harmless|innocent|legitimate)\b"
    r"|\bno doubt a leak\b"
)
_LEAKS = re.compile(rf"\bleak\w*|\bpost-?outcome|{_FILLED}{_GONE}|\bknows? (?:the answer|too much)")
_LEFT_OUT = re.compile(
    r"\b(?:drop\w*|remov\w*|exclud\w*|left out|leave out|leav\w+ out|stays? out|taken out|thrown out|threw out"
    r"|without it|blocked|any ?more|no longer|never (?:come|be|get)|not a feature|gone|except|apart from|other than"
    r"|besides|aside from)\b|\bif\b"
)
_KEPT = re.compile(r"\b(?:stays? in|stays? (?:a|among)|kept|keep|keeps|remains? (?:in|among)|we use it)\b")
_ZERO = r"(?:none|zero|nothing|0(?![.,]?\d))"
_NO_DUPLICATE = re.compile(
    rf"\b(?:no|not any|not one|not a single|without|zero|0|free (?:of|from)) (?:[a-z]+ ){{0,2}}?duplicat\w*"
    rf"|\bduplicat\w*[^;]{{0,30}}?(?:\bis|\bare|\breturns|[:=]|\bfound|\bthere (?:are|were)) ?{_ZERO}"
    rf"|\bduplicat\w* (?:rows? )?(?:do|did|does) not (?:occur|exist|appear)|\bduplicat\w* ?[:=] ?no\b"
    rf"|\b(?:{_ZERO}|not one|no) of (?:the |our |all )?[\d,. ]*rows? (?:is|are|was|were) (?:a )?duplicat\w*"
    r"|\b(?:no|not a single) (?:row|key|pair|customer-month) (?:\w+ ){0,3}?(?:twice|more than once|2 times"
    r"|again)\b"
    r"|\b(?:no|not a single) row (?:occurs|appears|stands|is|comes)\b|\bnothing to (?:drop|remove|de-?duplicate)\b"
    r"|\bduplicat\w*[^.;]{0,25} not found|\bduplicat\w*[^.;\w]{1,4}(?:\w+ ?: ?)?(?:none|no)\b"
    r"|\b(?:each|every) (?:\w+ ){1,4}?(?:occurs|appears|stands|is there|exists) (?:exactly |only |just )?once\b"
    r"|\b(?:rows?|duplicat\w*|repeats)\b[^.;]{0,40}(?:\bnot|n't|\bnever) (?:find|found|see|seen)(?: any| one| a single)"
)
_NO_WORRY = re.compile(r"\b(?:nobody|no one|no) need\w*(?: \w+){0,3} (?:duplicat\w*|repeated \w+|copies)\b")
_DUPLICATES_TOLD = re.compile(r"\b(?:duplicat\w*|exact copies|repeated rows|double rows)\b")
_REPAIRED = re.compile(r"\b(?:drop\w*|remov\w*|delet\w*|de-?duplicat\w*|left|any ?more|remain\w*|now)\b")
_NO_GROUP = re.compile(
    r"\bnever (?:appears?|occurs?|stands?|comes?) (?:twice|again|more)\b|\b(?:no|not|n't) need\b"
    r"|\bfree of (?:\w+ ){0,2}leak|(?<!not )\bunique\b"
    r"|\b(?:appears?|occurs?|stands?|has|is there)(?: in)? (?:only |just |exactly )?"
    r"(?:once\b(?! a| per)|(?:one|a single) row\b)(?! (?:a|per|each|every|for))"
)
_EACH_MONTH = re.compile(r"\b(?:every|each) month\b")
_STANDS = re.compile(
    r"\b(?:rows?|appears?|occurs?|listed|observed|shows?|stands?|there|again|comes?|returns?|recur\w*|repeat\w*"
    r"|same|contributes?|snapshots?|photo|in the (?:file|data|table))\b"
)
_CALLED = re.compile(r"\b(?:call|phone|contact|reach)\w*\b|\b(?:customers|clients) (?:change|churn|leave)\b")
_UNRIPE = re.compile(
    r"\b(?:unfinished|immature|incomplete|unlabelled|unsettled|censored|too early|too fresh|lower bound|still open"
    r"|exclud\w*|drop\w*|left out|leave out|unused|unknown)\b"
    rf"|(?:{_NOT}|\bno|\black\w*|\bhalf)(?: \w+){{0,3}}? (?:finished|complete\w*|matur\w*|ripe|closed|known"
    r"|final|settled|full|usable|used|count|done|in yet|over)\b|n't(?: \w+)? ?[.,;]|n't$"
)
_RIPE = re.compile(
    r"\b(?:is|are|was|were|have|has|carr(?:y|ies)|stays?|:)"
    r"(?: (?:all|already|fully|quite|an?|their|therefore|now|also))*"
    r" (?:complete|final|matured?|finished|settled|ripe)\b"
    r"|\bas (?:complete|final|mature|ripe) as\b|\bcompleted? (?:until|till|up to|through)\b"
)
_NOTHING_TO_DO = re.compile(
    r"\b(?:nothing|none|no \w+)(?: \w+)? (?:had|has|have|needs?|needed) to be (?:left out|dropped|excluded|removed)\b"
    r"|\bno (?:de-?duplication|cleaning|repair)(?: step)?(?: \w+)? (?:needed|necessary|required)\b"
)
_WAITS = re.compile(r"\b(?:until|till|once|when|before|after|as soon as|if|where|whose)\b[^.;,|]{0,40}$")
_MONTH = r"(?:20\d\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ONLY_MONTH = re.compile(
    rf"\b(?:only|just|merely|solely) (?:(?:for|in|of|the|snapshots?|months?|rows|labels?|from|last) )*{_MONTH}"
)
_UNCHANGED = re.compile(
    r"\b(?:(?:exactly|just) as (?:everywhere|anywhere|always|usual|in (?:all|every|any))(?: else)?|the same"
    r"|identical|unchanged|unaffected|constant|stable|(?:stays?|is|was|remains?) flat|throughout"
    r"|no (?:\w+ ){0,2}(?:change|jump|gap|drift|shift|break)s?"
    r"|without (?:an? |any )?(?:change|jump|gap|drift|shift|break)"
    r"|hardly (?:mov|chang|drift|shift)\w*|makes? no difference"
    r"|never (?:chang\w*|mov\w*|drift\w*|shift\w*)|(?:keeps?|kept) its (?:unit|effect|meaning|scale|spelling|level))\b"
)
_EFFECT = re.compile(r"\beffects?\b")
_TURNS = re.compile(
    r"\b(?:not|no longer|but|though|although|while|whereas|until|till|up to|before(?! and after)|another|other|else"
    r"|more|less|fewer|opposite|except|apart|leaves?|left|revers\w*|rises?|rose|risen|falls?|fell|began|begins"
    r"|starts?|started|stopped|chang(?:ed|es)|switch\w*|jump(?:ed|s)|drifted|drifts|drifting|shifted|shifts"
    r"|mov(?:ed|es|ing)|grew|grows|growing|climb\w*|became|becomes|increas\w*|decreas\w*|then|afterwards"
    r"|thereafter|translat\w*|different\w*|new|as of|in (?:euro )?cents|delivered)\b|n't\b"
)
# Wide on purpose: it only keeps a sentence that no fact confirms from paying, and makes none false.
_ALL_WELL = re.compile(
    r"\b(?:no|nor|without|free (?:of|from)|not (?:a|an|any|one)) (?:[\w-]+,? ){0,3}?"
    r"(?:leak\w*|drift\w*|gaps?|holes?|jumps?|duplicat\w*|cop(?:y|ies)|changes?|shifts?|overlaps?|defects?|nulls"
    r"|missing|trouble|problems?|respelling)\b"
    r"|(?:\bnot|n't|\bnever|\bcannot|\bnothing|\bneither)(?: (?:been|be|ever|has|have|had|really|at all|a))*"
    r" (?:leak\w*|drift\w*|chang\w*|shift\w*|mov\w+|jump\w*|repeat\w*|recur\w*|overlap\w*|affect\w*|missing|empty)\b"
    r"|\b(?:unaffected|unchanged|harmless|innocent|constant|stable|throughout|(?<!not )unique|flat|identical"
    r"|legitimate)\b"
    r"|\bthe same\b|\bstay\w* same\b|\bno (?:future|foresight|information)\b|\bsafe to (?:use|keep)\b"
    r"|\bnothing (?:from later|to (?:re-?label|repair|fix|do|clean))\b|\bas everywhere\b"
    r"|\bagrees? (?:everywhere|in all|in every)\b"
    r"|\b(?:kept|keeps|retained|retains|preserved) (?:its|the|their|this)\b|\b(?:as ever|as always|as before)\b"
    r"|\b(?:had|has|have) (?:had )?(?:one|a single) (?:unit|spelling|meaning)\b"
    r"|\b(?:is|are|was|were|stays?|stayed|remain\w*) (?:\w+ )?(?:complete|intact|perfectly fine|fine|filled to)\b"
)
_SPEAKS_OF_IT = re.compile(r"\b(?:it|its|this|that)\b")
_PUT_OUT = re.compile(
    r"\b(?:took|take|taken|left|leave|threw|throw|thrown|kept|keep) (?:it|this|that) out\b"
    r"|(?:^|, |\b(?:so|and|but|then|hence|therefore) )(?:it|that)(?:'s| is| was| has been) (?:\w+ )?"
    r"(?:dropped|removed|excluded|blocked|left out|taken out|thrown out|out)\b"
    r"|^it\b[^.;,]{0,60} (?:is|was|been) (?:dropped|removed|excluded|blocked|left out|taken out|thrown out)\b"
)
_LEAKS_BACK = re.compile(
    r"^(?:but |and |so |because |then )?(?:it|that|this|the (?:column|field|flag|feature))\b[^.;]*?"
    rf"(?:{_FILLED}{_GONE}|\bleak(?:s|ed)\b|\bis (?:\w+ )?leak\w*|\bis not available before"
    r"|\bknows? the (?:answer|future|outcome|result)|\bpost-?dates\b|\bis (?:only )?a consequence of)"
    r"|\b(?:sets?|fills?|writes?|creates?|records?|enters?) (?:it|this|that) (?:only )?(?:once|after|when)\b"
    rf"[^.;]{{0,80}}{_GONE}"
)


def denies_leak(own: str) -> bool:
    """Whether a sentence with the name of a leak says that it is none, and neither tells the leak nor leaves it out."""
    if not _NO_LEAK.search(_STRAY.sub("", own)):
        return False
    rest = _NO_LEAK.sub("", own)
    if "leak" in "".join(_NO_LEAK.findall(own)):
        rest = LOOKED_FOR.sub(" ", rest)
    return not _LEAKS.search(rest) and (not _LEFT_OUT.search(rest) or bool(_KEPT.search(rest)))


def denies_duplicates(own: str) -> bool:
    """Whether a sentence says that no row stands twice; "none any more" tells of those that were."""
    rest = _NO_DUPLICATE.sub("", _NOTHING_TO_DO.sub(" ", own))
    rest = _NO_WORRY.sub(" ", rest)
    return rest != own and not _REPAIRED.search(rest) and not _DUPLICATES_TOLD.search(rest)


def tells_no_group(own: str) -> bool:
    """Whether "customers each month" is about calls or churn, or each customer is said to stand there once."""
    if _NO_GROUP.search(own):
        return True
    return bool(_EACH_MONTH.search(own)) and (bool(_CALLED.search(own)) or not _STANDS.search(own))


def says_ripe(own: str) -> bool:
    """Whether labels are said to be complete, and nothing is said to be unfinished."""
    own = _NOTHING_TO_DO.sub(" ", own)
    found = _RIPE.search(own)
    return found is not None and not _UNRIPE.search(own) and not _WAITS.search(own[: found.start()])


def says_only(own: str) -> bool:
    """Whether a month is said to be the only one."""
    return bool(_ONLY_MONTH.search(own))


def says_unchanged(own: str) -> bool:
    """Whether a sentence with a column and a month says that nothing changed, and turns to nothing that did."""
    rest = _UNCHANGED.sub("", own)
    return rest != own and not _TURNS.search(rest)


def without_what_stays(own: str) -> str:
    """A sentence without the words that something stays as it is, and without the effect of which they say so."""
    rest = _UNCHANGED.sub(" ", own)
    return own if rest == own else _EFFECT.sub(" ", rest)


def says_all_is_well(own: str) -> bool:
    """Whether a sentence says of something that no defect is in it, be it right or wrong."""
    return bool(_ALL_WELL.search(own)) or says_ripe(own)


def speaks_of_it(own: str) -> bool:
    """Whether a sentence may still be about the column named before it."""
    return bool(_SPEAKS_OF_IT.search(own))


def tells_leak_of_it(own: str) -> bool:
    """Whether a sentence tells that the column named before it is a leak, or that it was left out."""
    return bool(_PUT_OUT.search(own) or _LEAKS_BACK.search(own)) and not denies_leak(own)
