"""Findings of a README held against the defects that really are in the data."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.defect_denial import (
    DUPLICATE_KINDS,
    GROUP_KINDS,
    LEAK_KINDS,
    MATURITY_KINDS,
    UNIT_KINDS,
    defect_fact,
)
from grader.readme.facts import Defect, Facts
from grader.readme.figures import Check
from grader.readme.finding_denial import (
    denies_duplicates,
    denies_leak,
    says_only,
    says_ripe,
    says_unchanged,
    tells_leak_of_it,
    tells_no_group,
    without_what_stays,
)
from grader.readme.leak_accusation import accuses_of_leaking
from grader.readme.months import MonthSaid, months_apart, months_in
from grader.readme.ordinary_change import is_how_it_stays, is_ordinary
from grader.readme.wording import COLUMN

LEAK_SAID = re.compile(
    r"\b(?:leak\w*|post-?outcome|knows? (?:the|too|a little too)\b.{0,30}|known (?:only )?after"
    r"|(?:fill|populat|set|asked|made|written|given|record)\w* (?:in )?(?:once|after|when)|confession|"
    r"(?:must|may) (?:never|not) (?:come|be|get)|stays? out|removed|dropped|excluded|thrown out"
    r"|threw out|taken out|(?:took|take|left|leave|threw|throw|kept|keep) (?:it|this|that|qcol) out"
    r"|blocked|not a feature|isn't in the feature list|crawl back"
    r"|asked to leave|future|after the customer|drop ?list|block ?list"
    r"|not an? (?:\w+ )?(?:legitimate|valid|fair|honest|usable) (?:feature|predictor|input|column|variable)|"
    r"one of them knew|already|back in)\b"
)
LEAK_STRONG = re.compile(
    r"\b(?:leak\w*|post-?outcome|knows? (?:the answer|too much|a little too)|known only after"
    r"|confession|(?:fill|populat|set|asked|made)\w* (?:in )?(?:once|after)|one of them knew"
    r"|must never come back|knows? the future|tells? the answer|comes? after the (?:end|decision|event"
    r"|fact|notice)"
    r"|(?:written|known|entered|filled|recorded|created|gets? a value|appears?) (?:only )?(?:while|when"
    r"|once|after)\b"
    r"[^.;]{0,40}"
    r"(?:leav\w*|clos\w*|cancel\w*|decision|decided|end|gone|notice|termination|quit\w*))\b"
)
CHANGE_SAID = re.compile(
    r"\b(?:since|from|in|became|become|breaks?|chang\w*|switch\w*|jump\w*|step|rising|rose|climb\w*"
    r"|mov(?:ed|es|ing)|drift\w*|grow\w*|unit|mb|gb|kb|megabytes?|gigabytes?|seconds|differently|"
    r"effect|relation\w*|regime|shift\w*|trend|marched|slid\w*|flip\w*|means?|acts?|increase\w*"
    r"|creep\w*|went up|gone up|other)\b"
)
CHANGE_STRONG = re.compile(
    r"\b(?:chang\w*|switch\w*|jump\w*|rising|risen|rose|climb\w*|moved|moving|moves|drift\w*"
    r"|grow\w*|mb|kb|megabytes?|differently|shift\w*|marched|slid|flip\w*|became|increase\w*"
    r"|creep\w*|other unit|another unit|"
    r"effect|went up|gone up|in seconds|broke|acts?|in (?:euro )?cents?|in kg|in (?:kilo)?metres|in km"
    r"|in decibels"
    r"|(?:spelled|spelt|written) (?:\w+ ){0,3}(?:other|another|second|new|different)"
    r"|stopped \w+ing|other spelling|another spelling|turned|(?:other|another) mix|(?:kilo)?grams|kilos"
    r"|(?:hundred|thousand|100|1 ?000) times|has a hole"
    r"|(?:mostly|almost|nearly|largely|half) (?:empty|blank|missing)|goes up)\b"
)
UNFINISHED = re.compile(
    r"\b(?:unfinished|immature|not (?:yet )?(?:ready|finished|complete\w*|mature\w*|ripe|closed|known"
    r"|final|settled)|isn't (?:finished|complete|mature)|aren't|incomplete|unlabelled|not have full"
    r"|have not full|"
    r"(?:don't|do not) count|not used|excluded|dropped|unused|last usable|finished|usable|mature\w*"
    r"|(?:not|n't|never) (?:yet )?had (?:their|its|the)|may still (?:leave|cancel|quit|churn|go)|ripe|unripe"
    r"|too (?:early|fresh|young)|full labels?|complete\w*|unsettled|closed"
    r"|appears? to (?:be )?fall\w*|seems? to fall|drop in churn)\b"
)
_WHO = r"(?:customers?|clients?|members?|accounts?|households?|subscribers?|users?|people|persons?|policyholders?)"
DUPLICATES_SAID = re.compile(
    r"\b(?:duplicat\w*|repeated rows|rows? (?:are |were )?(?:repeated|twice|double)|double rows"
    r"|in there twice|found repeats|(?:exact|perfect|identical|full|verbatim) copies|copies of (?:another|other)"
    r"|rows? (?:\w+ ){0,6}?(?:2 times|twice)"
    r"|(?:counted|exported|delivered|loaded|stored|entered) (?:twice|2 times|again)|repeated records|twin rows)\b"
)
GROUP_SAID = re.compile(
    r"\b(?:groupkfold|groups ?= ?\S*qcol|no overlap (?:in|of|by) qcol|(?:one|each|a) \w+, one fold"
    rf"|{_WHO} repeats?|{_WHO} (?:shows? up|appears?|occurs?|stands?) in (?:up to )?(?:\d+|several|many|all)"
    rf"|{_WHO} (?:\w+ )?also (?:occurs?|appears?|stands?) in|split(?:ting|s)? by {_WHO}|split by qcol"
    rf"|{_WHO} (?:that |which )?the model (?:has )?(?:already |never )?(?:met|seen|studied|knows?|saw)"
    r"|same (?:customers?|qcol)|(?:customers?|qcol|client) (?:\w+ ){0,4}(?:several|many"
    r"|recur\w*|repeats?|again|both sides|one side|one fold|only in train|every month|each month)"
    r"|group(?:ed)? split|"
    r"(?:whole|keep) customers|one side (?:of the split|only)|per fold|resampled by customer|both sides)\b"
)
_NEWEST = re.compile(
    r"\b(?:last|newest|latest|final|most recent|youngest) (?:(\d) (?:\w+ )?(?:months|snapshots)|quarter)"
)
_STILL_OPEN = re.compile(
    r"\b(?:unfinished|immature|incomplete|unripe|may still (?:leave|cancel|quit|churn|go)|too (?:early|fresh|young))\b"
    r"|(?:\bnot|n't|\bnever|\bno)(?: \w+){0,3}? (?:finished|complete|mature|ripe|closed|final|settled|count"
    r"|their 90 days|full labels?|trusted)\b"
)
_AFTER_CUE = re.compile(r"\b(?:since|from|in|after|began|started|until)\s+(?:\w+\s+)?$")
_REFERENCE_CUE = re.compile(
    r"\b(?:against|versus|vs\.?|reference|compare\w*|until|bins? from|relative to|months? from"
    r"|train(?:ing)? (?:set|months|data|window|period|sample|rows|table)|train(?:ed)? on|window)\b"
)

_OF_LABELS = re.compile(r"\b(?:labels?|outcomes?|qlabel|answers?|truth|leav\w*|churn\w*|cancel\w*|quit\w*)\b")
_LABELS_UNFINISHED = re.compile(
    r"\b(?:labels?|outcomes?|qlabel)\b.*\b(?:immature|unfinished|incomplete"
    r"|not (?:yet )?(?:complete|mature|finished))\b"
)
_BEFORE = re.compile(r"\b(?:before|older than|up to|until|till) (?:the )?$")
_USABLE = re.compile(
    r"\b(?:usable|complete\w*|finished|matured?|ripe|closed|final|last|used?|only|not)\b"
    r"|n't\b"
)
_USED = re.compile(
    r"\b(?:strongest|best|top|important) (?:feature|predictor)|\bpsi (?:of|for|on) (?:\w+,? )*qcol"
    r"|\bqcol\b[^.;]{0,20}\bpsi\b"
)
_USED_ELSEWHERE = re.compile(
    r"\b(?:except|not|no|without|after removing|was|were|would|if|first|ignor\w*|only|naive|raw|leak\w*"
    r"|gone|dropped"
    r"|removed|excluded|out|key|log(?:ged)?|stopped|rebuilt one|replaced qcol|looks? ahead)\b|n't\b"
)
_AT_ANOTHER_TIME = re.compile(
    r"\bat (?:that|training|test|the (?:end|time) of)\b|\bwhen\b[^.;]{0,40}\btrained\b|\bback-?test\w*"
    r"|\bfolds?\b|\bsimulat\w*"
    r"|\bembargo\b|\bwould\b|\bfirst fit\b"
)
# "In 2023-05 a column changed" is so in some month of any data.
_NAMELESS = re.compile(
    r"\b(?:an?|some|several|one|any|many) (?:columns?|fields?|features?|variables?|inputs?)\b|^a unit changed"
)
_OF_UNITS = re.compile(r"\b(?:unit(?! tests?)|mb|gb|kb|megabytes?|gigabytes?)\b")
_OF_FILES = re.compile(r"\b(?:image|memory|parquet|files?|ram|disk|(?:business|retail) unit|fixtures?)\b")
_OF_PRICES = re.compile(r"\b(?:price effect|price break|price flip)\b")
_NO_UNIT_STORY = re.compile(
    r"\b\d[\d.,]* ?(?:[mgk]b|megabytes?|gigabytes?)\b"
    r"|\b(?:once|now that|after) (?:the |its )?units? (?:is|are|was|were|has been) (?:repaired|fixed|converted)"
)
_TELLS_OF_A_UNIT = re.compile(
    r"\b(?:units?|switch\w*|chang\w*|jump\w*|convert\w*|divid\w*|multipl\w*|became|becomes?|instead|since|from|until"
    r"|(?:report|deliver|measur|record|stor|writ|log|sent|come)\w* in|in [mgk]b|in (?:mega|giga)bytes|times|factor)\b"
)
# "PSI against January to June": the months of a comparison, not of a change.
_COMPARED = re.compile(
    r"\b(?:against|versus|vs\.?|compared? (?:to|with)|relative to|reference:?|bins? from)"
    r"(?: (?!since\b|from\b|in\b)[\w-]+){0,4} ?$"
)


def _places(claim: Claim, facts: Facts) -> list[tuple[str, int]]:
    lowered = claim.text.lower()
    return sorted(
        ((name, lowered.find(name.lower())) for name in claim.columns if name.lower() in lowered),
        key=lambda p: p[1],
    )


def _pairs(claim: Claim, facts: Facts) -> Iterator[tuple[str, MonthSaid]]:
    places = _places(claim, facts)
    lowered = claim.text.lower()
    for said in months_in(lowered):
        if places and not _COMPARED.search(lowered[: said.at]):
            yield min(places, key=lambda place: abs(place[1] - said.at))[0], said


def check_findings(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Leaks, changes with their month, unfinished labels, duplicates and repeated customers in one claim."""
    yield from _leaks(claim, facts)
    yield from _changes(claim, facts)
    yield from _maturity(claim, facts)
    for kinds, said, denied in (
        (DUPLICATE_KINDS, DUPLICATES_SAID, denies_duplicates),
        (GROUP_KINDS, GROUP_SAID, tells_no_group),
    ):
        defect = next((d for d in facts.defects if kinds.search(d.kind)), None)
        match = said.search(claim.own)
        if not (defect and match) or denied(claim.own):
            continue
        if match.group().startswith("split") and not _split_of(defect, claim, match.group()):
            continue  # figures split by region are no split of the rows
        if COLUMN in match.group() and defect.columns and not set(claim.columns) & set(defect.columns):
            continue  # "`region` E has as many rows" is about another column
        yield Check(f"defect {defect.kind}", match.group(), f"{defect.kind} is in the data", True, claim)


