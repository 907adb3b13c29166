"""What the service answers to the same row under another customer_id, which no model has a reason to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.evidence.document import Evidence
from grader.metrics import Floats


@dataclass(frozen=True)
class ByIdentifier:
    """Of `rows` asked also under identifiers that occur nowhere: how the answers moved, the identifier alone changed.

    `moved` rows are answered otherwise than under their own one, or not at all. Between two unknown identifiers
    `moved_between` of them differ: none where known keys are answered apart, many where a model reads the
    identifier. `between_fresh` and `mean_between` are the largest and mean move there, 0..1.
    """

    rows: int = 0
    moved: int = 0
    largest: float = 0.0
    moved_between: int = 0
    between_fresh: float = 0.0
    mean_between: float = 0.0

    @property
    def shown(self) -> str:
        """Return what was seen, in a sentence without its end; it blames nobody."""
        return (
            f"{self.moved} of {self.rows} rows are answered otherwise, or not at all, under one that occurs nowhere "
            f"(largest move {self.largest:.2g}), {self.moved_between} differ between two such"
        )


def by_identifier(evidence: Evidence, tolerance: float) -> ByIdentifier:
    """Compare answers under issued and unknown identifiers; all zero where none were asked."""
    known = evidence.array("service.parity")
    fresh, again = evidence.array("service.fresh_id"), evidence.array("service.fresh_id_again")
    if not fresh.size or fresh.size > known.size or again.size != fresh.size:
        return ByIdentifier()
    moves, answered = _moves(known[: fresh.size], fresh), np.isfinite(known[: fresh.size])
    between = _moves(fresh, again)
    return ByIdentifier(
        rows=int(fresh.size),
        moved=int((answered & ~(moves <= tolerance)).sum()),
        largest=_largest(moves),
        moved_between=int((between > tolerance).sum()),
        between_fresh=_largest(between),
        mean_between=float(between[np.isfinite(between)].mean()) if np.isfinite(between).any() else 0.0,
    )


def _moves(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.abs(left - right))


def _largest(moves: Floats) -> float:
    return float(moves[np.isfinite(moves)].max(initial=0.0))
