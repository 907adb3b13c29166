"""Denials of defects: which sentences say that a defect is not there, and which of them are false."""

import re
from collections.abc import Iterable, Iterator

from grader.readme.claims import Claim
from grader.readme.facts import Defect, Facts
from grader.readme.figures import Check
from grader.readme.months import months_apart, months_in
from grader.readme.wording import plain

DENIED = "denied"
"""First word of the topic of a check that a defect is not there."""
_NOT = r"(?:\b(?:does|do|did|has|have|is|are|was|were|will|can) ?(?:not|never)|n't|\bnever|\bcannot|\bnot|\bneither)"
_LITTLE = r"(?: (?:been|be|a|an|any|really|at all|in any way|ever|actually|the|show|have|shown|to|in fact|contain))*"
_CHANGE = r"(?:chang\w*|switch\w*|jump\w*|drift\w*|shift\w*|mov(?:e|ed|es|ing))"
_LEAK_DENIED = (
    rf"(?:{_NOT}{_LITTLE} (?:leak\w*|post-?outcome)\b|(?:is|are|was) (?:\w+ )?(?:harmless|leak-?free|innocent)\b"
    r"|(?:is|are|was) (?:\w+ )?free (?:of|from) (?:any )?leak)"
)
_LEAK_FREE = (
    r"(?:\bno (?:(?:sign|trace|hint|danger|risk)s? of (?:a |any )?)?leak\w*"
    r"|\bnothing (?:is |was )?(?:wrong|amiss))"
)
_CHANGE_DENIED = (
    rf"(?:{_NOT}{_LITTLE} {_CHANGE}\b|(?:is|was|were|has been|had been|remains?|remained) unchanged\b"
    r"|(?:stay|remain)(?:s|ed)? (?:\w+ )?(?:the same|constant|stable|as (?:it|they) (?:was|were))\b"
    r"|(?:is|was|has been) (?:\w+ )?(?:constant|stable|the same)\b)"
)
_CHANGE_FREE = (
    rf"(?:\bno (?!(?:values?|entry|entries|numbers?|records?) )(?:\w+ ){{0,3}}{_CHANGE}"
    r"|\bnothing (?:has |had |is |was )?(?:changed|happened|drifted|moved|wrong))"
)
_BETWEEN = r"[^\w.;:,|]*(?: (?!and\b|but\b|or\b|while\b)[\w'-]+){0,3}? ?"
_COMPLETE = re.compile(
    r"\b(?:labels?|outcomes?|qlabel|truth|answers?)\b[^;:]*\b(?:is|are|were|was) (?:all |already |fully |quite"
    r" |therefore |now |also )*(?:complete|mature|matured|final|finished|known|settled|ripe|usable)\b"
)
_NO_DUPLICATES = re.compile(
    r"\b(?:there (?:are|were)|(?:i|we) (?:found|saw|have|see)|(?:data|file|table|set|extract|it) (?:has|have"
    r"|contains?|had)) no (?:\w+ )?duplicat\w*(?: rows?| records?)?(?: in (?:the|our|this|these|it) ?\w*)?[.!]?$"
)
_NEGATION = re.compile(r"\bnot\b|n't\b|\bnever\b|\bhardly\b")
# Under these the denial speaks of what holds on a condition, at another time, or of something else.
_HEDGED = re.compile(
    r"\b(?:any ?more|any longer|no longer|now|if|unless|when|whether|where|once|as long as|so that|after|before"
    r"|until|up to|till|by then|must|should|may|can|will|would|reason|only|just|merely|than|yet|earlier|later|again"
    r"|not really|n't really|itself|alone|means?|test(?:s|ed)?|check(?:s|ed)?|ensure\w*|assert\w*|guarantee\w*)\b"
)
# What holds of other rows, or of the values that are there, denies nothing of the ones with the defect.
_OF_THE_REST = re.compile(
    r"^\W*(?:outside|except(?: for)?|apart from|besides|beyond) [^:;,]{3,60}[,:]"
    r"|^\W*(?:for |among |in )?(?:[\w'-]+ ){0,3}(?:payers?|plans?|tiers?|segments?|groups?|users?|region \w) ?:"
)
_GOOD = r"(?:there|valid|filled|present|known|remaining|other|non-?null|real)"
_VALUES = r"(?:values?|answers?|entries|readings|numbers|rows)"
_OF_GOOD_VALUES = re.compile(
    rf"\b{_VALUES} (?:of qcol |in qcol )?(?:that|which) are {_GOOD}\b|\b{_GOOD} {_VALUES}\b"
)
# What was repaired, and what changed in its stead, may stand behind the denial too.
_REPAIRED = re.compile(
    r"\b(?:dropped|removed|excluded|left out|thrown out|without it|corrected|repaired|converted|fixed"
    r"|now that|any ?more|since the (?:fix|repair|conversion|correction))\b"
    r"|\b(?:except|apart from|other than|aside from|save for|with the exception)\b"
    r"|\b(?:but|though|although|while|whereas|only|just|merely)\b.*\b(?:units?|effect|works?|acts?|means?"
    r"|meaning|relation\w*"
    r"|distribution|definition|chang\w*|drift\w*|shift\w*|mov\w+|differently|leak\w*)\b"
)
_SEGMENT = re.compile(r"[;:,]|\.(?!\d)")
_OF_UNIT = re.compile(
    r"\b(?:units?|mb|gb|kb|megabytes?|gigabytes?|scale|measured in|cents?|metres|seconds)\b"
)
_OF_MEANING = re.compile(r"\b(?:effect|relation\w*|concept|meaning|influence|works?|acts?|coefficient)\b")
_OF_OTHER = re.compile(
    r"\b(?:definition|schema|type|rule|code|label|behaviou?r|habits?|customers|spelling|ranking|order|model)\b"
)
_OF_MIX = re.compile(r"\bmix\b")
# "The usage of card payers did not change": what may differ from all customers.
_OF_SOME = re.compile(
    r"\bfor qcol\b|\b(?:of|for|among) (?!(?:all|any|every|each|none|no|the)\b)(?:\w+ )?"
    r"(?:payers?|segments?|tiers?|groups?|regions?)\b"
)
LEAK_KINDS = re.compile(
    r"leak|post_outcome|look_?ahead|future|nightly_score|overwritten|target_encoded|extraction_time"
)
GROUP_KINDS = re.compile(r"group|overlap|many_rows")
MATURITY_KINDS = re.compile(r"immatur|maturity|censor|label_delay")
DUPLICATE_KINDS = re.compile(r"duplicat")
SPELLING_KINDS = re.compile(r"recode|respell|spelling|schema")
MEANING_KINDS = re.compile(r"concept|relation|effect|regime|break|flip")
VALUE_KINDS = re.compile(r"missing|null|sentinel|placeholder|impossible|invalid|range")
UNIT_KINDS = re.compile(r"unit|scale|currency")


