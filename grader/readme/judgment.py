"""The result of judging one README; its JSON is what ``takehome judge-readme --json`` prints."""

from pydantic import BaseModel, ConfigDict, Field

from grader.types import ReadmeCriterion

CriterionId = ReadmeCriterion

MAX_POINTS: dict[CriterionId, int] = {
    "monitoring_inputs": 5,
    "monitoring_outcomes": 5,
    "retraining_triggers": 5,
    "release_and_rollback": 4,
    "grounded_in_this_work": 4,
    "communication": 2,
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckedClaim(_Value):
    """A statement of the README beside the fact it was held against; ``agrees`` is None where unknown."""

    said: str
    fact: str
    agrees: bool | None


class CriterionJudgment(_Value):
    """One criterion: level 1..4, credit 0..1, points, how sure the program is, and what earned the level."""

    id: CriterionId
    level: int = Field(ge=1, le=4)
    credit: float = Field(ge=0, le=1)
    points: float = Field(ge=0)
    max: float = Field(gt=0)
    confidence: float = Field(ge=0, le=1)
    quotes: tuple[str, ...]
    claims: tuple[CheckedClaim, ...]
    message: str


class ReadmeJudgment(_Value):
    """All six criteria in the order of the rubric, and the points-weighted total (0..25)."""

    criteria: tuple[CriterionJudgment, ...]
    total: float = Field(ge=0)
    max: float = 25


def criterion_judgment(
    criterion: CriterionId,
    level: int,
    *,
    confidence: float,
    quotes: tuple[str, ...] = (),
    claims: tuple[CheckedClaim, ...] = (),
    message: str = "",
) -> CriterionJudgment:
    """Build a judgment with the credit and points that follow from the level: credit = (level - 1) / 3."""
    credit = (level - 1) / 3
    most = MAX_POINTS[criterion]
    return CriterionJudgment(
        id=criterion,
        level=level,
        credit=round(credit, 4),
        points=round(credit * most, 4),
        max=most,
        confidence=round(min(max(confidence, 0.0), 1.0), 2),
        quotes=quotes,
        claims=claims,
        message=message,
    )