def _split_of(defect: Defect, claim: Claim, said: str) -> bool:
    """Whether a split is by what repeats in the rows, and not by a region or by somebody else."""
    if claim.columns:
        return bool(set(claim.columns) & set(defect.columns))
    noun = said.split()[-1].removesuffix("s")
    return noun in {"customer", "client", "qcol"} or not defect.columns or noun in " ".join(defect.columns)


def leak_told_of(column: str, claim: Claim, facts: Facts) -> Iterator[Check]:
    """A leak told in a sentence after the one that names its column: "It is filled when the customer has gone"."""
    leaks = _leaking(facts)
    if column in leaks and tells_leak_of_it(claim.own):
        yield Check(
            f"defect leak {column}", f"{column} is a leak", f"leak: {', '.join(sorted(leaks))}", True, claim
        )


def _leaking(facts: Facts) -> set[str]:
    """The columns that leak."""
    return {
        c
        for d in facts.defects
        if LEAK_KINDS.search(d.kind) and not GROUP_KINDS.search(d.kind)
        for c in d.columns
    }


def _leaks(claim: Claim, facts: Facts) -> Iterator[Check]:
    leaks = _leaking(facts)
    if not leaks:
        return
    named = ", ".join(sorted(leaks))
    groups = {c for d in facts.defects if GROUP_KINDS.search(d.kind) for c in d.columns}
    denied = denies_leak(claim.own)
    for column in claim.columns:
        if column in leaks and not denied and (LEAK_SAID.search(claim.own) or LEAK_STRONG.search(claim.own)):
            yield Check(f"defect leak {column}", f"{column} is a leak", f"leak: {named}", True, claim)
        elif column in leaks - groups and _USED.search(claim.own) and not _USED_ELSEWHERE.search(claim.own):
            yield Check(
                f"use of leak {column}", f"{column} is used as a feature", f"leak: {named}", False, claim
            )
        elif (
            len(claim.columns) == 1
            and column not in groups | leaks | facts.harmless  # whoever calls those a leak is heard elsewhere
            and not denied
            and accuses_of_leaking(claim.own)
        ):
            yield Check(f"leak {column}", f"{column} is a leak", f"leak: {named}", False, claim)


