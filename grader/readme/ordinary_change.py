"""Changes that no key holds and no reader of the key can deny: small, of a season, over all months, of one customer.

The key knows defects. A column without one still moves a little, with the season or with its meaning (a tenure grows
with every month), in the rows of one customer, or in a test of the alarms. Whoever tells that has told nothing false.
"""

import re
from collections.abc import Sequence

from grader.readme.claims import Claim
from grader.readme.facts import Defect, Facts
from grader.readme.months import MonthSaid, months_apart

SMALL = 0.15
"""Relative size up to which a change told with its size is one that may be in any column."""
SMALL_PSI = 0.1
"""Below this the population stability index is commonly taken for no change."""
WHOLE = 2
"""Months that may be left out at either end of the data by what is told of all of them."""

_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|summer"
    r"|winter|spring|autumn|fall|year)"
)
_OF_A_SEASON = re.compile(
    r"\bseasonal\w*|\bholidays?\b|\bchristmas\b|\bblack friday\b|\beaster\b|\bstorms?\b"
    rf"|\b(?:each|every) {_MONTHS}\b(?! it)|\bas in (?:20\d\d|the year before|every|each|{_MONTHS})|\byear before\b"
    r"|\b(?:normal|natural|organic|usual|ordinary) (?:growth|variation|course|rise|fall)\b|\bwage growth\b"
    r"|\bone month only\b|\bonly (?:that|this) (?:1|one) month\b"
    r"|\b(?:climb|shift|fall|fell|swing|swung)\w* (?:\w+ )?back\b"
    r"|\bfor (?:that|this) (?:1|one|single) (?:\w+ )?(?:run|batch|day|month)\b|\bby a (?:hair|trifle)\b"
)
_BY_CHANCE = re.compile(
    r"\b(?:that|this|which|it) is (?:just |only |mere |pure )?(?:noise|chance)\b|\bas (?:many as )?chance gives\b"
    r"|\b(?:expected|likely) by chance\b|\bmultiple testing\b"
)
_OF_ONE = re.compile(
    r"\b(?:customer|client|account|user|member|subscriber|household) (?:no\.? |number |id |#)?\d{2,}"
    r"|\bfor (?:the )?cohorts? of\b|\bexactly (?:1|one) (?:per|a|each|every) month\b"
    r"|\bby (?:1|one) (?:per|a|each|every) month\b"
)
_OF_FEW = re.compile(
    r"\b(?:(?:1|one|a) single|1|one|two|three|[2-9]|a handful of|a few|the only) "
    r"(?:customers?|clients?|accounts?|users?|members?|subscribers?|households?)\b(?! (?:in|of|out of) (?:every )?\d)"
)
_AND_OF_MOST = re.compile(
    r"\b(?:all|every\w*|others?|whole|most|many|rest|same|like(?:wise)?|example)\b|\be\.g"
)
_OF_THE_MODEL = re.compile(
    r"\b(?:partial dependence|sensitivity|stress tests?|what-if|in a copy|tested the (?:alarms?|checks?))\b"
    r"|\bcoefficients?\b[^.;]{0,60}\bwithin (?:its|the) (?:error|interval)\b"
)
# "The effect in May is small" tells of the effect, "lost its effect in May" of its change.
_EFFECT_IS = re.compile(
    r"\beffect of qcol\b[^.;]{0,30}\b(?:is|are|flattens?)\b(?!.*\b(?:up to|no longer|until|revers\w*|since)\b)"
    r"|\b(?:largest|smallest|highest|strongest) effect\b|\bacts (?:\w+ )?on churn in\b[^.;]* alike\b"
)
_LOOKED_FOR = re.compile(
    r"\b(?:finds?|found|shows?|sees?|saw) no (?:\w+ )?(?:drift|shift)\w*|\bdo(?: not|n't) differ\b"
    r"|\bdrift: (?:none|no|-)(?= ?(?:\||$))|\b(?:merged|renumbered)\b[^.;]*\bnothing to repair\b"
)
_OVER = re.compile(r"\b(?:training|model fit|fit(?:ted)?) (?:(?:starts?|begins?) in|from) 20\d\d-\d\d\b")
# What a unit, a spelling or a factor did is no matter of the season or of size.
_NEVER_ORDINARY = re.compile(
    r"\b(?:units?|spel\w+|written|renam\w*|recod\w*|seconds|minutes|mb|gb|kb|megabytes?|gigabytes?|cents?|metres"
    r"|fractions?|percent\w*|factor|fold|times|divid\w*|multipl\w*|thousand|million|k|hundred|scale|maps?|mapped|mapping)\b"
    r"|\bafter (?:the )?(?:repair|conversion)\b"
)
# Of these a size or a season says nothing, only that the effect is told as it is.
_OF_EFFECT = re.compile(r"\b(?:effects?|relation\w*|coefficients?|slope|sign|protect\w*|meaning|means)\b")
_NOT = re.compile(r"\b(?:not|no|never|nothing|neither|hardly)\b|n't\b")
# Whose size may be told beside a column.
_OF_OTHERS = re.compile(r"\b(?:auc|precision|recall|brier|rows|churn|scores?|lift|customers)\b")
_STAYS = re.compile(r"\bhas (?:hardly any|no|little|almost no) effect\b")
_GROWS = re.compile(r"\b(?:increas\w*|grow\w*|grew|rises?|rose|climb\w*)\b")
_ANY_MORE = re.compile(r"\b(?:not|n't|no longer|never)\b[^.;]{0,40}\bany ?more\b")
_PSI = re.compile(r"\bpsi\b[^.;|\d]{0,40}(\d*\.\d+|\d+)")
_BY = re.compile(r"\bby (?:about |only |some |around |roughly )?(\d+(?:\.\d+)?) ?%")
_SIZE = r"(-?\d+(?:\.\d+)?)(?![\d.,]*\d)(?! ?(?:\d|k\b|thousand|million))"
_FROM_TO = re.compile(
    rf"\bfrom (?!20\d\d\b){_SIZE} ?%?(?: ?\(?(?:in )?20\d\d-\d\d\)?)? to (?!20\d\d\b){_SIZE}"
)


