"""What a finding needs beside its column and its symptom: a look at the data, and not a rule that is always right.

"`x` was dropped", "nulls in `x` are imputed" and "accuracy 94 %" hold the words of a finding and tell none. What is
taken back here pays nothing; it is not called false.
"""

import re

from grader.readme.claims import Claim
from grader.readme.facts import Defect, Facts
from grader.readme.figures import Check
from grader.readme.invented_change import is_explained_away, is_of_another_kind
from grader.readme.months import months_apart, months_in
from grader.readme.symptom_words import BEGINS, EMPTY, KEPT_OUT, LEAK_SHOWN, NO_CHANCE

_NEGATION = r"(?:\b(?:no|not|never|without|none|hardly|neither|nor|nothing)|n't)"
_NEGATED = re.compile(rf"{_NEGATION}(?: \w+){{0,3}} ?$")
_NOT_ONE = re.compile(
    rf"(?:{_NEGATION}|\b(?:0|cannot|nobody|zero|free of|few|rare\w*|little))(?: (?:\w+|-?\d+)){{0,3}} ?$"
)
_CLAUSE = re.compile(r"[.;:,()]|\b(?:and|but|while|because|so|since)\b")
_BEGINS_NEGATED = re.compile(r"(?:not|never|nobody|no one|n't|neither|nor|no\b|un|does|cannot)")
# Kinds whose words do not lie beside their negation: "not unique", "no longer", "nobody leaves".
_TOLD_NEGATED = re.compile(
    r"group|overlap|imbalance|duplicat|label_shift|covariate|concept|definition|row_order|selection"
)
_CONTRAST = re.compile(
    r"\b(?:instead|too (?:large|big|high|small)|times|convert\w*|multipl\w*|divid\w*|chang\w*|switch\w*|other"
    r"|another|different|wrong|some|only|since|from|until|till|up to|after|before|then|but|while|turn\w*"
    r"|suddenly|mix\w*|factor|hundredfold|half|both|becom\w*|became|new|old|twice|2|two|also|again|now|later"
    r"|same|jump\w*)\b|[/*]=? ?\d|->"
)
_PATTERN = re.compile(
    r"\b(?:where|when|mostly|mainly|more|often|cluster\w*|concentrat\w*|gather\w*|depend\w*|random|chance"
    r"|accident|large\w*|larger|big\w*|high\w*|heav\w*|many|much|most|tends?|reason\w*|signal|inform\w*|pattern"
    r"|selective\w*|tenth|1/\d+|in 10|likely|because|cause\w*|who|whose|those|exactly|bias\w*|tell\w*|say\w*"
    r"|mean\w*|correlat\w*|neutral|itself|self)\b|\d ?%|\d in \d|\d of \d"
)
_OUTCOME = (
    r"\b(?:leav\w*|left|cancel\w*|clos\w*|quit\w*|gone|go|goes|going|goodbye|departure|exit|churn\w*|lost|lose"
    r"|qlabel|outcome|label|answer|stay\w*|notice|end\w*)\b"
)
_OF_LEAVING = re.compile(
    rf"{_OUTCOME}|\b(?:auc|leak\w*|future|after|live|production|cheat\w*|giv\w* away|hindsight)\b"
)
_REASON = re.compile(
    rf"{_OUTCOME}|\b(?:auc|leak\w*|future|after\w*|later|live|production|scor\w+|serv\w+|cheat\w*|away|hindsight"
    r"|know\w*|nobody|no one|next|following|ahead|extract\w*|pull\w*|dump|frozen|same|never (?:chang|mov)\w*"
    r"|overwr\w*|rewr\w*|back\w*|own|includ\w*|itself|average\w*|contain\w*|today\w*|past|histor\w*|foresight"
    r"|suspicious\w*|too good|month-?ends?|null|empty|blank\w*|written|wrote|filled|record\w*|created|time"
    r"|night\w*|updat\w*|edit\w*|recount\w*|from)\b"
)
_ANOTHER_REASON = re.compile(
    r"\b(?:redundant|collinear|correlat\w*|importance|low gain|forward selection|constant|noise|outliers?"
    r"|means? (?:nothing|no information))\b"
)
_DROPS = re.compile(
    r"\b(?:drop|remov|exclud|discard)\w*"
    r"|\b(?:left|leave|kept|keep|took|taken|take|threw|thrown) (?:it |qcol |them )?out\b"
)
_KEYS = re.compile(r"\b(?:keys?|ids?|identifiers?|groupkfold|duplicates)\b")
_NO_USE = re.compile(
    r"\b(?:no use|useless|pointless|mislead\w*|nobody|no one|nothing|worthless|meaningless|flatter\w*|rare\w*"
    r"|scarce|imbalanc\w*|not (?:use|look|report|trust)\w*|stopped|never|ignor\w*|instead|without"
    r"|every(?:body|one)|already|trivial|constant|lazy|stupid|always|does not|say\w*|calls|wrong|bad|poor|only"
    r"|just|baseline|average precision|pr-?auc|precision)\b|n't\b"
)
_SPLIT_AT_RANDOM = re.compile(
    r"\bsplit\w* (?:at random|by rows?|randomly)|\brandom split\b|\bno harm\b|\bfine\b|\bnot matter\b"
    r"|\btreated as independent\b"
)
_IS_WRONG = re.compile(
    r"\b(?:would|flatter\w*|overstat\w*|too good|leak\w*|cheat\w*|memor\w*|not|never|wrong\w*|careless|bad|higher"
    r"|optimis\w*|instead|but)\b|n't\b"
)
_SUPPOSED = re.compile(
    r"\b(?:suppose|imagine|in the worst case|open question|to be checked|one (?:could|might) (?:think|say|believe)"
    r"|did not have time|didn't have time|example of an?|would be an? leak|may be filled|leak or not|plan to"
    r"|next step|would worry|not looked at|as always)\b"
)
_STANDS_UP_FOR = re.compile(
    r"\b(?:do not|don't|cannot) believe\b|\bit is (?:wrong|false|not true) that\b|\bwrongly\b|\bput (?:it )?back\b"
    r"|\b(?:did not|didn't|refuse to|never) (?:drop|remove|exclude)\w*|\bwe (?:use|rely on|trust|keep) it"
    r"|\b(?:best|heart|strongest) (?:\w+ )?(?:column|input|feature|predictor|of the model)\b|\brely on it\b"
    r"|\bbut it is right\b|\bknown in time\b|\bgives? nothing away\b|\bmyth\b|\bit (?:isn't|is not)[.;,]?$"
    r"|\bnot afterwards?\b|\bunrelated\b|\balike\b|\bno (?:signal|pattern)\b|\bnothing in common\b"
    r"|\bdo(?:es)? not matter\b"
)
_AFTER_ALL = re.compile(r"\b(?:would|look\w* like|but|dropp\w*|left out|removed)\b")
_QUARTERS = {
    "spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (1, 2), "early": (1, 4),
    "mid": (5, 8), "late": (9, 12), "first half of": (1, 6), "second half of": (7, 12), "beginning of": (1, 4),
    "start of": (1, 4), "end of": (9, 12), "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12),
}  # fmt: skip
_ROUGHLY = re.compile(
    rf"\b({'|'.join(_QUARTERS)})[- ]?(?: of| in)? ?(20\d\d)\b(?!-\d|/)"
)  # years alone and named months are read elsewhere
MANY_MONTHS = 4
"""With more months than these a sentence must have most of them right."""


