"""The program's judgment beside a language model's opinion: marked and suggested, moved only where switched on."""

from grader.readme.judgment import CriterionJudgment, ReadmeJudgment, criterion_judgment
from grader.readme.language_model.opinion import CriterionOpinion, Opinion, by_criterion

DOUBT = 0.5
"""Confidence of a level that the language model does not share; low enough to be sent to a person."""


def combined(judgment: ReadmeJudgment, opinion: Opinion, *, moves_points: bool = False) -> ReadmeJudgment:
    """Add the suggestion to each criterion's message; a different level lowers the confidence.

    Levels and points stay the program's unless ``moves_points``; pending never becomes a level.
    """
    opinions = by_criterion(opinion)
    criteria = tuple(_one(item, opinions[item.id], moves_points) for item in judgment.criteria)
    return ReadmeJudgment(criteria=criteria, total=round(sum(item.points for item in criteria), 4))


def _one(item: CriterionJudgment, opinion: CriterionOpinion, moves_points: bool) -> CriterionJudgment:
    if opinion.level is None:
        return item.model_copy(
            update={"message": f"{item.message}; language model: pending ({opinion.message[:120]})"}
        )
    said = ", ".join(map(str, opinion.levels))
    message = f"{item.message}; language model suggests level {opinion.level} (answers {said})"
    if opinion.level == item.level:
        return item.model_copy(update={"message": message})
    if not moves_points:
        return item.model_copy(update={"message": message, "confidence": min(item.confidence, DOUBT)})
    return criterion_judgment(
        item.id,
        opinion.level,
        confidence=DOUBT,
        quotes=opinion.quotes,
        claims=item.claims,
        message=f"{message}; it moved the level, the program's was {item.level}",
    )