def _changes(claim: Claim, facts: Facts) -> Iterator[Check]:
    if not facts.defects:
        return
    pairs = list(_pairs(claim, facts))
    by_column: dict[str, list[MonthSaid]] = {}
    for column, said in pairs:
        by_column.setdefault(column, []).append(said)
    dated = [d for d in facts.defects if d.start and not MATURITY_KINDS.search(d.kind)]
    undated = {column for d in facts.defects if not d.start for column in d.columns}
    starts = {d.start for d in facts.defects if d.start}
    tells_a_change = CHANGE_STRONG.search(without_what_stays(claim.own)) and not (
        _REFERENCE_CUE.search(claim.own) or LEAK_STRONG.search(claim.own)
    )
    for column, months in by_column.items():
        mine = [d for d in dated if column in d.columns]
        hit = next(((d, m) for d in mine for m in months if d.may_begin(m.month) or d.holds(m.month)), None)
        if hit and says_unchanged(claim.own):
            continue
        if hit:
            defect, said = hit
            yield Check(
                f"defect {defect.kind} {column}", f"{column}: {said.month}", defect_fact(defect), True, claim
            )
            continue
        if not tells_a_change or column in undated or _may_be_so(claim, column, months, facts):
            continue
        said = months[0]
        if facts.months.first and months_apart(said.month, facts.months.first) <= 0:
            continue  # nothing begins in the first month; it dates a value
        near = 1 if len(claim.columns) > 1 else 0
        if (not mine or near) and any(
            abs(months_apart(said.month, start)) <= near for start in starts if start
        ):
            continue  # the month belongs to another defect, told in the same sentence
        fact = defect_fact(mine[0]) if mine else f"no change of {column} is known"
        yield Check(f"change {column}", f"{column}: {said.month}", fact, False, claim)
    if not claim.columns:
        yield from _undated(claim, dated, facts.months.last)


