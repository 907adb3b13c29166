"""Metrics that sentences tell, held against the facts."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.facts import Facts
from grader.readme.figure_scope import plainly_said, scope_at, with_test_months_named
from grader.readme.figures import (
    ANY_METRIC,
    LIMITING,
    LISTS_LIMITS,
    METRICS,
    NUMBER,
    Check,
    Figure,
    figures_in,
    same_figure,
)
from grader.readme.version_check import version_scope
from grader.readme.wording import COLUMN

_SHARE = r"\(?\d+(?:\.\d+)? ?%"
SHARE_SCOPE = re.compile(
    rf"(?:(?:@|\bat\b) ?(?:the |our |a )?(?:(?:top|called|first|best) )?{_SHARE}"
    rf"|\b(?:in|of|among|for|on) (?:(?:the|our) )?(?:top|called|contacted|first|best) {_SHARE}"
    rf"|\b(?:in|of|among|for|on) (?:the|our) {_SHARE}|(?:\b(?:top|called|first|best)|@)[ -]?{_SHARE})"
    r" ?(?:of (?:the )?(?:list|customers|base))?(?: we (?:call|can (?:call|contact)))?\)?"
)
_SHARE_FIRST = re.compile(rf"^ ?(?:the |top )*{_SHARE}\)?")
_CUT_OF_COUNT = re.compile(
    r"@ ?\d+(?![\d.]| ?%)|\btop \d+(?![\d.]| ?%)|\bat (?:a )?(?:threshold |cut-?off )?(?:of )?0\.\d"
)
_CUT = re.compile(r"(?:@|\b(?:at|top|of the top|for the top|first|best)) ?\(?(\d+(?:\.\d+)?) ?%")
ALIKE = 1.3
"""Within this factor a rate of churn may be one of other rows."""
FLATTERS = 1.15
"""By what factor a figure is better than the fact when nobody believes that it is another model's."""
_LESS_IS_BETTER = ("brier", "ece")
_FALL = re.compile(r"\b(?:down|minus|declin\w*)\b")
MOST_FIGURES = 60
"""Of one sentence; no sentence of a person holds more."""
_DIFFERENCE = re.compile(
    r"\b(?:gains?|difference|improvement|increase|decrease|drop|fall|delta|loss|change|uplift|errors?|deviation|width|spread)"
    r" (?:in|of|for)(?: the)? $"
)
_THEN = re.compile(r"(?: ?\([^()]{0,30}\))? ?(?:->?|to) ?(\d+(?:\.\d+)?)(?: ?(%))?")
_ROSE = re.compile(r"\b(?:improv\w+|rose|went|brought|raised|increased|grew|lifted)\b[^,]*\bfrom $")
_UNITS_AFTER = re.compile(
    r"^\s*(?:points?|pts?|pp|months?|cohorts?|weeks?|days?|d\b|batches|bins|bands|x\b|times|groups"
    r"|or (?:more|less)\b|under\b|below\b|lower\b|worse\b|higher\b|better\b|above\b|ahead\b|(?:to|-) ?\d"
    r"|customers|in a row|ms|deciles|quarters?|calls|latest|newest|last|most recent|matured?|settled|finished|complete)"
)


def metric_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Figures of a sentence: the first number behind the name of a metric, or the one right before it."""
    own = with_test_months_named(claim.own, facts.test_months.first, facts.test_months.last)
    for name, pattern in METRICS.items():
        fact = facts.metrics.get(name)
        if fact is None:
            continue
        for match in pattern.finditer(claim.own):
            figure = _behind(name, match, claim) or _in_front(match, claim)
            if figure is None:
                continue
            end = figure.at + len(figure.said)
            scope = scope_at(own, figure.at, end, claim.context)
            if not scope or scope == "served":
                scope = version_scope(claim, facts, figure.at) or scope
            agrees = figure.equals(fact)
            if not agrees and (
                scope == "other"
                or (scope == "model" and not _flatters(name, figure, fact))
                or (scope == "" and not plainly_said(own, figure.at, end))
                or _excused(name, figure, match, claim, facts)
            ):
                continue
            yield Check(name, f"{match.group()} {figure}", f"{name} = {fact:g}", agrees, claim)


def _behind(name: str, match: re.Match[str], claim: Claim) -> Figure | None:
    """The number behind a metric's name that is its figure: no limit, no count, not of the next metric."""
    begin = match.end()
    rest = claim.own[begin : begin + (70 if name.endswith("capacity") else 60)]
    if name.endswith("capacity"):
        rest = (_SHARE_FIRST if match.group().endswith("@") else SHARE_SCOPE).sub(
            lambda m: " " * len(m.group()), rest, count=1
        )
    other = ANY_METRIC.search(rest)
    rest = rest[: other.start()] if other else rest
    number = NUMBER.search(rest)
    if not number or LIMITING.search(rest[: number.start()]):
        return None
    between = rest[: number.start()]
    if _UNITS_AFTER.search(rest[number.end() :]) and not _ROSE.search(between):
        return None
    if (
        len(between.strip()) > 46
        or between.endswith("[")
        or re.search(r"[.;](?:\s|$)", between)
        or re.search(rf"\bby\b|\bper\b|quartile|decile|\b{COLUMN}\b", between)
        or _DIFFERENCE.search(claim.own[: match.start()])
        or re.search(r"\b(?:if|break-?even|assum\w*|suppos\w*|would)\b", claim.own[: match.start()])
    ):
        return None
    # "0.19 -> 0.27", "rose from 0.19 to 0.27": what is now stands last.
    after = _THEN.match(rest, number.end())
    if after and ("->" in after.group() or _ROSE.search(between)):
        return Figure(after.group(1), after.group(2) == "%", begin + after.start(1))
    return Figure(number.group(1), number.group(2) == "%", begin + number.start(1))


