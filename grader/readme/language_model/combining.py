"""The program's judgment beside a language model's opinion: marked and suggested, moved only where switched on."""

from grader.evidence.opinion import CriterionOpinion, Opinion, by_criterion
from grader.readme.judgment import CriterionJudgment, ReadmeJudgment, criterion_judgment

DOUBT = 0.5
"""Confidence of a level that the language model does not share; low enough to be sent to a person."""


def combined(judgment: ReadmeJudgment, opinion: Opinion, *, moves_points: bool = False) -> ReadmeJudgment:
    """Add the suggestion to each criterion's message; a different level lowers the confidence.

    Levels and points stay the program's unless ``moves_points``; pending never becomes a level.
    """
    opinions = by_criterion(opinion)
    criteria = tuple(_one(item, opinions[item.id], moves_points) for item in judgment.criteria)
    return ReadmeJudgment(criteria=criteria, total=round(sum(item.points for item in criteria), 4))


def suggested(item: CriterionJudgment, opinion: CriterionOpinion, *, moves_points: bool) -> str:
    """What is said of the suggestion beside the program's level."""
    if opinion.level is None:
        return f"language model: pending ({opinion.message[:120]})"
    said = f"language model suggests level {opinion.level} (answers {', '.join(map(str, opinion.levels))})"
    if moved(item, opinion, moves_points=moves_points):
        return f"{said}; it moved the level, the program's was {item.level}"
    return said


def moved(item: CriterionJudgment, opinion: CriterionOpinion, *, moves_points: bool) -> bool:
    """Whether the level is the language model's; pending never becomes one."""
    return moves_points and opinion.level is not None and opinion.level != item.level


def _one(item: CriterionJudgment, opinion: CriterionOpinion, moves_points: bool) -> CriterionJudgment:
    message = f"{item.message}; {suggested(item, opinion, moves_points=moves_points)}"
    if opinion.level is None or opinion.level == item.level:
        return item.model_copy(update={"message": message})
    if not moves_points:
        return item.model_copy(update={"message": message, "confidence": min(item.confidence, DOUBT)})
    return criterion_judgment(
        item.id,
        opinion.level,
        confidence=DOUBT,
        quotes=opinion.quotes,
        claims=item.claims,
        message=message,
    )