def is_backed(check: Check, facts: Facts) -> bool:
    """Whether a finding that agrees with the facts shows that its writer has looked; all else always stands."""
    if not (check.agrees and check.topic.startswith("defect ")):
        return True
    kind, claim = check.topic.split()[1], check.claim
    defect = _defect_of(check, facts)
    if defect and defect.start and (is_explained_away(claim.own) or is_of_another_kind(defect, claim.own)):
        return False
    return not (
        _SUPPOSED.search(claim.own)
        or (kind == "leak" and _is_defended(claim.own))
        or _is_negated(kind, check.said, claim.own)
        or _is_ordinary(kind, check.said, claim)
        or _is_misdated(defect, claim)
    )


def _is_defended(own: str) -> bool:
    """Whether a leak is said to be none, or to be of use, in words that no denial has."""
    rest = _STANDS_UP_FOR.sub("", own)
    return rest != own and not _AFTER_ALL.search(rest)


def _is_negated(kind: str, said: str, own: str) -> bool:
    """Whether "no", "never" or "hardly" stands right before the words that tell it."""
    own = NO_CHANCE.sub("", own)
    at = own.find(said)
    if at < 0 or _TOLD_NEGATED.search(kind):
        return False
    before = _CLAUSE.split(own[:at])[-1]
    if kind == "leak":
        kept = KEPT_OUT.fullmatch(said) or _BEGINS_NEGATED.match(said)
        return not kept and bool(_NEGATED.search(before))
    return bool(_NOT_ONE.search(before))


