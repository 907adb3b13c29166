"""Where a service is asked and how rows are put into a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.probes.shared.text import Json


@dataclass(frozen=True)
class Shape:
    """How rows are put into a request; `many` takes a list, `fields` limits what a strict service allows."""

    key: str | None
    many: bool
    listed: bool = False
    fields: frozenset[str] | None = None

    def wrap(self, rows: Sequence[Json]) -> Json:
        """Return the document to send for these rows (one row where the shape takes one)."""
        inner: list[Json] = [
            {name: value for name, value in row.items() if self.fields is None or name in self.fields}
            if isinstance(row, dict)
            else row
            for row in rows
        ]
        document: Json = inner if self.many or self.listed else inner[0]
        return document if self.key is None else {self.key: document}

    @property
    def name(self) -> str:
        """Return how the shape is reported: `rows` is the contract's."""
        one = "[row]" if self.many or self.listed else "row"
        if self.key is None:
            return one
        return self.key if self.many else f'{{"{self.key}": {one}}}'


@dataclass(frozen=True)
class Target:
    """Where and how to ask, and where the probability is in the answer."""

    port: int
    route: str
    shape: Shape
    path: tuple[str | int, ...] = ()
