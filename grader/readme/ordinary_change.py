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
WHOLE = 3
"""Months that may be left out at either end of the data by what is told of all of them."""

_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|summer"
    r"|winter|spring|autumn|fall|year)"
)
_OF_A_SEASON = re.compile(
    r"\bseason\w*|\bholidays?\b|\bchristmas\b|\bblack friday\b|\beaster\b|\bstorms?\b|\bweather\b|\bcampaigns?\b"
    rf"|\b(?:each|every|in any) {_MONTHS}\b|\bas in (?:20\d\d|the year before|{_MONTHS})|\byear before\b"
    r"|\b(?:normal|natural|organic|usual|ordinary) (?:growth|variation|course|rise|fall)\b|\bwage growth\b"
    r"|\binflation\b|\bnoise\b|\bone month only\b|\bonly (?:that|this) (?:1|one) month\b"
    r"|\b(?:climb|shift|mov|com|go|went|fall|fell|swing|swung|drop|return|slid)\w* (?:\w+ )?back\b|\bback to (?!0\b)"
)
_OF_ONE = re.compile(
    r"\b(?:customer|client|account|user|member|subscriber|household) (?:no\.? |number |id |#)?\d{2,}"
    r"|\bfor (?:the )?cohorts? of\b|\bexactly (?:1|one) (?:per|a|each|every) month\b"
    r"|\bby (?:1|one) (?:per|a|each|every) month\b|\bfor (?:each|every) (?:customer|client|account)\b"
)
_OF_THE_MODEL = re.compile(
    r"\b(?:partial dependence|pdp|sensitivity|stress tests?|what-if|permut\w*|simulat\w*|in a copy"
    r"|tested the (?:alarms?|checks?)|(?:coefficients?|importances?)\b[^.;]{0,60}\b(?:within|error|interval)"
    r"|chang\w* the (?:mean )?scores?|moves? the (?:mean )?scores?)\b"
)
# "The effect in May is small" tells of the effect, "lost its effect in May" of its change.
_EFFECT_IS = re.compile(
    r"\beffect of qcol\b[^.;]{0,30}\b(?:is|are|stays?|flattens?|remains?)\b|\b(?:largest|smallest|highest|strongest)"
    r" effect\b|\bacts (?:\w+ )?on churn in\b[^.;]* alike\b"
)
_LOOKED_FOR = re.compile(
    r"\b(?:finds?|found|shows?|sees?|saw) no (?:\w+ )?(?:drift|shift|change|jump|move)\w*"
    r"|\b(?:do|does|did)(?: not|n't) (?:differ|drift|shift|change|move)\b|\bdrift: (?:none|no|-)(?= ?(?:\||$))"
    r"|\b(?:merged|renumbered|split up)\b[^.;]*\bnothing to repair\b"
)
_OVER = re.compile(
    r"\b(?:training|the (?:train|window|fit)\w*|fits?|fitted|model fit) (?:starts?|begins?|set|from|on)\b"
)
_BEGINS = re.compile(
    r"\b(?:since|starts?|started|begins?|began|lost|loses?|became|turned|flip\w*|switch\w*|chang\w*|jump\w*|broke|brok\w+"
    r"|drift\w*|shift\w*)\b"
)
_ANY_MORE = re.compile(r"\b(?:not|n't|no longer|never)\b[^.;]{0,40}\bany ?more\b")
_PSI = re.compile(r"\bpsi\b[^.;|\d]{0,20}(\d*\.\d+|\d+)")
_BY = re.compile(r"\bby (?:about |only |some |around |roughly )?(\d+(?:\.\d+)?) ?%")
_FROM_TO = re.compile(
    r"\bfrom (?!20\d\d\b)(-?\d+(?:\.\d+)?) ?%?(?: ?\(?(?:in )?20\d\d-\d\d\)?)? to (?!20\d\d\b)(-?\d+(?:\.\d+)?)"
)


def is_ordinary(claim: Claim, months: Sequence[MonthSaid], facts: Facts) -> bool:
    """Whether a change told of a column in these months is one that may be true beside any key."""
    own = claim.own
    return bool(
        _OF_A_SEASON.search(claim.near)
        or any(pattern.search(own) for pattern in (_OF_ONE, _OF_THE_MODEL, _EFFECT_IS, _LOOKED_FOR, _OVER))
        or _is_small(claim)
        or _is_over_all(months, facts)
    )


def is_how_it_stays(claim: Claim, months: Sequence[MonthSaid], defect: Defect) -> bool:
    """Whether a sentence tells how a column is in months that a lasting defect has, or that it is over by then."""
    if _ANY_MORE.search(claim.own):
        return True
    if defect.onset is None or defect.end is not None or _BEGINS.search(claim.own):
        return False
    return all(months_apart(said.month, defect.onset[0]) >= 0 for said in months)


def _is_small(claim: Claim) -> bool:
    """Whether the size of a change is told, and none is larger than what any column may do."""
    psi = [float(number) for number in _PSI.findall(claim.near)]
    if psi:
        return max(psi) < SMALL_PSI
    shares = [float(number) / 100 for number in _BY.findall(claim.own)]
    for before, after in _FROM_TO.findall(claim.own):
        shares.append(abs(float(after) / float(before) - 1) if float(before) else 1.0)
    return bool(shares) and max(shares) <= SMALL


def _is_over_all(months: Sequence[MonthSaid], facts: Facts) -> bool:
    """Whether the months are the first and the last of the data, so that nothing is said to begin between them."""
    first, last = facts.months.first, facts.months.last
    if first is None or last is None or len(months) < 2:
        return False
    said = sorted(month.month for month in months)
    return abs(months_apart(first, said[0])) <= WHOLE and abs(months_apart(said[-1], last)) <= WHOLE
