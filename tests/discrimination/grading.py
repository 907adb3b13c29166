"""Grade submissions in Docker, one after another, with one executor and one phase cache."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.errors import SubmissionError
from grader.execution.docker import DockerExecutor
from grader.execution.limits import Limits
from grader.pipeline.grading import Order, grade
from grader.pipeline.phase_cache import PhaseCache
from grader.pipeline.progress import Silent
from grader.results import Report
from grader.rubric import load_rubric
from grader.truth import Truth, find_vault, load_truth

SHORT_LOAD = {"load_seconds": 4.0, "floor_seconds": 2.0}
"""The brief's rate for a fifth of its time, so that many services fit into an hour."""


@dataclass(frozen=True)
class Line:
    """A criterion of a report."""

    points: float
    most: float
    status: str
    message: str


@dataclass(frozen=True)
class Graded:
    """What matters of a report, as kept on disk; `refused` where no report came."""

    total: float
    bonus: float
    verdict: str
    lines: dict[str, Line]
    flags: tuple[str, ...] = ()
    phases: dict[str, float] | None = None
    refused: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**vars(self), "lines": {name: vars(line) for name, line in self.lines.items()}}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Graded:
        """Read what `as_json` gave."""
        lines = {name: Line(**line) for name, line in found["lines"].items()}
        return cls(**{**found, "lines": lines, "flags": tuple(found["flags"])})


class Gradings:
    """Grades against one vault; a context that closes its executor."""

    def __init__(self, vault: Path, work: Path) -> None:
        self.truth: Truth = load_truth(find_vault(vault, None))
        self.rubric = load_rubric()
        self.limits = Limits().model_copy(update=SHORT_LOAD)
        self._work = work
        self._cache = PhaseCache(work / "phases")
        self._executor: DockerExecutor | None = None

    def __enter__(self) -> Gradings:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.close()

    def grade(self, submission: Path, *, fresh: bool = False) -> Graded:
        """Grade a submission; what an earlier grading measured of the same files is used unless `fresh`."""
        if self._executor is None:
            self._executor = DockerExecutor()
        out = self._work / "result"
        shutil.rmtree(out, ignore_errors=True)
        cache = PhaseCache(self._work / "phases", fresh=fresh)
        order = Order(submission, self.truth, self.rubric, self.limits, out, cache)
        try:
            report = grade(order, self._executor, Silent())
        except SubmissionError as error:
            return Graded(0.0, 0.0, "refused", {}, refused=str(error))
        return graded_of(report)


def graded_of(report: Report) -> Graded:
    """Return what is kept of a report."""
    lines = {c.id: Line(c.points, c.max, c.status, c.message) for d in report.dimensions for c in d.criteria}
    flags = tuple(flag.id for flag in report.red_flags)
    phases = {phase.id: phase.seconds for phase in report.phases}
    return Graded(report.total, report.bonus, report.verdict, lines, flags, phases)


def read_graded(path: Path) -> Graded:
    """Read a kept result."""
    return Graded.from_json(json.loads(path.read_text(encoding="utf-8"))["graded"])


def read_report(report: dict[str, Any]) -> Graded:
    """Return what is kept of a report.json."""
    return graded_of(Report.model_validate(report))


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.rename(path)
