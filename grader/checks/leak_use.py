"""Whether the seeded leak was reported, and whether the served model still uses it."""

from __future__ import annotations

from grader.checks.case import Case

ANSWERED = 0.9
"""Share of the requests with a changed leak that must be answered for a statement about it."""
JITTER = 1e-4
"""The most that answers may differ by themselves and still say something about the leak."""
BY_IDENTIFIER = 0.01
"""Mean move with the identifier alone up to which answers that move no farther are not the leak's."""
BEYOND_IDENTIFIER = 4.0
"""How far beyond that move the leak is behind one: the farthest of three values moves at most three times as far."""


def leak_moves_predictions(case: Case) -> float | None:
    """Largest move of a served probability when only the seeded leak changes; None where not measured.

    Moves that the same request asked again shows too (up to JITTER) are none of the leak, nor are those that
    another unknown identifier alone shows as well (on average up to BY_IDENTIFIER; beyond it nothing can be said).
    """
    asked = case.evidence.array("service.parity")
    fresh = case.evidence.array("service.fresh_id")
    base = fresh if fresh.size else asked
    changed = case.evidence.array("service.leak_changed")
    if not changed.size or not base.size:
        return None
    gaps = abs(changed - base[: changed.size])
    finite = gaps[gaps == gaps]
    if finite.size < ANSWERED * gaps.size:
        return None  # refusing the requests is no answer to the question
    again = case.evidence.array("service.repeated")
    shaken = abs(again - asked[: again.size])
    shaken = shaken[shaken == shaken]
    jitter = min(2 * float(shaken.max()), JITTER) if shaken.size else 0.0
    least = max(1e-6, jitter)
    worst, alone = float(finite.max()), case.by_identifier
    if worst <= least:
        return 0.0
    repeatable = shaken.size > 0 and float(shaken.max()) <= JITTER
    if repeatable and alone.between_fresh > least and finite.mean() <= BEYOND_IDENTIFIER * alone.mean_between:
        return 0.0 if alone.mean_between <= BY_IDENTIFIER else None
    return worst


def leak_was_reported(case: Case) -> bool:
    """Whether the seeded leak is matched by a finding that is more than a question."""
    return any(m.plant.seeded and m.credit >= 0.75 for m in case.matching.matches)
