"""Whether the action of a finding is one."""

from __future__ import annotations

import re

from grader.evidence.notebook import FindingClaim
from grader.truth import Plant

NO_ACTION = re.compile(
    r"\W*(?:(?:keep|kept|leave|left|ignored?|accept(?:ed)?|none|nothing|no|do nothing|not|n\W?a|null|x)"
    r"(?: (?:it|as(?: it)?[ -]is|change|action|needed|done))?)?\W*",
    re.I,
)
"""Words for doing nothing, alone; an action that says how something is kept is one."""
SETTLED = r"(?:decided?|determined?|defined?|discuss(?:ed)?|confirm(?:ed)?|clarif(?:y|ied)|agreed?|settled?|do|done)"
UNDECIDED = re.compile(
    rf"""(?:(?:is|still|yet|currently|needs)\ )*
    (?:to\ (?:be\ )?{SETTLED}(?:\ (?:later|yet))?
    |(?:not|nothing)\ (?:yet|now)(?:\ {SETTLED})?|(?:not|nothing|none)\ {SETTLED}\ (?:yet|so\ far)|none\ yet
    |(?:un(?:decided|determined|clear)|not\ (?:decided|determined|clear|started))(?:\ (?:yet|so\ far))?
    |open|pending|postponed|deferred|(?:{SETTLED}\ )?(?:it\ )?later(?:\ on)?|t\ ?b\ ?[acd]|todo)""",
    re.I | re.X,
)
"""Words for putting off what to do, alone; "open a ticket with the owner" is an action."""
KEPT_IN_GOOD_FAITH = frozenset(
    {"class_imbalance", "group_overlap", "missing_not_at_random", "selection_gap", "survivorship_bias"}
)
"""Facts that ask for a way of working and not for a change of the data, nulls that tell, and rows that are not there:
to keep is an answer."""


def acts(claim: FindingClaim, plant: Plant) -> bool:
    """Return whether something was done about a defect; about some of them to keep it is an answer, "later" is none."""
    words = re.sub(r"[\W_]+", " ", claim.action).strip()
    if UNDECIDED.fullmatch(words):
        return False
    if plant.kind in KEPT_IN_GOOD_FAITH:
        return bool(claim.action.strip())
    return NO_ACTION.fullmatch(claim.action) is None
