"""Rows that nobody was asked before, made of issued values: an answer that was kept serves none of them."""

from __future__ import annotations

import secrets

from grader.probes.service.parity import FreshIds
from grader.probes.service.session import Row, Session
from grader.probes.service.target import Target
from grader.probes.service.wrong_requests import feature_columns

TRIES = 30


class UnseenRows:
    """Makes rows that differ, in the columns that the service reads, from all it was asked and from each other.

    Each is an issued row with one value of another one, nulls included: rows of more mixed values would contradict
    themselves more often. The identifier occurs nowhere.
    """

    def __init__(self, session: Session, target: Target) -> None:
        allowed = [column["name"] for column in feature_columns(session, target)]
        read = {told["name"] for told in session.result.get("columns") or () if told["moved"]}
        self._names = [name for name in allowed if name in read] or allowed
        self._issued = session.parity
        asked = [*session.parity, *(row for part in session.replay for row in part["rows"])]
        self._seen = {self._read(row) for row in asked}
        self._fresh = FreshIds(session)
        self._random = secrets.SystemRandom()

    def given(self, count: int) -> list[Row]:
        """Return as many new rows; where the issued values make no new one, one that occurred."""
        return self._fresh.given([self._made() for _ in range(count)])

    def _made(self) -> Row:
        made: Row = {}
        for _ in range(TRIES):
            row, other = self._random.choice(self._issued), self._random.choice(self._issued)
            differing = [name for name in self._names if row.get(name) != other.get(name)]
            # Of two rows that differ in one column alone, the mix is the other row.
            name = self._random.choice(differing) if len(differing) > 1 else None
            made = {**row, name: other.get(name)} if name else {**row}
            if self._read(made) not in self._seen:
                break
        self._seen.add(self._read(made))
        return made

    def _read(self, row: Row) -> int:
        return hash(tuple(row.get(name) for name in self._names))