def _in_front(match: re.Match[str], claim: Claim) -> Figure | None:
    """The number right before a metric's name ("0.19 PR-AUC"), where it is said to be the served model's."""
    before = re.search(r"(?<![\w./-])(0?\.\d{2,4})(?: (?:of|in|as|test))* $", claim.own[: match.start()])
    if not before or scope_at(claim.own, before.start(1), before.end(1), claim.context) != "served":
        return None
    return (
        None
        if LIMITING.search(claim.own[: before.start(1)][-30:])
        else Figure(before.group(1), False, before.start(1))
    )


def _flatters(name: str, figure: Figure, fact: float) -> bool:
    """Whether a figure is clearly better than the fact: behind another model's name nobody hides one of theirs."""
    value = float(figure.said)
    value = value / 100 if figure.percent or value > 1 else value
    return value < fact / FLATTERS if name in _LESS_IS_BETTER else value > fact * FLATTERS


def _excused(name: str, figure: Figure, match: re.Match[str], claim: Claim, facts: Facts) -> bool:
    """Whether a figure that is not the fact may be something else than the served model's."""
    fact = facts.metrics[name]
    if any(figure.equals(other) for other in facts.other_figures.get(name, ())):
        return True
    if of_another_cut(name, claim.own[max(match.start() - 30, 0) : match.end() + 40], facts):
        return True
    own = claim.own
    for other in figures_in(own)[:MOST_FIGURES]:
        elsewhere = scope_at(own, other.at, other.at + len(other.said), claim.context)
        was = _THEN.match(own, other.at + len(other.said))
        if other.equals(fact) and other.at != figure.at and not was and elsewhere not in {"model", "other"}:
            return True  # The fact stands in the same sentence, so the other number is a limit.
    known = [*facts.metrics.values(), facts.decision.threshold, facts.decision.capacity_share]
    between = own[match.end() : figure.at]
    if len(between) > len(" : is ") and any(figure.equals(value) for value in known if value is not None):
        return True  # the figure of something else, named in between
    if match.group() == "auc" and figure.equals(facts.metrics.get("pr_auc", -1.0)):
        return True  # there are two of that name
    if re.search(r"/|\band\b", between):
        return True
    if LISTS_LIMITS.search(f"{claim.heading} | {claim.lead[-90:]}") or (
        figure.percent and _FALL.search(between)
    ):
        return True
    said = float(figure.said)
    share = said / 100 if figure.percent or said > 1 else said
    if name == "base_rate" and ((not figure.percent and said >= 1) or fact / ALIKE < share < fact * ALIKE):
        return True  # a rate so near may be that of all rows
    rest = own[match.end() : match.end() + 60]
    return not figure.percent and said > 1 and "." not in figure.said and "%" not in rest


def spoken_rates(claim: Claim, facts: Facts) -> Iterator[Check]:
    """One call in three, 33 of 100: a rate in words agrees with a fact; it never contradicts one."""
    for match in re.finditer(
        r"\b(\d+) (?:in|of|out of|per) (?:a |every )?(\d{1,3})\b|\b(\d+(?:\.\d+)?) ?%|\b1/([1-9])\b",
        claim.own,
    ):
        if match.group(1):
            low, high = float(match.group(1)), float(match.group(2))
            value = low / high if high and low < high else 0.0
        elif match.group(4):
            value = 1 / float(match.group(4))
        else:
            value = float(match.group(3)) / 100
        for name in ("precision_at_capacity", "recall_at_capacity", "base_rate"):
            fact = facts.metrics.get(name)
            if fact and abs(value - fact) <= max(0.012 * (fact > 0.1), 0.0012):
                yield Check(name, match.group(), f"{name} = {fact:g}", True, claim)


def of_another_cut(name: str, around: str, facts: Facts) -> bool:
    """Whether a precision or recall is said to be that of another share of the customers than can be called."""
    share = facts.decision.capacity_share
    if share is None or not name.endswith("capacity"):
        return False
    if _CUT_OF_COUNT.search(around):
        return True
    match = _CUT.search(around)
    return match is not None and not same_figure(match.group(1), True, share)
