"""A candidate's spelling of column names, as the issued data spells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from grader.evidence.notebook import FindingClaim
from grader.truth import Truth


def in_issued_names(claims: Iterable[FindingClaim], truth: Truth) -> tuple[FindingClaim, ...]:
    """Return the findings with every column under its issued name, where only one can be meant.

    The exact name goes first; else upper and lower case, quotes and the signs between words make no difference.
    """
    issued = {"customer_id", "snapshot_month", truth.key.label.column, *truth.key.columns}
    alike = defaultdict(set)
    for name in issued:
        alike[_folded(name)].add(name)

    def spelled(name: str) -> str:
        meant = alike.get(_folded(name), set())
        return next(iter(meant)) if name not in issued and len(meant) == 1 else name

    return tuple(
        claim.model_copy(
            update={
                "columns": tuple(dict.fromkeys(map(spelled, claim.columns))),
                "where": {spelled(name): values for name, values in claim.where.items()},
            }
        )
        for claim in claims
    )


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
