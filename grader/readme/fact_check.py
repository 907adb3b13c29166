"""Statements of a README held against the facts: figures, thresholds, versions, delays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.readme.claims import Claim
from grader.readme.facts import Facts
from grader.readme.months import months_apart
from grader.readme.wording import COLUMN

METRIC_NAMES = {
    "pr_auc": r"pr[- ]?auc|average precision|(?:precision-recall|pr) (?:area|curve area)|precision-recall area|auprc",
    "roc_auc": r"roc[- ]?auc|auroc",
    "brier": r"brier(?: score)?",
    "ece": r"ece|(?:expected )?calibration error",
    "base_rate": r"base rate|churn rate|rate of churn|prevalence",
    "precision_at_capacity": r"precision(?! ?-recall)|prec@|hit rate",
    "recall_at_capacity": r"recall",
}
_NAMES = {name: re.compile(rf"\b(?:{pattern})\b@?") for name, pattern in METRIC_NAMES.items()}
_ANY_NAME = re.compile("|".join(f"(?:{pattern})" for pattern in METRIC_NAMES.values()))
_NUMBER = re.compile(r"(?<![\w./-])(\d+(?:\.\d+)?)(?: ?(%))?(?![\w/]|-\d|\.\d)")
_SCOPE = re.compile(
    r"(?:@|\b(?:at|in|of|among|for)\b)? ?(?:the )?(?:top|called|first|best"
    r"|@)? ?\(?\d+(?:\.\d+)? ?% ?(?:of (?:the )?(?:list|customers|base))?(?: we (?:call|can (?:call"
    r"|contact)))?\)?"
)
_LIMITING = re.compile(
    r"[<>≤≥±]|\b(?:under|below|above|over|less|more|least|most|than|by|outside|limit|floor|within"
    r"|between|drop\w*|falls?|fell|to|until|lower|higher|fewer|below:|min\w*|max\w*|if|target"
    r"|smaller|bigger|larger|greater|pass(?:es|ed)?|past|cross\w*|leaves?|reach\w*|breach\w*|breaks?|sinks?|sank|rises?"
    r"|beyond|exceed\w*|tolerance|ticket|red|amber|yellow|alarm|alert|interval|times|worry|worse|better|gain\w*|without)\b"
)
# Under "alarm when one of these is reached:" a figure is a limit, whatever stands beside it.
_LISTS_LIMITS = re.compile(
    r"\b(?:limits?|alarms?|alerts?|thresholds?|floors?|red (?:if|when)|tickets?)\b[^.]*:?$"
)
_ANOTHER_MODEL = re.compile(
    r"\b(?:logistic regression|logit|linear model|random forests?|decision trees?|xgboost|catboost|mlp|neural net\w*"
    r"|naive bayes|svm|k-?nn|ridge|lasso|dummy|baseline|untuned|before tuning"
    r"|(?:previous|old|former|first|earlier) (?:model|version|try|attempt|run))\b"
)
_PART_OF_THE_ROWS = re.compile(
    rf"\b(?:by|per|within|for|in) (?:each |every |the |one )?{COLUMN}\b|\b(?:segment|group|region|cohort|quartile)s?\b"
)
_LESS_IS_BETTER = ("brier", "ece")
_FALL = re.compile(r"\b(?:down|minus|declin\w*)\b")
_THE_SERVED_ONE = re.compile(r"\b(?:our|ours|my|mine|lightgbm|tuned|served|final|overall|whole|in total)\b")
_FORMER_VERSION = re.compile(
    r"\b(?:back to|returns? to|goes back|go back|roll(?:s|ed)? back|reverts?|reverted|restor\w*|previous|former"
    r"|until)\b"
)
_TAKEN_BACK = re.compile(r"\broll(?:ing)?[ -]?back\b|\balias\b")
_SERVES = re.compile(r"\b(?:runs?|serv\w*|live|answers?|points?|now|today)\b")
_UNITS_AFTER = re.compile(
    r"^\s*(?:points?|pts?|pp|months?|cohorts?|weeks?|days?|d\b|batches|bins|bands|x\b|times|groups"
    r"|customers|in a row|ms|deciles|quarters?|calls|latest|newest|last|most recent|matured?|settled|finished|complete)"
)


@dataclass(frozen=True)
class Check:
    """One statement beside its fact; ``topic`` names what was checked, so that repeats count once."""

    topic: str
    said: str
    fact: str
    agrees: bool
    claim: Claim


def same_figure(said: str, percent: bool, fact: float) -> bool:
    """Whether a written figure is the fact rounded to the digits shown; 33 %, 33 and 0.33 are the same."""
    value = float(said)
    digits = len(said.split(".")[1]) if "." in said else 0
    candidates = [(value, 10.0**-digits)]
    if percent or value > 1:
        candidates = [(value / 100, 10.0 ** -(digits + 2))]
        if not percent:
            candidates.append((value, 10.0**-digits))
    return any(abs(number - fact) <= 0.51 * step + 0.005 * abs(fact) for number, step in candidates)


def check_figures(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Metrics, threshold, capacity, latency, version and label delay that a claim states as facts."""
    yield from _metrics(claim, facts)
    yield from _decision(claim, facts)
    yield from _service(claim, facts)
    yield from _delay(claim, facts)
    yield from _extent(claim, facts)


