"""Cut-off, capacity and latency that a README states, held against the facts."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.facts import Facts
from grader.readme.figure_scope import plainly_said, scope_at, scope_of
from grader.readme.figures import LIMITING, LISTS_LIMITS, Check, same_figure
from grader.readme.version_check import version_scope

P99 = re.compile(r"\bp99\b|\b99th percentile\b")
_THRESHOLD = re.compile(
    r"\b(?:threshold|cut-?off|live cut|share (?:of \w+ )?(?:above|over|at)|scores? (?:above|over|at|of)"
    r"|customers (?:above|over)|flag(?:ged)? at|above|over|eligible: score)"
    r"(?: (?:of|is|was|at|above|over|the|for|today|in use|in production|we use|used|applied|we (?:serve|work) with"
    r"|we have|threshold|cut-?off|score))*[ :(]*(?:[≥>]=? ?)?(0\.\d+)\b"
    r"|[≥>]=? ?(0\.\d+)\b(?= (?:in|is|must|should|stay|\())"
    r"|\b(?:flag|call|contact)\w* (?:every|all|each|any|the)?\b[^.;|]{0,30}\bwith (?:a )?scores? "
    r"(?:of |above |over |from |>=? ?)(?:at least )?(0\.\d+)\b"
)
_FRACTION = re.compile(r"\b0\.\d+\b")
_CAPACITY = re.compile(
    r"\b(?:top|(?<!at )capacity(?: is| of| for|:)|can (?:only )?(?:call|phone|contact|handle|reach|manage|bear)"
    r"|calls? (?:for )?(?:the )?(?:top |best )?|(?<!un-)(?<!un)called|call the|manage|precision@|prec@|recall@|phone)"
    r"(?: about| only| roughly| around)? ?(\d+(?:\.\d+)?) ?%"
)
_BOUND = re.compile(r"capacity|can ")
# "The top 20 % hold 61 % of the leavers" is no capacity, and neither is precision@10 %.
_CUT_ALONE = re.compile(r"(?:top|precision@|prec@|recall@)")
_NOT_YET = re.compile(r"\b(?:planned|next year|would|could|if|once|later|from next|alternatively|what-if)\b")
_OF_CUSTOMERS = re.compile(
    r"[^.;,|]{0,12}\bof (?:the |all |our )*(?:customers|accounts|clients|members|base|households|users|firms)\b"
)
_OF_A_MACHINE = re.compile(r"\b(?:server|cpu|gpu|memory|disk|ram|cluster|load|pilot)\b")


def threshold_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """The cut-off of the scores, where it is said to be the one in use."""
    threshold = facts.decision.threshold
    for match in _THRESHOLD.finditer(claim.own) if threshold is not None else ():
        said = next(group for group in match.groups() if group)
        if threshold is None or re.search(r"(?:threshold|cut-?off) ?[<>]", match.group()):
            continue
        agrees = same_figure(said, False, threshold)
        strong = re.match(r"threshold|cut-?off|live cut|share|flag|call|contact|eligible", match.group())
        start = match.end() - len(said)
        if agrees or (
            strong
            and not re.search(r"psi|ks|p-value|ece|distance|auc|precision", claim.own)
            and not any(
                same_figure(said, False, threshold) for said in _FRACTION.findall(_clause(claim.own, start))
            )
            and not _is_elsewhere(claim, facts, start, match.end())
            and _is_ours(claim, start, match.end())
        ):
            yield Check("threshold", match.group().strip(), f"threshold = {threshold:g}", agrees, claim)


def _clause(text: str, at: int) -> str:
    """The part of a sentence between semicolons in which a place lies."""
    return text[text.rfind(";", 0, at) + 1 :].split(";", 1)[0]


def _is_ours(claim: Claim, start: int, end: int) -> bool:
    """Whether the figure at a place is said to be the served model's, or nothing else is said."""
    return scope_at(claim.own, start, end, claim.context) == "served" or plainly_said(claim.own, start, end)


def _is_elsewhere(claim: Claim, facts: Facts, start: int, end: int) -> bool:
    """Whether the figure at a place of a sentence is of another model, version, split, part or plan."""
    scope = scope_at(claim.own, start, end, claim.context)
    return scope in {"model", "other"} or (
        scope != "served" and version_scope(claim, facts, start) == "other"
    )


def capacity_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """The share of customers that can be called: an upper bound."""
    capacity = facts.decision.capacity_share
    for match in _CAPACITY.finditer(claim.own) if capacity is not None else ():
        if capacity is None:
            continue
        said = match.group().strip()
        agrees = same_figure(match.group(1), True, capacity)
        if not agrees and not _BOUND.match(said) and float(match.group(1)) < capacity * 100:
            continue  # Capacity is an upper bound: whoever calls fewer keeps it.
        if agrees or not (
            (not _OF_CUSTOMERS.match(claim.own, match.end()) and not _BOUND.match(said))
            or _CUT_ALONE.match(said)
            or _OF_A_MACHINE.search(claim.own)
            or re.search(r"\b(?:not called|uncalled|not call|at random|control|week|day)\b", claim.own)
            or _NOT_YET.search(claim.own)
            or (claim.kind == "row" and said.startswith("capacity") and not scope_of(claim.own))
        ):
            yield Check("capacity", said, f"capacity = {capacity * 100:g} %", agrees, claim)


_LATENCY = re.compile(
    r"(?:\bp99\b|\b99th percentile\b)([^.;|]{0,40}?)(?<![+-])(\d+(?:\.\d+)?) ?(ms|milliseconds?|s|sec|seconds?)\b"
    r"|\((\d+) (?:now|today)\)"
)
_MS = re.compile(r"\b(\d+(?:\.\d+)?) ?ms\b")
_ANOTHER_PERCENTILE = re.compile(r"\b(?:p50|p90|p95|median|mean|average|typical\w*)\b[^,;|]{0,20}$")


def latency_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """The 99th percentile of the served model's latency, within a tenth."""
    p99 = facts.service.p99_ms
    for match in _LATENCY.finditer(claim.own) if p99 else ():
        named = P99.search(claim.own)
        if not p99 or not named or (match.group(1) is not None and LIMITING.search(match.group(1))):
            continue
        group = 2 if match.group(2) else 4
        said, start, end = match.group(group), match.start(group), match.end(group)
        if (match.group(3) or "ms").startswith("s"):
            said = f"{1000 * float(said):g}"
        elif after := re.match(r" ?ms ?-> ?(\d+(?:\.\d+)?) ?ms\b", claim.own[end:]):
            said, start, end = after.group(1), end + after.start(1), end + after.end(1)
        agrees = abs(float(said) - p99) <= 0.1 * p99 + 1
        if not agrees and (
            # "p99 100 ms (measured 38 ms)": the first is a limit
            any(
                abs(float(ms.group(1)) - p99) <= 0.1 * p99 + 1
                and ms.start(1) > start
                and not _ANOTHER_PERCENTILE.search(claim.own[: ms.start(1)])
                for ms in _MS.finditer(claim.own)
            )
            or _is_elsewhere(claim, facts, start, end)
            or not _is_ours(claim, start, end)
            or LISTS_LIMITS.search(f"{claim.heading} | {claim.lead[-90:]}")
        ):
            continue
        yield Check("latency", f"p99 {said} ms", f"p99 = {p99:g} ms", agrees, claim)
