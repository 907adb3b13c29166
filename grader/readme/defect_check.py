"""Findings of a README held against the defects that really are in the data."""

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.readme.claims import Claim
from grader.readme.defect_denial import (
    DUPLICATE_KINDS,
    GROUP_KINDS,
    LEAK_KINDS,
    MATURITY_KINDS,
    defect_fact,
)
from grader.readme.facts import Defect, Facts
from grader.readme.figures import Check
from grader.readme.months import MonthSaid, months_apart, months_in

LEAK_SAID = re.compile(
    r"\b(?:leak\w*|post-?outcome|knows? (?:the|too|a little too)\b.{0,30}|known (?:only )?after"
    r"|(?:fill|populat|set|asked|made|written|given|record)\w* (?:in )?(?:once|after|when)|confession|"
    r"(?:must|may) (?:never|not) (?:come|be|get)|stays? out|removed|dropped|excluded|thrown out"
    r"|threw out|taken out|(?:took|take|left|leave|threw|throw|kept|keep) (?:it|this|that|qcol) out"
    r"|blocked|not a feature|isn't in the feature list|crawl back"
    r"|asked to leave|future|after the customer|"
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
    r"\b(?:since|from|in|became|become|chang\w*|switch\w*|jump\w*|step|rising|rose|climb\w*"
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
    r"|other spelling|another spelling|turned|(?:other|another) mix|(?:kilo)?grams|kilos"
    r"|(?:hundred|thousand|100|1 ?000) times|has a hole"
    r"|(?:mostly|almost|nearly|largely|half) (?:empty|blank|missing)|goes up)\b"
)
UNFINISHED = re.compile(
    r"\b(?:unfinished|immature|not (?:yet )?(?:finished|complete\w*|mature\w*|ripe|closed|known"
    r"|final|settled)|isn't (?:finished|complete|mature)|aren't|incomplete|unlabelled|not have full"
    r"|have not full|"
    r"(?:don't|do not) count|not used|excluded|dropped|unused|last usable|finished|usable|mature\w*"
    r"|ripe|complete\w*|unsettled|closed|appears? to (?:be )?fall\w*|seems? to fall|drop in churn)\b"
)
DUPLICATES_SAID = re.compile(
    r"\b(?:duplicat\w*|repeated rows|rows? (?:are |were )?(?:repeated|twice|double)|double rows"
    r"|in there twice|found repeats|exact copies)\b"
)
GROUP_SAID = re.compile(
    r"\b(?:same (?:customers?|qcol)|(?:customers?|qcol|client) (?:\w+ ){0,4}(?:several|many"
    r"|recur\w*|repeats?|again|both sides|one side|one fold|only in train)"
    r"|(?:customers?|qcol|client) (?:appears?|stands?|occurs?|comes?|come back|returns?|are in|is in) (?:\w+ ){0,3}?"
    r"(?:every month|each month)"
    r"|group(?:ed)? split|split by (?:qcol|customer)|"
    r"(?:whole|keep) customers|one side (?:of the split|only)|per fold|resampled by customer|both sides)\b"
)
# "It is no leak", "I kept it as a clean feature": the sentence takes the column for a good one.
_NO_LEAK = re.compile(
    r"\b(?:no|not an?|not|never|isn't an?|isn't|doesn't|without|free (?:of|from)) (?:\w+ ){0,2}?"
    r"(?:leak\w*|post-?outcome)|\b(?:harmless|innocent|legitimate)\b"
)
_LEFT_OUT = re.compile(
    r"\b(?:drop\w*|remov\w*|exclud\w*|left out|leave out|leav\w+ out|stays? out|taken out|thrown out|threw out"
    r"|without it|blocked|any ?more|no longer|never (?:come|be|get)|not a feature|gone|only|if|seems?|looks?"
    r"|appears?)\b"
)
_NO_DUPLICATE = re.compile(
    r"\b(?:no|not any|without|zero|0|free (?:of|from)) (?:\w+ ){0,2}?duplicat\w*"
    r"|duplicated\S*(?: \S+){0,2} (?:is|returns|=+|are) ?(?:0|zero|none)\b"
    r"|\b(?:no|not a single) row\b|\bnothing to (?:drop|remove|de-?duplicate)\b"
    r"|\bduplicates? ?: (?:none|no|0)\b"
)
_REPAIRED = re.compile(
    r"\b(?:drop\w*|remov\w*|delet\w*|de-?duplicat\w*|left|any ?more|remain\w*|after|now|check\w*|assert\w*"
    r"|must|should)\b"
)
# "Complete up to December 2024" is the other half of "unfinished from October 2024", and says so of other months.
_UNRIPE = re.compile(
    r"\b(?:unfinished|immature|incomplete|unlabelled|unsettled|excluded|dropped|unused|censored|left out|unknown"
    r"|missing|appears? to (?:be )?fall\w*|seems? to fall|drop in churn|too early|lower bound"
    r"|still open|do not count)\b"
    r"|(?:\bnot|n't|\bnever|\bno)(?: \w+){0,3}? (?:finished|complete\w*|matur\w*|ripe|closed|known|final"
    r"|settled|full|usable|used|count|done|in yet|over)\b|n't(?: \w+)? ?[.,;]|n't$|\|\s*no\b"
)
_ONLY = re.compile(r"\b(?:only|just|merely|solely|alone)\b")
# Said of a column in a month, these tell no change, unless one is told as well.
_UNCHANGED = re.compile(
    r"\b(?:the same|identical|unchanged|unaffected|constant|stable|throughout"
    r"|no (?:\w+ ){0,2}(?:change|jump|gap|drift|shift|break)s?"
    r"|without (?:an? |any )?(?:change|jump|gap|drift|shift|break)|never (?:chang\w*|mov\w*|drift\w*|shift\w*))\b"
)
_OTHERWISE = re.compile(
    r"\b(?:not|stopped|else|except|apart|more|less|opposite|revers\w*|rises?|falls?|fell|began|begins|starts?|started)\b|n't\b"
)
_POINTS_BACK = re.compile(
    r"^(?:but |and |so |because )?(?:it|this|that|the (?:column|field|flag))\b|\b(?:it|this|that) out\b"
)
_AFTER_CUE = re.compile(r"\b(?:since|from|in|after|began|started|until)\s+(?:\w+\s+)?$")
_REFERENCE_CUE = re.compile(
    r"\b(?:against|versus|vs\.?|reference|compare\w*|until|bins? from|relative to|months? from"
    r"|train(?:ing)? (?:set|months|data|window|period|sample|rows|table)|train(?:ed)? on|window)\b"
)

