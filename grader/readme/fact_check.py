"""Statements of a README held against the facts: figures, cut-offs, versions, delays, extent."""

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.readme.claims import Claim
from grader.readme.decision_check import capacity_checks, latency_checks, threshold_checks
from grader.readme.facts import Facts
from grader.readme.figures import Check
from grader.readme.metric_check import metric_checks, spoken_rates
from grader.readme.months import months_apart, months_in
from grader.readme.table_check import table_checks
from grader.readme.version_check import version_checks

LONGEST = 1500
"""Signs of one statement that are looked at."""
_LABEL_DELAY = re.compile(
    r"\b(?:labels?|outcomes?|answers?|truth|who (?:has )?left|churn)\b[^.;|]{0,50}?\b(?:needs?"
    r"|takes?|after|only after|final after|complete after|known after|older than|for|within)\b[^.;"
    r"|]{0,15}?\b(\d+) (days?|months?|weeks?)\b"
)
_LABEL_WINDOW = re.compile(
    r"\b(?:label|target|churn (?:is|was) (?:defined|measured|counted))\b[^.;|]{0,40}?"
    r"\b(?:within|over|in|during)(?: the)?(?: next)? (\d+) days\b"
)
_HORIZON = re.compile(r"\b(?:label )?horizon(?: is| of|:| =)? (\d+) days\b")
_ANOTHER_DELAY = re.compile(
    r"\b(?:some|part|early|earlier|already|not|third|1/3|proxy|arriv\w*|com(?:e|es|ing)|known?|final|complete\w*|book\w*"
    r"|delay\w*|late\w*|after|until|instead|also|second|short\w*|would|could|if|tried|too|forecast\w*|job|load\w*|half|dropped|first)\b"
)
_MONTHS_OF_DATA = re.compile(
    r"\b(\d{2,6}) (?:months of (?:data|history|snapshots)|monthly snapshots)\b"
    r"|\b(?:data|file|table|history|set) (?:covers?|spans?|holds?|has|have|contains?) (?:\w+ )?(\d{2,6}) months\b"
)
_SUPPOSED = re.compile(r"\b(?:could|would|if|might|wish|need)\b")
# A window of months is what a job takes, not what there is.
_WINDOW = re.compile(
    r"\b(?:last|latest|recent|newest|past|first|next|previous|rolling|window|re-?train\w*|re-?fit\w*|train\w*|fit\w*"
    r"|keep|kept|store\w*|archiv\w*|need\w*|wait\w*|until|with only|at least|every|than|test\w*|valid\w*)\b"
)

_LABEL_NAME = re.compile(
    r"\b(?:target|label)(?: column| variable)?(?: is|:| =)(?: the)?(?: column)? [`*\"']{0,3}([a-z]\w*_\d+d)\b"
)
# "The extract covers January 2020 to December 2023": no part of the data lies outside of them.
_SPAN_OF_DATA = re.compile(
    r"\b(?:data|extract|file|snapshots?|table)\b[^.;|]{0,40}?(?:\bfrom\b|\bcovers?\b|\bspans?\b|\bruns?\b|:)"
)
_OTHER_SPAN = re.compile(
    r"\b(?:will|next|new|newer|future|plan\w*|production|live|since|older|history|historical|other|another|archiv\w*"
    r"|if|would|could|not|no|never|log\w*|crm|until|without|request\w*|asked?|calendar|publication|weather)\b"
)


def check_figures(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Metrics, threshold, capacity, latency, version and label delay that a claim states as facts."""
    if len(claim.own) > LONGEST:
        claim = replace(claim, own=claim.own[:LONGEST], text=claim.text[:LONGEST])
    told = table_checks(claim, facts) if claim.kind == "row" else None
    yield from told if told is not None else metric_checks(claim, facts)
    yield from spoken_rates(claim, facts)
    yield from capacity_checks(claim, facts)
    if told is None:
        yield from threshold_checks(claim, facts)
        yield from latency_checks(claim, facts)
    yield from version_checks(claim, facts)
    yield from _delay(claim, facts)
    yield from _extent(claim, facts)
    yield from _label_and_span(claim, facts)


def _delay(claim: Claim, facts: Facts) -> Iterator[Check]:
    horizon = facts.label.horizon_days
    if not horizon:
        return
    for match in _LABEL_DELAY.finditer(claim.own):
        days = float(match.group(1)) * {"d": 1, "w": 7, "m": 30.4}[match.group(2)[0]]
        agrees = 0.95 * horizon <= days <= 1.4 * horizon
        if agrees or (
            days < 0.6 * horizon
            and str(horizon) not in claim.own
            and not re.search(
                r"\b(?:some|part|early|already|not|third|1/3|half|job|load\w*|run)\b", claim.own
            )
        ):
            yield Check("label delay", match.group()[-40:], f"label horizon = {horizon} days", agrees, claim)
    for match in _LABEL_WINDOW.finditer(claim.own):
        if not 0.95 * horizon <= float(match.group(1)) <= 1.1 * horizon and not (
            _ANOTHER_DELAY.search(claim.own[: match.end()]) or str(horizon) in claim.own
        ):
            yield Check("label window", match.group()[-40:], f"label horizon = {horizon} days", False, claim)
    for match in _HORIZON.finditer(claim.own):
        if float(match.group(1)) != horizon and not (
            _ANOTHER_DELAY.search(claim.own[: match.end() + 30].replace(" after", " "))
            or re.search(rf"\b{horizon}\b", claim.own)
        ):
            yield Check("label window", match.group(), f"label horizon = {horizon} days", False, claim)
    if re.search(rf"\b{horizon}[ -]?d", claim.own):
        yield Check("label delay", f"{horizon} days", f"label horizon = {horizon} days", True, claim)


def _extent(claim: Claim, facts: Facts) -> Iterator[Check]:
    first, last = facts.months.first, facts.months.last
    if first and last:
        months = months_apart(last, first) + 1
        for match in _MONTHS_OF_DATA.finditer(claim.own):
            if _WINDOW.search(re.split(r"[,;:.(]", claim.own[: match.start()])[-1]):
                continue
            said = int(match.group(1) or match.group(2))
            # Fewer may be a part of them.
            if said >= months and not _SUPPOSED.search(claim.own):
                fact = f"{first} to {last} = {months} months"
                yield Check("months", match.group(), fact, said == months, claim)
    count = len(facts.columns)
    if count:
        for match in re.finditer(r"\b(\d{1,6}) columns\b|\bcolumns: (\d{1,6})\b", claim.own):
            said = int(match.group(1) or match.group(2))
            if abs(said - count) <= 3:
                yield Check("columns", match.group(), f"{count} columns", True, claim)


def _label_and_span(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Another label than that of the data, and data from months of which there are none."""
    said, label = claim.text.lower(), facts.label.column
    named = _LABEL_NAME.search(said)
    if named and label and named.group(1) != label.lower():
        yield Check("label", named.group(1), f"label = {label}", False, claim)
    first, last = facts.months.first, facts.months.last
    months = [m.month for m in months_in(said)]
    if not (first and last and len(months) == 2) or _OTHER_SPAN.search(said):
        return
    outside = months_apart(first, months[0]) > 0 or months_apart(months[1], last) > 0
    if outside and _SPAN_OF_DATA.search(said):
        fact = f"months = {first} to {last}"
        yield Check("months", f"{months[0]} to {months[1]}", fact, False, claim)