def _may_be_so(claim: Claim, column: str, months: list[MonthSaid], facts: Facts) -> bool:
    """Whether a change told of a column in these months contradicts nothing, though no defect begins in them."""
    return (
        any(
            decoy.touches(said.month, facts.months.last or said.month)
            for decoy in facts.decoys
            if column in decoy.columns
            for said in months
        )
        or is_ordinary(claim, months, facts)
        or any(
            is_how_it_stays(claim, months, defect)
            for defect in facts.defects
            if column in defect.columns and not MATURITY_KINDS.search(defect.kind)
        )
    )


def _undated(claim: Claim, dated: list[Defect], last: str | None) -> Iterator[Check]:
    """A month without a column: it agrees where a defect began then, and contradicts where a unit story did not."""
    months = months_in(claim.text)
    # "41 GB in 2024-06" is an amount, and what a unit is once it is repaired is no story of a unit.
    bare = _NO_UNIT_STORY.sub(" ", claim.own)
    units = _OF_PRICES.search(bare) or (_TELLS_OF_A_UNIT.search(bare) and _OF_UNITS.search(bare))
    if _LABELS_UNFINISHED.search(claim.own):
        return
    for said in months:
        defect = next((d for d in dated if d.start and months_apart(said.month, d.start) == 0), None)
        if (
            defect
            and CHANGE_SAID.search(claim.own)
            and (UNIT_KINDS.search(defect.kind) or not _OF_UNITS.search(claim.own))
            and not _NAMELESS.search(claim.own)
        ):
            yield Check(
                f"defect {defect.kind} {' '.join(defect.columns)}",
                said.month,
                defect_fact(defect),
                True,
                claim,
            )
            return
    if (
        months
        and units
        and not _OF_FILES.search(claim.own)
        and not UNFINISHED.search(claim.own)
        and not (last and months_apart(months[0].month, last) > 0)
        and not (claim.kind == "row" and len(months) > 1)  # a period of a table, whose end may be the change
        and not re.search(r"train|onwards|reference|window|\bpsi\b|\bnot\b[^.;]{0,40}\bunits?\b", claim.own)
    ):
        yield Check(
            "undated change",
            f"{units.group()}: {months[0].month}",
            "no defect begins in that month",
            False,
            claim,
        )


