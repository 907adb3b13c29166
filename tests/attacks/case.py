"""One attack: what it tries, how it changes the clean submission, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.evidence.document import Evidence
from grader.results import Report

Surface = Literal["intake", "notebook", "files", "reading", "build", "service", "text", "whole"]
"""The part of a submission that an attack changes, which is the part of a grading that is run for it."""

Apply = Callable[[Path], "Path | None"]
"""Changes a copy of the clean submission in place, or returns an archive that is handed in instead."""


@dataclass(frozen=True)
class Got:
    """What came of an attack: verdicts by phase with details, and how its score compares with the clean one."""

    verdicts: Mapping[str, str]
    details: Mapping[str, str]
    above: float
    """Points and bonus above the clean submission, latency's left out, which no two runs share."""
    raised: Mapping[str, float]
    """Criteria with more points than the clean submission has."""
    canary: tuple[str, ...]
    """Places that hold the canary of the vault."""
    left: tuple[str, ...]
    seconds: float
    work: Path
    """What containers were given: submission, data, requests; and the result."""
    evidence: Evidence | None = None
    report: Report | None = None
    result: Path | None = None


Check = Callable[[Got], "str | None"]
"""Says what else is wrong after an attack, or None."""


@dataclass(frozen=True)
class Attack:
    """A line of the corpus.

    `expects` is `phase VERDICT` with, in brackets, words that the phase's detail must hold; alternatives are
    separated by ` | `. `afterwards` holds whatever must be true beyond the rules that hold for every attack.
    """

    id: str
    surface: Surface
    tries: str
    expects: str
    apply: Apply
    afterwards: Check | None = None
    quick: bool = False
    """Part of the sample that every test run grades."""

    def __post_init__(self) -> None:
        if " " not in self.expects:
            raise ValueError(f"{self.id}: expected `phase VERDICT`, found {self.expects!r}")


@dataclass(frozen=True)
class Judged:
    """An attack with what came of it, and everything that should not have."""

    attack: Attack
    got: Got
    wrong: tuple[str, ...] = field(default=())


def judge(attack: Attack, got: Got) -> Judged:
    """Hold an outcome against the rules of all attacks and this one's own."""
    wrong = []
    if not any(_as_expected(words, got) for words in attack.expects.split(" | ")):
        found = ", ".join(f"{p} {v} ({got.details.get(p, '')[:300]})" for p, v in got.verdicts.items())
        wrong.append(f"expected {attack.expects}, found {found}")
    if got.above > 0:
        wrong.append(f"{got.above:+.1f} points above the clean submission: {dict(got.raised)}")
    wrong += [f"the canary is in {place}" for place in got.canary]
    wrong += [f"left behind: {what}" for what in got.left]
    ours = [p for p, v in got.verdicts.items() if v == "INFRA_ERROR" and p != "latency"]
    wrong += [f"{p} ended as our fault: {got.details.get(p, '')[:300]}" for p in ours]
    # A probe of ours may run out of what it is given; that it breaks on what it reads is a defect of ours.
    broken = [p for p, v in got.verdicts.items() if p.startswith("read_") and v == "CRASH"]
    wrong += [f"{p} broke: {got.details.get(p, '')[:300]}" for p in broken]
    more = attack.afterwards(got) if attack.afterwards else None
    if more:
        wrong.append(more)
    return Judged(attack, got, tuple(wrong))


def _as_expected(words: str, got: Got) -> bool:
    plain, _, told = words.partition(" [")
    phase, verdict = plain.split(" ")
    return got.verdicts.get(phase) == verdict and told.removesuffix("]") in got.details.get(phase, "")