def is_denial_of_a_defect(clause: Claim, facts: Facts) -> bool:
    """Whether a clause says that nothing is wrong with a column, rightly or not; such a clause tells no finding."""
    return any(
        _said_of(column, denied, free, clause)
        for column in clause.columns
        for denied, free in ((_LEAK_DENIED, _LEAK_FREE), (_CHANGE_DENIED, _CHANGE_FREE))
    ) or any(denied_defects(clause, facts))


def _said_of(column: str, denied: str, free: str, clause: Claim) -> str | None:
    """The words that deny something of this very column, and not of the hits or the PSI beside it."""
    said, name = plain(clause.text), re.escape(column.lower())
    match = re.search(
        rf"{name}{_BETWEEN}{denied}|{free}\w* (?:in|of|for|with|from|by|to|at)\b[^.;:,]{{0,25}}?{name}", said
    )
    return match.group() if match and not _hedged(said, match.end()) else None


def _hedged(said: str, end: int) -> bool:
    """Whether the denial that ends here holds on a condition alone, or names what was done or changed instead."""
    return bool(_HEDGED.search(said[:end] + _SEGMENT.split(said[end:])[0]) or _REPAIRED.search(said))


def denied_defects(clause: Claim, facts: Facts) -> Iterator[Check]:
    """The contradictions in a clause that denies a defect which really is in the data."""
    own = clause.own
    months = [m.month for m in months_in(own)]
    for defect in facts.defects:
        named = [column for column in defect.columns if column in clause.columns]
        if GROUP_KINDS.search(defect.kind):
            continue
        found: str | None = None
        if DUPLICATE_KINDS.search(defect.kind):
            found = _matched(_NO_DUPLICATES, own)
        elif MATURITY_KINDS.search(defect.kind):
            if _unripe(defect, months, facts) and not _NEGATION.search(own):
                found = _matched(_COMPLETE, own)
        elif LEAK_KINDS.search(defect.kind):
            found = _first(_said_of(column, _LEAK_DENIED, _LEAK_FREE, clause) for column in named)
        elif _concerns(defect, own, months):
            found = _first(_said_of(column, _CHANGE_DENIED, _CHANGE_FREE, clause) for column in named)
        if found:
            topic = _topic(defect, named)
            yield Check(f"{DENIED} {topic}", found, defect_fact(defect), False, clause)


