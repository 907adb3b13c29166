"""All checks of the files, one after another; what cannot be looked at is said and fails nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.contract.delivery import check_delivery
from grader.contract.evaluation import check_exhibits, check_metrics, check_tracking
from grader.contract.findings import check_findings
from grader.contract.layout import check_layout
from grader.contract.notebook import check_notebook
from grader.contract.predictions import check_predictions
from grader.contract.problem import Problem
from grader.contract.texts import check_dockerfiles, check_readme
from grader.contract.work import Work, look_at

Check = Callable[[Work], Iterator[Problem]]
CHECKS: dict[str, Check] = {
    "delivery": check_delivery,
    "layout": check_layout,
    "notebook": check_notebook,
    "findings": check_findings,
    "predictions": check_predictions,
    "metrics": check_metrics,
    "lift and plots": check_exhibits,
    "tracking": check_tracking,
    "README": check_readme,
    "Dockerfile": check_dockerfiles,
}
SCORELESS = "This says whether the contract is kept; it says nothing about a score."


@dataclass(frozen=True)
class Looked:
    """What was looked at, what was not and why, and what came of it; seconds of wall time."""

    parts: tuple[str, ...]
    left: dict[str, str]
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def kept(self) -> bool:
        """Whether the contract is kept as far as was looked."""
        return not any(not one.note for one in self.problems)

    def joined(self, other: Looked) -> Looked:
        """Return this with what another look added."""
        left, problems = {**self.left, **other.left}, (*self.problems, *other.problems)
        return Looked((*self.parts, *other.parts), left, problems, self.seconds + other.seconds)

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "contract_kept": self.kept,
            "problems": [one.as_json() for one in self.problems if not one.note],
            "notes": [one.as_json() for one in self.problems if one.note],
            "looked_at": list(self.parts),
            "not_looked_at": self.left,
            "seconds": round(self.seconds, 2),
        }

    def lines(self) -> Iterator[str]:
        """Yield what a person reads, problems first."""
        for one in sorted(_gathered(self.problems), key=lambda p: p.note):
            yield from one.lines()
            yield ""
        for part, why in self.left.items():
            yield f"not looked at: {part} ({why})"
        count, notes = sum(not p.note for p in self.problems), sum(p.note for p in self.problems)
        told = "The contract is kept" if self.kept else f"{count} problem{'s' * (count != 1)}"
        yield f"{told}, {notes} note{'s' * (notes != 1)}; looked at {', '.join(self.parts)} in {self.seconds:.1f} s."
        yield SCORELESS


def check_files(root: Path) -> Looked:
    """Look at the files of a submission; nothing of it is run and no key is needed."""
    started = time.monotonic()
    work = look_at(root)
    parts: list[str] = []
    left: dict[str, str] = {}
    problems: list[Problem] = []
    for name, check in CHECKS.items():
        try:
            problems += list(check(work))
            parts.append(name)
        except ImportError as error:
            left[name] = f"needs the package {error.name or 'pandas'}: pip install pandas pyarrow"
    return Looked(tuple(parts), left, tuple(problems), time.monotonic() - started)


def _gathered(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return the problems with those that differ in their place only told once."""
    places: dict[Problem, list[str]] = {}
    for one in problems:
        places.setdefault(replace(one, place=""), []).append(one.place)
    return [
        replace(one, place=", ".join(where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else ""))
        for one, where in places.items()
    ]