def _maturity(claim: Claim, facts: Facts) -> Iterator[Check]:
    defect = next((d for d in facts.defects if MATURITY_KINDS.search(d.kind) and d.start), None)
    if defect is None or defect.start is None or not UNFINISHED.search(claim.own):
        return
    if claim.columns and not {facts.label.column} & set(claim.columns) and not _OF_LABELS.search(claim.own):
        return  # what is incomplete is another column
    said = months_in(claim.text)
    if not said:
        yield from _newest_months(claim, defect, facts)
        return
    offsets = [months_apart(m.month, defect.start) for m in said]
    near = any(-1 <= offset <= 2 for offset in offsets)
    if all(_BEFORE.search(claim.text[: m.at].lower()) for m in said) and not _USABLE.search(claim.own):
        return  # "the labels before October are immature" tells the opposite
    # Whole are the months before the first unfinished one, and no later one is the only one that is unfinished.
    if near and says_ripe(claim.own) and -1 not in offsets:
        return
    if near and not (says_only(claim.own) and min(offsets) > 0):
        yield Check("defect label maturity", said[0].month, defect_fact(defect), True, claim)
    elif (
        not _AT_ANOTHER_TIME.search(claim.own)
        and re.search(
            r"\b(?:unfinished|immature|incomplete)\b|(?:\bnot|n't) (?:yet )?(?:ready|finished|complete|mature"
            r"|ripe|over)\b",
            claim.own,
        )
        and set(claim.columns) <= {facts.label.column}
        and not (facts.months.last and all(months_apart(m.month, facts.months.last) > 0 for m in said))
    ):
        yield Check("label maturity", said[0].month, defect_fact(defect), False, claim)


def _newest_months(claim: Claim, defect: Defect, facts: Facts) -> Iterator[Check]:
    """As many of the last months said to be unfinished as there are: "the newest quarter does not count yet"."""
    match = _NEWEST.search(claim.own)
    if not (match and defect.start and facts.months.last and _STILL_OPEN.search(claim.own)):
        return
    if int(match.group(1) or 3) == months_apart(facts.months.last, defect.start) + 1:
        yield Check("defect label maturity", match.group(), defect_fact(defect), True, claim)
