"""What a defect looks like to somebody who found it: the words for it, by its kind, with the column it is in.

A sentence that names the column of a known defect, and says of it what a defect of this kind does, tells it, in
whatever words. Kinds that nobody has described here are left to the other checks.
"""

from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.defect_denial import GROUP_KINDS, LEAK_KINDS, MATURITY_KINDS, defect_fact
from grader.readme.facts import Defect, Facts
from grader.readme.figures import Check
from grader.readme.finding_denial import denies_leak, says_all_is_well, says_unchanged
from grader.readme.months import months_apart, months_in
from grader.readme.symptom_words import (
    ALLOWED,
    BEGAN,
    BEGINS,
    CHECKS,
    COMPARES,
    DENIED,
    HOLDS,
    NO_CHANCE,
    OF_IT,
    ONE_IN,
    PARTS,
    PLANS,
    SAME_ONE,
    SHARE,
    SHORT_DATE,
    STAYS,
    SYMPTOMS,
    Symptom,
)

MISDATED = "misdated"
"""First word of the topic of a check that a known defect is told of other months than its own."""


def symptoms_told(claim: Claim, facts: Facts, column: str = "") -> Iterator[Check]:
    """Defects that a sentence tells by what they look like; ``column`` is the one its paragraph speaks of."""
    own = SAME_ONE.sub("", claim.own)
    told = [part for part in PARTS.split(claim.own) if not PLANS.search(part)]
    if not told or says_all_is_well(own) or says_unchanged(own) or DENIED.search(NO_CHANCE.sub("", own)):
        return
    columns = set(claim.columns) | ({column} if column and OF_IT.search(claim.own) else set())
    if facts.label.column and facts.label.column.lower() in claim.text.lower():
        columns.add(facts.label.column)
    months = [said.month for said in months_in(claim.text)]
    for defect in facts.defects:
        named = [name for name in defect.columns if name in columns]
        found = next((found for part in told if (found := _shown(defect, part, named=bool(named)))), None)
        if found is None:
            continue
        words, shown = found
        if not _dated_right(defect, months):
            if named and shown.named and _misdates(defect, claim, facts):
                said = f"{named[0]}: {months[0]}"
                yield Check(f"{MISDATED} {defect.kind} {named[0]}", said, defect_fact(defect), False, claim)
            continue
        if defect.start and not months and (shown.dated or _says_little(claim, words)):
            continue
        if shown.shared and not _is_share(claim.near, facts):
            continue
        if shown.beside and not shown.beside.search(claim.own):
            continue
        leaks = bool(LEAK_KINDS.search(defect.kind))
        if leaks and (ALLOWED.search(claim.own) or denies_leak(claim.own)):
            continue
        what = "leak" if leaks and shown.named else defect.kind
        where = f" {named[0]}" if named and shown.named else ""
        yield Check(f"defect {what}{where}", words, defect_fact(defect), True, claim)


def _shown(defect: Defect, own: str, *, named: bool) -> tuple[str, Symptom] | None:
    """The words of a sentence that fit a kind of defect, and the symptom that they are."""
    for symptom in SYMPTOMS:
        if symptom.kinds.search(defect.kind) and (named or not symptom.named):
            match = symptom.words.search(own)
            # Groups show in two ways, all others in that of the first kind that fits theirs.
            if match or not GROUP_KINDS.search(defect.kind):
                return (match.group(), symptom) if match else None
    return None


def _says_little(claim: Claim, words: str) -> bool:
    """Whether a sentence without a month may be a check that runs, or has its month in another line or form."""
    part = next((part for part in PARTS.split(claim.own) if words in part), claim.own)
    return claim.kind in {"code", "row"} or bool(SHORT_DATE.search(claim.own) or CHECKS.search(part))


def _is_share(near: str, facts: Facts) -> bool:
    """Whether a share is told that is, roughly, that of the customers who leave, or of those who do not."""
    told = [float(match[1]) / 100 for match in SHARE.finditer(near)]
    told += [1 / float(match[1]) for match in ONE_IN.finditer(near) if float(match[1])]
    rate = facts.metrics.get("base_rate")
    if rate is None or not 0 < rate < 1:
        return bool(told)
    return any(
        abs(share / of - 1) < tolerance
        for share in told
        for of, tolerance in ((rate, 0.25), (1 - rate, 0.03))
    )


def _misdates(defect: Defect, claim: Claim, facts: Facts) -> bool:
    """Whether a sentence says when a defect began or held, and it was at another time, by more than two months.

    A month that only stands in it, such as that of a value or a reference, dates nothing.
    """
    said = months_in(claim.text)
    if defect.onset is None or COMPARES.search(claim.own) or MATURITY_KINDS.search(defect.kind):
        return False
    first, last = defect.onset
    begins = [month.month for month in said if BEGINS.search(claim.text[: month.at].lower())]
    if begins:
        # What is told "since" a later month may be how it is since then, or that it is over.
        dates = BEGAN.search(claim.own) if defect.end is None else len(said) > 1
        later = dates and not STAYS.search(claim.own)
        return all(months_apart(first, m) > 2 or (later and months_apart(m, last) > 2) for m in begins)
    if defect.end is None or not all(HOLDS.search(claim.text[: month.at].lower()) for month in said[:1]):
        return False
    return all(months_apart(first, m.month) > 2 or months_apart(m.month, defect.end) > 2 for m in said)


def _dated_right(defect: Defect, months: list[str]) -> bool:
    """Whether no month is told, or one that the defect has; in defects of all months any is right."""
    return (
        defect.start is None
        or not months
        or any(defect.may_begin(month) or defect.holds(month) for month in months)
    )
