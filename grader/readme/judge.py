"""Judge a README: read its claims, hold them against the facts, give each criterion its level."""

from grader.readme.claims import WORD_LIMIT, read_claims
from grader.readme.communication import assess_communication
from grader.readme.elements import Assessment
from grader.readme.facts import Facts
from grader.readme.grounding import assess_grounding
from grader.readme.inputs import assess_inputs
from grader.readme.judgment import MAX_POINTS, CriterionId, ReadmeJudgment, criterion_judgment
from grader.readme.outcomes import assess_outcomes
from grader.readme.release import assess_release
from grader.readme.retraining import assess_retraining

MOST_CHARACTERS = 400_000


def judge_readme(text: str, facts: Facts) -> ReadmeJudgment:
    """Judge a text (any string, at most the first 400,000 characters are looked at) against the facts.

    Pure and deterministic: the same text and facts give the same judgment. The total is the points-weighted
    sum of (level - 1) / 3 over the six criteria, 0..25.
    """
    reading = read_claims(_readable(text), facts)
    assessed: dict[CriterionId, Assessment] = {
        "monitoring_inputs": assess_inputs(reading, facts),
        "monitoring_outcomes": assess_outcomes(reading, facts),
        "retraining_triggers": assess_retraining(reading, facts),
        "release_and_rollback": assess_release(reading, facts),
        "grounded_in_this_work": assess_grounding(reading, facts),
        "communication": assess_communication(reading),
    }
    remark = _remark(reading.words, len(reading.claims))
    criteria = tuple(
        criterion_judgment(
            criterion,
            assessed[criterion].level,
            confidence=assessed[criterion].confidence,
            quotes=assessed[criterion].quotes,
            claims=assessed[criterion].checked,
            message="; ".join(part for part in (assessed[criterion].message, remark) if part),
        )
        for criterion in MAX_POINTS
    )
    return ReadmeJudgment(criteria=criteria, total=round(sum(c.points for c in criteria), 4))


def _readable(text: str) -> str:
    """Drop signs that no text holds, so that a binary file is an empty text and not a crash."""
    text = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x00", " ")


def _remark(words: int, claims: int) -> str:
    if claims == 0:
        return "no readable text"
    if words > WORD_LIMIT * 1.1:
        return f"{words} words; only the first {int(WORD_LIMIT * 1.1)} were read"
    return ""
