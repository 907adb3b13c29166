"""Versions of the model that a README names."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.facts import Facts
from grader.readme.figure_scope import Scope, row_cells, scope_of
from grader.readme.figures import Check
from grader.readme.wording import NUMBERS, VERSION

_FORMER_VERSION = re.compile(
    r"\b(?:back to|returns? to|goes back|go back|roll(?:s|ed)? back|reverts?|reverted|restor\w*|previous|former"
    r"|archiv\w*|fallback|last year|until)\b"
)
_TO_COME = re.compile(
    r"\b(?:new|next|regist\w*|shadow|candidate|challenger|upcoming|staging|in training|canary|roll-?out|plan\b)"
)
_BETTER_THAN = re.compile(
    r"\b(?:delong|mcnemar|difference|improve\w*|gains?|better than|up from|(?:test|tested) against)\b"
)
_CONDITION = re.compile(r"\b(?:if|when|again|exceeds?|rollback:|roll back:)\b|\brollback\b")
_TAKEN_BACK = re.compile(r"\broll(?:ing)?[ -]?back\b|\balias\b")
_SERVES = re.compile(
    r"\b(?:runs?|serv\w*|live|answers?|points?|now|today|currently|current|deployed|in production|in use|beats?"
    r"|against)\b"
)
# Nothing but the name: "Model: churn/3".
_BARE = re.compile(
    r"(?:(?:the |our )?(?:model|version|release)(?: version| name)? ?(?:is|:|=)? ?)? ?qversion ?\.?"
)


Numbers = tuple[int, ...]
_ENDS = r"(?:[.,;:)`\"']?(?:\s|$)(?!%|and\b|times|trials|days|months|weeks|per|of|x\b|hyper|sets)|[)`\"'])"
_OF_A_LIBRARY = re.compile(r"\bpython\b|\blibrar\w*|\bpip\b|==|\b(?:learning rate|trials|trees)\b")
_DATE = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_IMAGE = re.compile(r"\bdocker\b|\bimage\b|-p \d|\brc\d")


def version_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Versions that a claim names as the served one; those to come and those that were are no contradiction."""
    states = [scope_of(c.text, header=True) for c in row_cells(claim.own)] if claim.kind == "row" else []
    for said, served, written in versions_in(claim, facts):
        # The next number may be the model that is to come, a lower one what a rollback goes back to.
        one_more = said == (served[0] + 1,) if len(served) == 1 else said > served
        coming = one_more and _TO_COME.search(f"{claim.context} {claim.own}")
        former = said < served and (
            _FORMER_VERSION.search(claim.own)
            or _CONDITION.search(claim.own)
            or _BETTER_THAN.search(claim.own)
            or (_TAKEN_BACK.search(f"{claim.context} {claim.own}") and not _SERVES.search(claim.own))
        )
        ours = (
            "served" in states
            if claim.kind == "row"
            else _SERVES.search(claim.own) or _BARE.fullmatch(claim.own)
        )
        if said == served or (ours and not (coming or former)):
            yield Check("version", written, f"version = {facts.service.model_version}", said == served, claim)


def versions_in(claim: Claim, facts: Facts) -> Iterator[tuple[Numbers, Numbers, str]]:
    """The versions of the served model that a sentence names, the served one, and as written.

    A version is its numbers: "churn/3" is (3,), "churn:1.2.0" is (1, 2, 0). Where a sentence gives fewer of them
    ("churn:1.2"), it names all versions that begin so, the served one among them.
    """
    stem, *rest = re.split(r"[/:@]", (facts.service.model_version or "").lower(), maxsplit=1)
    written = "".join(rest)
    served = _numbers(written)
    if not served:
        return
    # "The model was tuned 60 trials long", "predicts churn 90 days ahead": a number behind a space is a version only
    # where nothing is counted by it.
    joint = rf"(?:[/:@]\s?v?|[ _-]?v|\s(?=\S+?{_ENDS}))"
    pattern = rf"(?<![\w-]){re.escape(stem)}{joint}({NUMBERS})(?![\w%]|\.\d)"
    for match in re.finditer(pattern, claim.text.lower()):
        said = _numbers(match.group(1))
        ours = said == served[: len(said)] or _same_date(match.group(1), written)
        # "lgbm 4.5" beside Python is the library's where the model is lgbm/2025-01.
        of_a_library = (
            match.group()[len(stem)].isspace()
            and _OF_A_LIBRARY.search(claim.own)
            and _form(said) != _form(served[: len(said)])
        )
        if ours or not (_IMAGE.search(claim.own) or of_a_library):
            yield (served if ours else said), served, match.group()


def _same_date(said: str, served: str) -> bool:
    """Whether both are dates, and one is the other with its day or without its hyphen: 2025-01, 202501, 2025-01-15."""
    one, other = sorted((re.sub(r"\D", "", said), re.sub(r"\D", "", served)), key=len)
    return bool(_DATE.fullmatch(one) and _DATE.fullmatch(other)) and other.startswith(one)


def _form(version: Numbers) -> list[int]:
    """How many digits each number of a version has."""
    return [len(str(number)) for number in version]


def _numbers(written: str) -> Numbers:
    return tuple(int(number) for number in re.findall(r"\d{1,18}", written))


def version_scope(claim: Claim, facts: Facts, place: int | None = None) -> Scope:
    """Whether the last version named before a place (or any, of a row) is the served one, another, or none is."""
    named = [said == served for said, served, _ in versions_in(claim, facts)]
    if place is not None:
        named = named[: claim.own[:place].count(VERSION)][-1:]
    return "" if not named else "served" if True in named else "other"
