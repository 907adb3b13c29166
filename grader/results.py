"""`report.json`: scores with evidence, phases, flags, and the numbers behind the plots (schema version 1)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.types import (
    CellOutput,
    ExecutorName,
    Model,
    PhaseRecord,
    Proof,
    ReadmeBlock,
    Reason,
    Status,
    Suggestion,
)


class ProgramValue(Model):
    """What the program gave before a person set another level."""

    points: float
    level: int | None
    status: Status


class PersonLevel(Model):
    """Who set the level of a criterion, when (UTC, ISO 8601) and why, and what the program had given."""

    reviewer: str
    time: str
    reason: str
    program: ProgramValue


class DefendedLevel(Model):
    """The level of what was defended in the talk; who gave it, when (UTC, ISO 8601) and why. No point follows it."""

    level: int = Field(ge=1, le=4)
    reviewer: str
    time: str
    reason: str


class PersonState(Model):
    """Who confirmed or dismissed a flag, when (UTC, ISO 8601) and why."""

    reviewer: str
    time: str
    reason: str


class Finalised(Model):
    """Who declared the result final, and when (UTC, ISO 8601)."""

    reviewer: str
    time: str


class CriterionResult(Model):
    """One line of the rubric, scored or not; `points` is 0 unless `status` is `scored`.

    Where a person set the level, `points`, `level` and `status` are that person's and `person` keeps the program's.
    """

    id: str
    title: str
    points: float
    max: float
    level: int | None
    status: Status
    message: str
    evidence: tuple[Proof, ...] = ()
    confidence: float = 1.0
    suggestion: Suggestion | None = None
    reasons: tuple[Reason, ...] = ()
    person: PersonLevel | None = None


class DimensionResult(Model):
    """The criteria of one dimension; `level` is of points over assessable points.

    `defended` stands beside that level of the evidence once somebody has heard the candidate; null before.
    """

    id: Literal["audit", "evaluation", "serving", "readme"]
    title: str
    points: float
    max: float
    level: int | None
    criteria: tuple[CriterionResult, ...]
    defended: DefendedLevel | None = None

    @property
    def defended_level(self) -> int | None:
        """Return the level alone, as candidates see it."""
        return self.defended.level if self.defended else None


class RedFlag(Model):
    """Something a person must look at; only a person confirms or dismisses it."""

    id: str
    state: Literal["raised", "confirmed", "dismissed"]
    message: str
    evidence: tuple[Proof, ...] = ()
    person: PersonState | None = None


class ReliabilityBin(Model):
    """One equal-count bin of predicted probabilities; `low`..`high` a calibrated model's band."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


class LiftDecile(Model):
    """One decile of scores, 1 the highest; rates are shares of rows, capture of all churners."""

    decile: int
    customers: int
    churners: int
    churn_rate: float
    lift: float
    cumulative_capture: float


class CurvePoint(Model):
    """A point of the precision-recall curve."""

    recall: float
    precision: float


class ReplayBand(Model):
    """PR-AUC on the production replay: the submission between a dummy, the yardstick and the oracle."""

    dummy: float
    yardstick: float
    oracle: float
    submission: float | None
    claimed: float | None


class PlantLine(Model):
    """A planted defect or decoy and what the candidate said of it; for reviewers only.

    A decoy is `found` when it was reported at all: as a defect with credit 0, as harmless with credit 1.
    """

    id: str
    family: Literal["leakage", "change", "quality", "decoy"]
    columns: tuple[str, ...]
    from_month: str | None
    to_month: str | None
    summary: str
    found: bool
    credit: float
    said: str


class LatencyLine(Model):
    """Latencies under the brief's load in milliseconds, of the service or of one that does nothing; null unmeasured."""

    name: Literal["service", "do-nothing"]
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None


class FollowUp(Model):
    """A question for the talk: the results that speak for it, what to listen for, and answers of level 1 to 4."""

    id: str
    title: str
    ask: str
    because: tuple[str, ...] = ()
    listen_for: str
    levels: tuple[str, str, str, str]


class Figures(Model):
    """The numbers behind the plots; an empty tuple or null where they could not be measured."""

    months: tuple[str, ...] = ()
    base_rate: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    pr_curve: tuple[CurvePoint, ...] = ()
    pr_curve_baseline: tuple[CurvePoint, ...] = ()
    lift: tuple[LiftDecile, ...] = ()
    replay: ReplayBand | None = None
    plants: tuple[PlantLine, ...] = ()
    latency: tuple[LatencyLine, ...] = ()
    notebook: tuple[CellOutput, ...] = ()
    readme: tuple[ReadmeBlock, ...] = ()


class SubmissionId(Model):
    """What was graded."""

    name: str
    sha256: str


class PassMark(Model):
    """The mark of the rubric: the total to reach, and the level no dimension may be below."""

    total: float
    lowest_level: int


class RubricId(Model):
    """Which rubric graded it; `mark` is null in reports of versions that did not keep it."""

    version: str
    sha256: str
    mark: PassMark | None = None


class GraderId(Model):
    """Which grader graded it."""

    version: str


class Bonus(Model):
    """The seeded leak: reported, and neutralised in the served model."""

    points: float
    max: float
    status: Status = "scored"
    message: str
    evidence: tuple[Proof, ...] = ()


class Report(Model):
    """Everything a reader of the result needs; the same evidence, rubric, vault and review give the same bytes.

    `review` is the SHA-256 of the last line of `review.jsonl` when this was written, empty without one.
    `origin` is that of the key it was graded with, null in reports of versions that did not keep it.
    `without_question` are the weak criteria that no question of `follow_up` takes up.
    """

    schema_version: Literal[1] = 1
    submission: SubmissionId
    variant: str
    rubric: RubricId
    grader: GraderId
    executor: ExecutorName
    isolated: bool
    origin: Literal["practice", "issued"] | None = None
    total: float
    max: float
    pending: float
    not_assessed: float
    bonus: float
    bonus_detail: Bonus
    level: int
    verdict: Literal["pass", "borderline", "fail", "incomplete"]
    final: bool = False
    finalised: Finalised | None = None
    review: str = ""
    dimensions: tuple[DimensionResult, ...]
    phases: tuple[PhaseRecord, ...]
    red_flags: tuple[RedFlag, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    without_question: tuple[str, ...] = ()
    figures: Figures = Field(default_factory=Figures)
    environment: dict[str, str] = Field(default_factory=dict)
    limits: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
