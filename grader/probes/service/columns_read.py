"""Which columns the service reads: another value there moves the answer."""

from __future__ import annotations

from collections.abc import Sequence

from grader.probes.service.asking import predict_all
from grader.probes.service.session import Row, Session
from grader.probes.service.target import Target
from grader.probes.shared.text import Json

MOVED = 1e-6
"""Least move of an answer that counts; single precision in another order of a batch moves it by less."""
JITTER = 2.0
"""How many times the move between two answers to the same row another value must move it."""
SEEN_ROWS = 200


def columns_read(session: Session, target: Target, row: Row, names: Sequence[str]) -> frozenset[str]:
    """Return the columns (of `names`) whose smallest or largest value elsewhere, or null, moves the row's answer.

    Wrong input is tried there: what a service does with a column that it never looks at shows little.
    """
    changed = [(name, {**row, name: value}) for name in names for value in _others(session, name)]
    found = predict_all(target, [row, *(one for _, one in changed), row], session.patience(20))
    least = max(MOVED, JITTER * abs(found[-1] - found[0]))
    return frozenset(
        name for (name, _), chance in zip(changed, found[1:-1], strict=True) if abs(chance - found[0]) > least
    )


def _others(session: Session, name: str) -> list[Json]:
    values = [row.get(name) for row in session.parity[:SEEN_ROWS]]
    known = sorted({value for value in values if isinstance(value, int | float)} or {v for v in values if v})
    return [*known[:1], *known[-1:], None]