def _metrics(claim: Claim, facts: Facts) -> Iterator[Check]:
    known = list(facts.metrics.values())
    known += [v for v in (facts.decision.threshold, facts.decision.capacity_share) if v is not None]
    for name, pattern in _NAMES.items():
        fact = facts.metrics.get(name)
        if fact is None:
            continue
        for match in pattern.finditer(claim.own):
            rest = (
                _SCOPE.sub(" ", claim.own[match.end() : match.end() + 70], count=1)
                if name.endswith("capacity")
                else claim.own[match.end() : match.end() + 60]
            )
            other = _ANY_NAME.search(rest)
            rest = rest[: other.start()] if other else rest
            number = _NUMBER.search(rest)
            if (
                not number
                or _LIMITING.search(rest[: number.start()])
                or _UNITS_AFTER.search(rest[number.end() :])
            ):
                continue
            between = rest[: number.start()]
            if (
                len(between) > 34
                or re.search(r"[.;](?:\s|$)", between)
                or re.search(r"\bby\b|\bper\b|quartile|decile", between)
            ):
                continue
            if re.search(r"\b(?:if|break-?even|assum\w*|suppos\w*|would)\b", claim.own[: match.start()]):
                continue
            said, percent = number.group(1), number.group(2) == "%"
            agrees = same_figure(said, percent, fact)
            if not agrees and any(
                same_figure(m.group(1), m.group(2) == "%", fact) for m in _NUMBER.finditer(claim.own)
            ):
                continue  # The fact stands in the same sentence, so the other number is a limit.
            if not agrees and (
                any(same_figure(said, percent, value) for value in known) or re.search(r"/|\band\b", between)
            ):
                continue
            if not agrees and (_LISTS_LIMITS.search(claim.lead[-90:]) or (percent and _FALL.search(between))):
                continue
            if not agrees and _of_another(
                name,
                float(said),
                percent,
                fact,
                f"{claim.context} {claim.own[: match.end() + number.end() + 30]}",
            ):
                continue
            if not agrees and name == "base_rate" and not percent and float(said) >= 1:
                continue
            if not agrees and not percent and float(said) > 1 and "." not in said and "%" not in rest:
                continue
            yield Check(
                name, f"{match.group()} {said}{' %' if percent else ''}", f"{name} = {fact:g}", agrees, claim
            )
    yield from _spoken_rates(claim, facts)


def _of_another(name: str, said: float, percent: bool, fact: float, around: str) -> bool:
    """Whether a figure may be that of another model or of some of the rows, named before it or close behind.

    Only one that flatters no more than the fact: behind "unlike the baseline" nobody hides a better figure of theirs.
    """
    value = said / 100 if percent or said > 1 else said
    if name == "base_rate" or (value < fact if name in _LESS_IS_BETTER else value > fact):
        return False
    named = [*_ANOTHER_MODEL.finditer(around), *_PART_OF_THE_ROWS.finditer(around)]
    return bool(named) and not _THE_SERVED_ONE.search(around[max(match.end() for match in named) :])


def _spoken_rates(claim: Claim, facts: Facts) -> Iterator[Check]:
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


_THRESHOLD = re.compile(
    r"\b(?:threshold|cut-?off|share (?:of \w+ )?(?:above|over|at)|scores? (?:above|over|at|of)"
    r"|customers (?:above|over)|flag(?:ged)? at|above|over|eligible: score)"
    r"(?: (?:of|is|was|at|above|over|the|for|today|we have|threshold|cut-?off"
    r"|score))*[ :(]*(?:[≥>]=? ?)?(0\.\d+)\b|[≥>]=? ?(0\.\d+)\b(?= (?:in|is|must|should|stay|\())"
)
_CAPACITY = re.compile(
    r"\b(?:top|capacity (?:is|of)|can (?:only )?(?:call|phone|contact|handle|reach|manage|bear)"
    r"|calls? (?:for )?(?:the )?(?:top |best )?|(?<!un-)(?<!un)called|call the|manage|precision@|prec@|recall@|phone)"
    r"(?: about| only| roughly| around)? ?(\d+(?:\.\d+)?) ?%"
)
_BOUND = re.compile(r"capacity|can |precision@|prec@|recall@")


