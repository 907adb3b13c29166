"""Versions of the model that a README names."""

import re
from collections.abc import Iterator

from grader.readme.claims import Claim
from grader.readme.facts import Facts
from grader.readme.figure_scope import Scope, row_cells, scope_of
from grader.readme.figures import Check
from grader.readme.wording import VERSION

_FORMER_VERSION = re.compile(
    r"\b(?:back to|returns? to|goes back|go back|roll(?:s|ed)? back|reverts?|reverted|restor\w*|previous|former"
    r"|until)\b"
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


def version_checks(claim: Claim, facts: Facts) -> Iterator[Check]:
    """Versions that a claim names as the served one; those to come and those that were are no contradiction."""
    states = [scope_of(c.text, header=True) for c in row_cells(claim.own)] if claim.kind == "row" else []
    for said, served, written in versions_in(claim, facts):
        # The next number may be the model that is to come, a lower one what a rollback goes back to.
        coming = said == served + 1 and _TO_COME.search(f"{claim.context} {claim.own}")
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


def versions_in(claim: Claim, facts: Facts) -> Iterator[tuple[int, int, str]]:
    """The numbers of the versions of the served model that a sentence names, the served number, and as written."""
    version = facts.service.model_version
    number = re.search(r"(\d{1,18})\D*$", version) if version else None
    stem = re.split(r"[/:@]", version.lower())[0] if version else ""
    if version and number and stem != version.lower():
        for match in re.finditer(re.escape(stem) + r"[/:@]?\s?v?(\d{1,18})(?!\d)", claim.text.lower()):
            yield int(match.group(1)), int(number.group(1)), match.group()


def version_scope(claim: Claim, facts: Facts, place: int | None = None) -> Scope:
    """Whether the last version named before a place (or any, of a row) is the served one, another, or none is."""
    named = [said == served for said, served, _ in versions_in(claim, facts)]
    if place is not None:
        named = named[: claim.own[:place].count(VERSION)][-1:]
    return "" if not named else "served" if True in named else "other"
