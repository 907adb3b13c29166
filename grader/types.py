"""The nouns every part of the grader shares: verdicts, findings of checks, levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

LEVEL_CREDITS = (0.25, 0.55, 0.85)
"""Credit below which a result is level 1, 2, 3; level 4 from the last one up."""

Status = Literal["scored", "pending", "not_assessed"]
ExecutorName = Literal["docker", "local"]
Reason = Literal["false_alarms", "worth_of_findings"]
"""Why a credit is lower than what it is about: findings that are none, or a run that pays as its findings do."""
OFFLINE_OPTION = "--offline-build"
OFFLINE = f"builds are offline ({OFFLINE_OPTION})"
"""How the detail of a build begins that asked for the network where the grading's option kept it away."""
ReadmeCriterion = Literal[
    "monitoring_inputs",
    "monitoring_outcomes",
    "retraining_triggers",
    "release_and_rollback",
    "grounded_in_this_work",
    "communication",
]


class Model(BaseModel):
    """A value read from or written to a file: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Verdict(StrEnum):
    """How a phase ended; exactly one per phase."""

    OK = "OK"
    REJECTED_INTAKE = "REJECTED_INTAKE"
    BUILD_FAIL = "BUILD_FAIL"
    TIMEOUT_CELL = "TIMEOUT_CELL"
    TIMEOUT_JOB = "TIMEOUT_JOB"
    OOM = "OOM"
    PIDS = "PIDS"
    DISK_LIMIT = "DISK_LIMIT"
    OUTPUT_LIMIT = "OUTPUT_LIMIT"
    KERNEL_DEAD = "KERNEL_DEAD"
    CRASH = "CRASH"
    SERVICE_DOWN = "SERVICE_DOWN"
    NOT_RUN = "NOT_RUN"
    INFRA_ERROR = "INFRA_ERROR"


class PhaseRecord(Model):
    """What is kept of a phase: verdict, wall seconds, peak memory in bytes, a sentence, capped output."""

    id: str
    verdict: Verdict
    seconds: float = 0.0
    detail: str = ""
    output_head: str = ""
    output_tail: str = ""
    peak_memory: int | None = None
    assessed: bool = True
    """False where the executor cannot run this phase at all (local: build and service)."""
    ours: bool = False
    """True where a failure, or the failure of what this phase waited for, is ours and not the candidate's."""

    @property
    def failed_on_our_side(self) -> bool:
        """Return whether the phase says nothing of the submission because something of ours broke."""
        return self.ours or self.verdict is Verdict.INFRA_ERROR


class Proof(Model):
    """One piece of evidence: where it is, what was said there, what we measured."""

    file: str
    where: str = ""
    said: str = ""
    measured: str = ""


def proof(file: str, where: str = "", said: str = "", measured: str = "") -> Proof:
    """Build a Proof, each text cut to 400 characters."""
    return Proof(file=file[:400], where=where[:400], said=said[:400], measured=measured[:400])


class Suggestion(Model):
    """What a language model suggests beside the program's level 1..4; for reviewers only.

    `level` is null where its answers gave none, `answers` are the usable ones, and `moved` says that the level is
    the result's. `program_message` is the message without a word about the suggestion.
    """

    level: int | None
    answers: tuple[int, ...]
    program_level: int
    program_message: str
    moved: bool


@dataclass(frozen=True)
class Finding:
    """The answer of a check: credit in 0..1, a message the candidate can act on, and proof.

    With a `suggestion` the message speaks of it too, and candidates are shown that without. `reasons` say what
    held the credit down where the message may not be shown, in words that fit every variant.
    """

    credit: float
    message: str
    proofs: tuple[Proof, ...] = field(default=())
    confidence: float = 1.0
    suggestion: Suggestion | None = None
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.credit <= 1.0:
            raise ValueError(f"credit {self.credit!r} is outside 0..1")


def level_of(credit: float) -> int:
    """Level 1..4 of a credit in 0..1.

    >>> [level_of(c) for c in (0.0, 0.25, 0.55, 0.85)]
    [1, 2, 3, 4]
    """
    return 1 + sum(credit >= cut for cut in LEVEL_CREDITS)


class CellOutput(Model):
    """What a cell shows when run: plain text of at most 24 lines out of `lines`, figures only counted."""

    cell: int
    heading: str = ""
    code: str = ""
    text: str = ""
    lines: int = 0
    figures: int = 0


class ReadmeStatement(Model):
    """A sentence, item, row or setting of a README: for which criteria it counted, or why it did not."""

    text: str
    counted_for: tuple[ReadmeCriterion, ...] = ()
    not_counted: str = ""


class ReadmeBlock(Model):
    """A visible piece of a README with its statements in order.

    `level` is that of a heading, and 1 for the header of a table; `depth` is that of an item.
    """

    kind: Literal["heading", "paragraph", "item", "row", "code"]
    level: int = 0
    depth: int = 0
    statements: tuple[ReadmeStatement, ...]
