"""What a recipe says: how to make a submission from the reference, and what the grader must make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch

from tests.mutants.work import Work

NO_SERVICE = (
    "serving.*", "evaluation.generalises", "evaluation.decision", "evaluation.choices", "evaluation.tracking",
    "evaluation.reproduced", "evaluation.metrics", "evaluation.curves", "audit.evidence",
    "readme.grounded_in_this_work",
)  # fmt: skip
"""What hangs on a service that runs."""


@dataclass(frozen=True)
class Mutant:
    """The reference with one defect: the criterion that must see it, and those that may.

    `least`: the smallest share 0..1 of the reference's points of `criterion` that must go. `also`: criteria
    (patterns) whose points may move, because the same defect is honestly theirs as well. `bonus`: whether it goes.
    `real_notebook`: whether the reference's own notebook is kept, because it is what is broken.
    """

    id: str
    criterion: str
    least: float
    apply: Callable[[Work], None]
    also: tuple[str, ...] = ()
    bonus: bool = False
    real_notebook: bool = False

    def may_touch(self, criterion: str) -> bool:
        """Whether a criterion may move."""
        return criterion == self.criterion or any(fnmatch(criterion, pattern) for pattern in self.also)


@dataclass(frozen=True)
class Equivalent:
    """A solution as good as the reference in another form: what it deserves less than the reference, in points."""

    id: str
    apply: Callable[[Work], None]
    less: float = 0.0
    why: str = ""
    real_notebook: bool = False


@dataclass(frozen=True)
class Archetype:
    """A whole submission of a kind of candidate, and the totals between which it belongs."""

    id: str
    apply: Callable[[Work], None]
    low: float
    high: float
    real_notebook: bool = False
