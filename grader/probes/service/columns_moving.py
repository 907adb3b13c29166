"""Which columns move the answers: rows are asked again with the value that another row has in a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.probes.service.asking import predict_all
from grader.probes.service.columns_read import JITTER, MOVED
from grader.probes.service.parity import FreshIds
from grader.probes.service.session import Floats, Patience, Row, Session
from grader.probes.service.target import Target
from grader.probes.service.wrong_requests import feature_columns
from grader.probes.shared.text import Json

ROWS = 40
DRAWS = 2
"""Other values that each row is asked with."""
ASKED_AGAIN = 6
"""Repeats of the rows as they are: what varies by request, as with two workers, shows in one or two by luck only."""


def columns_moving(session: Session, target: Target) -> list[dict[str, Json]]:
    """Return per column how many rows were answered with another issued value, and how many answers moved.

    A move counts where it is more than twice what any answer moves by itself over all repeats. Every request
    holds all rows, as an answer may depend on the others of its batch, under identifiers that occur nowhere: an
    answer kept by key would not move. The seeded leak is asked elsewhere, and columns that the service does not
    take, or has no two values of, are not asked.
    """
    rows, patience = session.parity[:ROWS], session.patience(40)
    if not rows:
        return []
    fresh = FreshIds(session)
    same = np.stack([predict_all(target, fresh.given(rows), patience) for _ in range(1 + ASKED_AGAIN)])
    if np.isnan(same).any():
        return []
    base, alone = np.median(same, axis=0), np.ptp(same, axis=0)
    least = max(MOVED, JITTER * float(alone.max()))
    told = []
    for column in feature_columns(session, target):
        name = column["name"]
        moves = _moves(session.parity, rows, name, base, target, fresh, patience)
        known = ~np.isnan(moves)
        if known.any():
            told.append({"name": name, "rows": int(known.sum()), "moved": int((moves[known] > least).sum())})
    return told


def _moves(
    issued: Sequence[Row],
    rows: Sequence[Row],
    name: str,
    base: Floats,
    target: Target,
    fresh: FreshIds,
    patience: Patience,
) -> Floats:
    """Return how far each row's answer moves at most with other values in a column, NaN where none was answered."""
    farthest = np.full(len(rows), np.nan)
    others = [_others(issued, place, row, name) for place, row in enumerate(rows)]
    for draw in range(DRAWS):
        places = [place for place, values in enumerate(others) if len(values) > draw]
        if not places:
            break
        asked = [
            {**row, name: values[draw]} if len(values) > draw else row
            for row, values in zip(rows, others, strict=True)
        ]
        found = predict_all(target, fresh.given(asked), patience)
        farthest[places] = np.fmax(farthest[places], np.abs(found - base)[places])
    return farthest


def _others(issued: Sequence[Row], place: int, row: Row, name: str) -> list[Json]:
    """Return the next values below a row, round the end, that differ from its own and from each other; no nulls."""
    found: list[Json] = []
    for step in range(1, len(issued)):
        value = issued[(place + step) % len(issued)].get(name)
        if value is not None and value != row.get(name) and value not in found:
            found.append(value)
            if len(found) == DRAWS:
                break
    return found