def _topic(defect: Defect, named: list[str]) -> str:
    """The same words as the finding has behind its first, so that the two can be set side by side."""
    if MATURITY_KINDS.search(defect.kind):
        return "label maturity"
    if DUPLICATE_KINDS.search(defect.kind):
        return defect.kind
    return f"{'leak' if LEAK_KINDS.search(defect.kind) else defect.kind} {named[0]}"


def _matched(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group() if match and not _hedged(text, match.end()) else None


def _first(found: Iterable[str | None]) -> str | None:
    return next((entry for entry in found if entry), None)


def _unripe(defect: Defect, said: list[str], facts: Facts) -> bool:
    """Whether the months named are those whose labels are not yet known, and none later by which they are."""
    last = facts.months.last
    return bool(
        defect.start
        and said
        and all(months_apart(month, defect.start) >= 0 for month in said)
        and all(not last or months_apart(last, month) >= 0 for month in said)
    )


def _concerns(defect: Defect, own: str, said: list[str]) -> bool:
    """Whether a denied change is that of the defect: its unit is not its distribution, nor that its effect."""
    if _OF_THE_REST.search(own):
        return False
    own = next(
        (part for part in _SEGMENT.split(own) if re.search(_CHANGE_DENIED + "|" + _CHANGE_FREE, part)), own
    )
    if not defect.start:
        return False  # what is so in all months does not change
    if _OF_OTHER.search(own) or _OF_SOME.search(own):
        return False
    if VALUE_KINDS.search(defect.kind) and (
        _OF_GOOD_VALUES.search(own) or ("drift" in own and "missing" not in defect.kind)
    ):
        return False
    if SPELLING_KINDS.search(defect.kind) and _OF_MIX.search(own):
        return False
    if said and not any(defect.may_begin(month) for month in said):
        return False
    if UNIT_KINDS.search(defect.kind):
        return bool(_OF_UNIT.search(own)) or (
            bool(said) and "drift" not in own and not _OF_MEANING.search(own)
        )
    if MEANING_KINDS.search(defect.kind):
        return bool(_OF_MEANING.search(own))
    return not _OF_UNIT.search(own) and not _OF_MEANING.search(own)


def defect_fact(defect: Defect) -> str:
    """A defect in words, as it is shown beside what a README says."""
    where = ", ".join(defect.columns) or "rows"
    return f"{defect.kind} in {where}" + (f" from {defect.start}" if defect.start else "")