def _is_ordinary(kind: str, said: str, claim: Claim) -> bool:
    """Whether the words fit any column of any data: a unit, a null that is filled, a column that is left out."""
    own, whole = claim.own, claim.near or claim.own
    if kind in {"unit_change", "category_recode"}:
        rest = own if _CONTRAST.search(said) else own.replace(said, " ", 1)
        return not months_in(claim.text) and not _CONTRAST.search(rest)
    if kind == "missing_not_at_random":
        return not _PATTERN.search(own)
    if kind == "class_imbalance":
        return said in {"accuracy", "accurate", "few"} and not _NO_USE.search(whole)
    if kind == "group_overlap":
        last = own.split("so we")[-1]
        return bool(_SPLIT_AT_RANDOM.search(own)) and not _IS_WRONG.search(last)
    return kind == "leak" and _tells_no_leak(said, own, whole)


def _tells_no_leak(said: str, own: str, whole: str) -> bool:
    """Whether it is only left out, for another reason or for none, or only has nulls."""
    if EMPTY.fullmatch(said):
        return not _OF_LEAVING.search(whole)
    if _ANOTHER_REASON.search(own):
        return not re.search(r"\b(?:leak\w*|auc|future|after|knows)\b", own)
    # A key is left out of every model; whoever has found that it leaks says how.
    rest = _DROPS.sub("", KEPT_OUT.sub("", whole))
    return bool(_KEYS.search(whole)) and not _REASON.search(rest) and not LEAK_SHOWN.search(rest)


def _defect_of(check: Check, facts: Facts) -> Defect | None:
    words = check.topic.split()
    return next(
        (d for d in facts.defects if d.kind in words and (not d.columns or set(d.columns) & set(words))), None
    )


def _is_misdated(defect: Defect | None, claim: Claim) -> bool:
    """Whether it is said to begin where it ends, to be in many months, or in a season that it is not in."""
    if defect is None or defect.onset is None:
        return False
    first, latest = defect.onset
    said = months_in(claim.text)
    begins = [m.month for m in said if BEGINS.search(claim.text[: m.at].lower())]
    if begins and all(months_apart(first, m) > 2 or months_apart(m, latest) > 2 for m in begins):
        return True
    if len(said) > MANY_MONTHS:
        return sum(defect.may_begin(m.month) or defect.holds(m.month) for m in said) < len(said) / 2
    if said:
        return False
    spans = [_QUARTERS[m[1]] + (m[2],) for m in _ROUGHLY.finditer(claim.text.lower())]
    end = defect.end or latest
    return bool(spans) and not any(
        months_apart(f"{year}-{to:02d}", first) >= -1 and months_apart(end, f"{year}-{start:02d}") >= -1
        for start, to, year in spans
    )
