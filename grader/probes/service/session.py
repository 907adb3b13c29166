"""What the prober was told, what it found so far, and how long it may go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.probes.shared.http_answers import Answer
from grader.probes.shared.text import Json

Row = dict[str, Json]
Floats = NDArray[np.float64]


@dataclass
class Patience:
    """How long a stage may take; a service that gives no answer six times running is given up."""

    end: float
    silent: int = 0
    asked: int = 0

    def spent(self) -> bool:
        """Return whether nothing more is to be sent."""
        return self.silent >= 6 or time.monotonic() > self.end

    def count(self, answer: Answer) -> None:
        """Take note of an answer."""
        self.asked += 1
        self.silent = 0 if answer.status else self.silent + 1


@dataclass
class Session:
    """The plan, the rows, and what was found so far."""

    plan: Mapping[str, Json]
    parity: list[Row]
    replay: list[dict[str, Json]]
    result: dict[str, Json] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    end: float = 0.0
    health_path: str = "/health"

    def patience(self, seconds: float) -> Patience:
        """Return patience for a stage, never beyond the end of the whole probe."""
        return Patience(min(time.monotonic() + seconds, self.end))


def guarded(session: Session, stage: str, work: Callable[[], Json], otherwise: Json) -> Json:
    """Return what a stage gives; an answer of a form that nobody thought of costs that stage only."""
    try:
        return work()
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        session.problems.append(f"{stage}: found an answer that cannot be read ({type(error).__name__})")
        return otherwise


def count_nulls(row: Row) -> int:
    """Return how many values of a row are null."""
    return sum(value is None for value in row.values())
