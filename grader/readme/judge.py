"""Judge a README: read its claims, hold them against the facts, give each criterion its level."""

from collections.abc import Mapping

from grader.readme.claims import WORD_LIMIT, Reading, read_claims
from grader.readme.communication import assess_communication
from grader.readme.elements import Assessment
from grader.readme.evidence import Reckoning, reckon
from grader.readme.facts import Facts
from grader.readme.grounding import assess_grounding
from grader.readme.judgment import MAX_POINTS, CriterionId, ReadmeJudgment, criterion_judgment
from grader.readme.language import looks_english
from grader.readme.marking import marked_blocks
from grader.readme.ordinal import OrdinalModel, fitted_models
from grader.readme.plan import assess_plan
from grader.readme.reader import ClaimReader, fitted_reader
from grader.types import ReadmeBlock

MOST_CHARACTERS = 400_000
FOREIGN_CONFIDENCE = 0.3
"""Confidence at most in a text that is not English, low enough to be sent to a person."""
_PLAN: tuple[CriterionId, ...] = (
    "monitoring_inputs",
    "monitoring_outcomes",
    "retraining_triggers",
    "release_and_rollback",
)


def judge_readme(text: str, facts: Facts) -> ReadmeJudgment:
    """Judge a text (any string, at most the first 400,000 characters are looked at) against the facts.

    Pure and deterministic: the same text and facts give the same judgment. The total is the points-weighted
    sum of (level - 1) / 3 over the six criteria, 0..25.
    """
    return judge_with(text, facts, fitted_reader(), fitted_models())


def judge_with(
    text: str, facts: Facts, reader: ClaimReader, models: Mapping[CriterionId, OrdinalModel]
) -> ReadmeJudgment:
    """Judge with a reader and level models of one's own, as cross-validation does."""
    reading, _, assessed = _assess(text, facts, reader, models)
    visible = " ".join(block.text for block in reading.blocks)
    foreign = bool(reading.claims) and not looks_english(visible)
    remark = _remark(reading.words, len(reading.claims), foreign)
    criteria = tuple(
        criterion_judgment(
            criterion,
            assessed[criterion].level,
            confidence=min(assessed[criterion].confidence, FOREIGN_CONFIDENCE if foreign else 1.0),
            quotes=assessed[criterion].quotes,
            claims=assessed[criterion].checked,
            message="; ".join(part for part in (assessed[criterion].message, remark) if part),
        )
        for criterion in MAX_POINTS
    )
    return ReadmeJudgment(criteria=criteria, total=round(sum(c.points for c in criteria), 4))


def mark_readme(text: str, facts: Facts) -> tuple[ReadmeBlock, ...]:
    """The text as it was read: for what each statement counted, or why it did not; behind the word limit, unread.

    Only statements that say something of a plan or of the data are marked; `communication` marks none.
    """
    reading, reckoning, assessed = _assess(text, facts, fitted_reader(), fitted_models())
    return marked_blocks(reading, reckoning, assessed)


def _assess(
    text: str, facts: Facts, reader: ClaimReader, models: Mapping[CriterionId, OrdinalModel]
) -> tuple[Reading, Reckoning, dict[CriterionId, Assessment]]:
    reading = read_claims(_readable(text), facts)
    reckoning = reckon(reading.claims, reader.read(reading.claims), reader.elements)
    assessed: dict[CriterionId, Assessment] = {
        criterion: assess_plan(criterion, reckoning, facts, models[criterion]) for criterion in _PLAN
    }
    assessed["grounded_in_this_work"] = assess_grounding(reckoning, facts, models["grounded_in_this_work"])
    assessed["communication"] = assess_communication(reading, reckoning, models["communication"])
    return reading, reckoning, assessed


def _readable(text: str) -> str:
    """Drop signs that no text holds, so that a binary file is an empty text and not a crash."""
    text = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\x00", " ")


def _remark(words: int, claims: int, foreign: bool) -> str:
    if claims == 0:
        return "no readable text"
    if foreign:
        return "the text does not look like English, and only English is read; a person should look"
    if words > WORD_LIMIT * 1.1:
        return f"{words} words; only the first {int(WORD_LIMIT * 1.1)} were read"
    return ""