def _decision(claim: Claim, facts: Facts) -> Iterator[Check]:
    threshold, capacity = facts.decision.threshold, facts.decision.capacity_share
    if threshold is not None:
        for match in _THRESHOLD.finditer(claim.own):
            said = match.group(1) or match.group(2)
            if re.search(r"(?:threshold|cut-?off) ?[<>]", match.group()):
                continue
            agrees = same_figure(said, False, threshold)
            strong = re.match(r"threshold|cut-?off|share|flag|eligible", match.group())
            if agrees or (strong and not re.search(r"psi|ks|p-value|ece|distance|auc|precision", claim.own)):
                yield Check("threshold", match.group().strip(), f"threshold = {threshold:g}", agrees, claim)
    if capacity is not None:
        for match in _CAPACITY.finditer(claim.own):
            agrees = same_figure(match.group(1), True, capacity)
            is_bound = _BOUND.match(match.group())
            if not agrees and not is_bound and float(match.group(1)) < capacity * 100:
                continue  # Capacity is an upper bound: whoever calls fewer keeps it.
            if agrees or not re.search(r"\b(?:not called|uncalled|not call|at random|control)\b", claim.own):
                yield Check(
                    "capacity", match.group().strip(), f"capacity = {capacity * 100:g} %", agrees, claim
                )


_P99 = re.compile(r"\bp99\b([^.;|]{0,40}?)(\d+(?:\.\d+)?) ?ms\b|\((\d+) (?:now|today)\)")


_MS = re.compile(r"\b(\d+(?:\.\d+)?) ?ms\b")


def _service(claim: Claim, facts: Facts) -> Iterator[Check]:
    p99, version = facts.service.p99_ms, facts.service.model_version
    if p99:
        for match in _P99.finditer(claim.own):
            if "p99" not in claim.own or (match.group(1) is not None and _LIMITING.search(match.group(1))):
                continue
            said = match.group(2) or match.group(3)
            agrees = abs(float(said) - p99) <= 0.1 * p99 + 1
            if not agrees and any(abs(float(ms) - p99) <= 0.1 * p99 + 1 for ms in _MS.findall(claim.own)):
                continue  # "p99 100 ms (measured 38 ms)": the first is a limit
            yield Check("latency", f"p99 {said} ms", f"p99 = {p99:g} ms", agrees, claim)
    if version:
        number = re.search(r"(\d{1,18})\D*$", version)
        stem = re.split(r"[/:@]", version.lower())[0]
        if number and stem != version.lower():
            for match in re.finditer(re.escape(stem) + r"[/:@]?\s?v?(\d{1,18})(?!\d)", claim.text.lower()):
                said, served = int(match.group(1)), int(number.group(1))
                # The next number may be the model that is to come, a lower one what a rollback goes back to.
                coming = said == served + 1 and re.search(r"\bnew|next|regist", claim.own)
                former = said < served and (
                    _FORMER_VERSION.search(claim.own)
                    or (_TAKEN_BACK.search(f"{claim.context} {claim.own}") and not _SERVES.search(claim.own))
                )
                agrees = said == served
                if not (coming or former):
                    yield Check("version", match.group(), f"version = {version}", agrees, claim)


_LABEL_DELAY = re.compile(
    r"\b(?:labels?|outcomes?|answers?|truth|who (?:has )?left|churn)\b[^.;|]{0,50}?\b(?:needs?"
    r"|takes?|after|only after|final after|complete after|known after|older than|for|within)\b[^.;"
    r"|]{0,15}?\b(\d+) (days?|months?|weeks?)\b"
)


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
            and not re.search(r"\b(?:some|part|early|already|not|third|1/3)\b", claim.own)
        ):
            yield Check("label delay", match.group()[-40:], f"label horizon = {horizon} days", agrees, claim)
    if re.search(rf"\b{horizon}[ -]?d", claim.own):
        yield Check("label delay", f"{horizon} days", f"label horizon = {horizon} days", True, claim)


def _extent(claim: Claim, facts: Facts) -> Iterator[Check]:
    first, last = facts.months.first, facts.months.last
    if first and last:
        months = months_apart(last, first) + 1
        for match in re.finditer(
            r"\b(\d{2,6}) (?:months (?:is|are|of (?:data|history|snapshots))|monthly snapshots)\b", claim.own
        ):
            yield Check(
                "months",
                match.group(),
                f"{first} to {last} = {months} months",
                int(match.group(1)) == months,
                claim,
            )
    count = len(facts.columns)
    if count:
        for match in re.finditer(r"\b(\d{1,6}) columns\b|\bcolumns: (\d{1,6})\b", claim.own):
            said = int(match.group(1) or match.group(2))
            if abs(said - count) <= 3:
                yield Check("columns", match.group(), f"{count} columns", True, claim)
