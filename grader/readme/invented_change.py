"""Findings told of the right column that are not what is known of it: they pay nothing, and nothing calls them false.

The key says what is wrong with a column. A change told of a column that leaks, of one that only looks defective, or of
another kind than its own is no finding in these data, though it names a column and a month that are in the key.
"""

import re

from grader.readme.claims import Claim
from grader.readme.clearing import EXPLAINED
from grader.readme.defect_denial import MEANING_KINDS, SPELLING_KINDS, UNIT_KINDS, VALUE_KINDS
from grader.readme.facts import Defect, Facts
from grader.readme.finding_denial import without_what_stays
from grader.readme.months import months_in
from grader.readme.symptom_words import SYMPTOMS

_CHANGES = re.compile(
    r"\b(?:chang\w*|switch\w*|jump\w*|drift\w*|shift\w*|flip\w*|became|increase[ds]?|decrease[ds]?|broke|break|step"
    r"|rescaled|scaled|delivered|fell|rose|grew|mov(?:ed|es)|went|goes|rebuilt|restarted|stopped|no longer|any ?more"
    r"|lost its|twice|doubled|halved)\b|(?<!\d)[x*/] ?\d"
)
_SEASON = re.compile(
    r"(?<!\bno )\bseason\w*|\b(?:each|every) (?:year|summer|winter|spring|autumn)\b|\bholidays?\b"
)
_EXPLAINED = re.compile(rf"\b(?:{EXPLAINED}|price list)\b")
# "The jump is real usage": it is seen, and taken for what it is not.
_NO_DEFECT = re.compile(
    r"\b(?:real|genuine|organic|natural|true) (?:usage|growth|demand|behaviou?r|increase|rise|change|effect"
    r"|customers)\b|\b(?:is|are|was|were) real\b|\bsuccess of\b|\bpeople (?:simply|just|really)\b|\bno unit\b"
    r"|\bnot (?:a|an) (?:unit|fault|error|defect|bug|drift)\b|\ball correct\b"
    r"|\b(?:is|are|:) (?:all )?(?:correct|fine|ok|okay|normal|clean|good)\b"
    r"|\bno (?:drift|defect|fault|action|problem|error|finding)\b|\bkept as (?:it )?is\b|\bnothing happens\b"
    r"|\bseason\w*|\bas it does each\b|\b(?:will pass|passes again|back in (?:spring|summer|autumn|winter))\b"
    r"|\bnothing (?:special|unusual|odd|remarkable|wrong|to report)\b|\bunremarkable\b|\bcalm\b|\bas flat as\b"
    r"|[:|] ?(?:ok|okay|fine|none|no|clean|normal|nothing)\b"
)
# Who was taken in at first, or says what it is not and then what it is, has found it.
_AFTER_ALL = re.compile(
    r"\b(?:but|only|however|instead|though|although|looks? like|looked like|at first|seem\w*|thought|not real"
    r"|convert\w*|divid\w*|multipl\w*|repair\w*|rescal\w*|drop(?:ped|s)?|left out|remov\w*|exclud\w*|mapped)\b"
)
_OF_A_KIND = (
    (
        UNIT_KINDS,
        re.compile(
            r"\b(?:units?|seconds|minutes|[mgk]b|megabytes?|cents|fractions?|factor|(?:\d+|ten|hundred|thousand) times"
            r"|thousandfold|hundredfold)\b|(?<!\d)[x*/] ?\d"
        ),
    ),
    (
        re.compile(r"miss|null"),
        re.compile(r"\b(?:nulls?|missing\w*|empty|blanks?|gaps?|nans?|incomplete\w*)\b"),
    ),
    (
        VALUE_KINDS,
        re.compile(
            r"(?<![\d.])-9{3,}\b|\bnegative (?:values?|numbers?)\b|\b(?:are|is|were|values) negative\b"
            r"|\bsentinel|\bplaceholder"
        ),
    ),
    (
        MEANING_KINDS,
        re.compile(r"\blo(?:st|ses?) (?:its|their|all) (?:effect|influence|meaning)\b"),
    ),
    (
        SPELLING_KINDS,
        re.compile(r"\b(?:spel\w+|renam\w*|recod\w*|capital\w*|written differently)\b"),
    ),
)
"""Kinds that no other kind is taken for, with words that only they have."""
_REPAIR = re.compile(r"\b(?:becom\w*|became|to|into|as|with) (?:an? )?(?:nulls?|nans?|missing|empty)\b")


def invents_a_change(claim: Claim, facts: Facts) -> bool:
    """Whether a sentence dates a change of columns in which none, or none of that time, is known."""
    months = [said.month for said in months_in(claim.text)]
    named = set(claim.columns) - {facts.label.column}
    known = [entry for entry in (*facts.defects, *facts.decoys) if named & set(entry.columns)]
    if not months or not known or _SEASON.search(claim.own) or _EXPLAINED.search(claim.near):
        return False
    if not _CHANGES.search(without_what_stays(claim.own)):
        return False
    return not any(entry.may_begin(month) or entry.holds(month) for entry in known for month in months)


def is_explained_away(own: str) -> bool:
    """Whether a change is told and taken for none: as what people do, as the season, as fine."""
    return bool(_NO_DEFECT.search(own)) and not _AFTER_ALL.search(_NO_DEFECT.sub(" ", own))


def is_of_another_kind(defect: Defect, own: str) -> bool:
    """Whether what is told of a defect's column are the words of another kind, and none of its own."""
    own = _REPAIR.sub(" ", own)
    shown = [symptom for symptom in SYMPTOMS if symptom.kinds.search(defect.kind)]
    if not shown or any(symptom.words.search(own) for symptom in shown):
        return False
    return any(words.search(own) and not kinds.search(defect.kind) for kinds, words in _OF_A_KIND)