_LABELS_UNFINISHED = re.compile(
    r"\b(?:labels?|outcomes?|qlabel)\b.*\b(?:immature|unfinished|incomplete"
    r"|not (?:yet )?(?:complete|mature|finished))\b"
)
# What was thought or may be is no statement that it is so.
_SUSPECTED = re.compile(r"\b(?:thought|suspect\w*|fear\w*|wonder\w*|could|might|may)\b")
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
    lowered = claim.text.lower().replace("–", "-").replace("—", "-")
    for said in months_in(lowered):
        if places and not _COMPARED.search(lowered[: said.at]):
            yield min(places, key=lambda place: abs(place[1] - said.at))[0], said


def check_findings(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Leaks, changes with their month, unfinished labels, duplicates and repeated customers in one claim."""
    yield from _leaks(claim, facts)
    yield from _changes(claim, facts)
    yield from _maturity(claim, facts)
    for pattern, said in ((DUPLICATE_KINDS, DUPLICATES_SAID), (GROUP_KINDS, GROUP_SAID)):
        defect = next((d for d in facts.defects if pattern.search(d.kind)), None)
        match = said.search(claim.own)
        if said is DUPLICATES_SAID and _denies_duplicates(claim.own):
            continue
        if defect and match:
            yield Check(f"defect {defect.kind}", match.group(), f"{defect.kind} is in the data", True, claim)


def _denies_duplicates(own: str) -> bool:
    return bool(_NO_DUPLICATE.search(own)) and not _REPAIRED.search(_NO_DUPLICATE.sub("", own))


def leak_told_of(column: str, claim: Claim, facts: Facts) -> Iterator[Check]:
    """A leak told in the sentence after the one that names its column: "It is filled when the customer has gone"."""
    if not claim.columns and _POINTS_BACK.search(claim.own):
        for check in _leaks(replace(claim, columns=(column,)), facts):
            if check.agrees:
                yield replace(check, claim=claim)


def _leaks(claim: Claim, facts: Facts) -> Iterator[Check]:
    leaks = {
        c
        for d in facts.defects
        if LEAK_KINDS.search(d.kind) and not GROUP_KINDS.search(d.kind)
        for c in d.columns
    }
    if not leaks:
        return
    named = ", ".join(sorted(leaks))
    groups = {c for d in facts.defects if GROUP_KINDS.search(d.kind) for c in d.columns}
    denied = _NO_LEAK.search(claim.own) and not _LEFT_OUT.search(claim.own)
    for column in claim.columns:
        if column in leaks and not denied and (LEAK_SAID.search(claim.own) or LEAK_STRONG.search(claim.own)):
            yield Check(f"defect leak {column}", f"{column} is a leak", f"leak: {named}", True, claim)
        elif column in leaks and re.search(
            r"\b(?:strongest|best|top|important) (?:feature|predictor)|psi\b", claim.own
        ):
            yield Check(
                f"use of leak {column}", f"{column} is used as a feature", f"leak: {named}", False, claim
            )
        elif (
            len(claim.columns) == 1
            and column not in groups | leaks
            and LEAK_STRONG.search(claim.own)
            and not _SUSPECTED.search(claim.own)
            and not re.search(
                r"\bif\b|\bno leak|\bencod\w*|(?:\bnot|n't|\bnever|\bcannot) (?:a |really )?leak", claim.own
            )
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
    for column, months in by_column.items():
        mine = [d for d in dated if column in d.columns]
        hit = next(((d, m) for d in mine for m in months if _within(d, m.month)), None)
        if hit and _UNCHANGED.search(claim.own):
            rest = _UNCHANGED.sub("", claim.own)
            if not (CHANGE_STRONG.search(rest) or _OTHERWISE.search(rest)):
                continue
        if hit:
            defect, said = hit
            yield Check(
                f"defect {defect.kind} {column}", f"{column}: {said.month}", defect_fact(defect), True, claim
            )
            continue
        if (
            not CHANGE_STRONG.search(claim.own)
            or _REFERENCE_CUE.search(claim.own)
            or LEAK_STRONG.search(claim.own)
            or column in undated
        ):
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


def _undated(claim: Claim, dated: list[Defect], last: str | None) -> Iterator[Check]:
    """A month without a column: it agrees where a defect began then, and contradicts where a unit story did not."""
    months = months_in(claim.text)
    units = re.search(
        r"\b(?:unit|mb|gb|kb|megabytes?|gigabytes?|price effect|price break|price flip)\b", claim.own
    )
    if _LABELS_UNFINISHED.search(claim.own):
        return
    for said in months:
        defect = next((d for d in dated if d.start and months_apart(said.month, d.start) == 0), None)
        if defect and CHANGE_SAID.search(claim.own):
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
        and not UNFINISHED.search(claim.own)
        and not (last and months_apart(months[0].month, last) > 0)
        and not (claim.kind == "row" and len(months) > 1)  # a period of a table, whose end may be the change
        and not re.search(r"train|onwards|reference|window", claim.own)
    ):
        yield Check(
            "undated change",
            f"{units.group()}: {months[0].month}",
            "no defect begins in that month",
            False,
            claim,
        )


def _within(defect: Defect, month: str) -> bool:
    if not defect.start:
        return False
    if defect.end and months_apart(month, defect.start) >= 0 and months_apart(defect.end, month) >= 0:
        return True
    return abs(months_apart(month, defect.start)) <= 1


def _maturity(claim: Claim, facts: Facts) -> Iterator[Check]:
    defect = next((d for d in facts.defects if MATURITY_KINDS.search(d.kind) and d.start), None)
    if defect is None or defect.start is None or not UNFINISHED.search(f"{claim.own}"):
        return
    said = months_in(claim.text)
    if not said:
        return
    offsets = [months_apart(m.month, defect.start) for m in said]
    unripe = _UNRIPE.search(claim.own)
    # Whole are the months before the first unfinished one; of the unfinished ones none may be told alone.
    near = (-1 <= offset <= (2 if unripe else -1) for offset in offsets)
    others = unripe and min(offsets) > 0 and _ONLY.search(claim.own)
    if any(near) and not others:
        yield Check("defect label maturity", said[0].month, defect_fact(defect), True, claim)
    elif re.search(
        r"\b(?:unfinished|immature|incomplete|not (?:yet )?(?:finished|complete|mature|ripe))\b",
        claim.own,
    ) and set(claim.columns) <= {facts.label.column}:
        yield Check("label maturity", said[0].month, defect_fact(defect), False, claim)