def is_ordinary(claim: Claim, months: Sequence[MonthSaid], facts: Facts) -> bool:
    """Whether a change told of a column in these months is one that may be true beside any key."""
    own = claim.own
    if _NEVER_ORDINARY.search(own):
        return False
    if any(pattern.search(own) for pattern in (_OF_ONE, _OF_THE_MODEL, _EFFECT_IS, _LOOKED_FOR, _OVER)):
        return True
    if _OF_EFFECT.search(own):
        return False
    passing = (_OF_A_SEASON.search(own) or _BY_CHANCE.search(own)) and not _NOT.search(own)
    if _OF_FEW.search(own) and not _AND_OF_MOST.search(own):
        return True
    return bool(passing) or _is_small(claim) or _is_over_all(claim, months, facts)


def is_how_it_stays(claim: Claim, months: Sequence[MonthSaid], defect: Defect) -> bool:
    """Whether a sentence tells how a column is in months that a lasting defect has, or that it is over by then."""
    if defect.onset is None or defect.end is not None:
        return False
    if not (_ANY_MORE.search(claim.own) or _STAYS.search(claim.own)):
        return False
    return all(months_apart(said.month, defect.onset[0]) >= 0 for said in months)


def _is_small(claim: Claim) -> bool:
    """Whether the size of a change is told, and none is larger than what any column may do."""
    psi = [float(number) for number in _PSI.findall(claim.own)]
    if psi:
        return max(psi) < SMALL_PSI
    if _OF_OTHERS.search(claim.own):
        return False
    shares = [float(number) / 100 for number in _BY.findall(claim.own)]
    for before, after in _FROM_TO.findall(claim.own):
        shares.append(abs(float(after) / float(before) - 1) if float(before) else 1.0)
    return bool(shares) and max(shares) <= SMALL


def _is_over_all(claim: Claim, months: Sequence[MonthSaid], facts: Facts) -> bool:
    """Whether growth is told from the first month of the data to the last, so that nothing began between them."""
    first, last = facts.months.first, facts.months.last
    if first is None or last is None or len(months) < 2 or not _GROWS.search(claim.own):
        return False
    said = sorted(month.month for month in months)
    return abs(months_apart(first, said[0])) <= WHOLE and abs(months_apart(said[-1], last)) <= WHOLE
