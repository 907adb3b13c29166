"""The opinion of a language model: several checked answers per criterion, or pending where they cannot be trusted."""

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.readme.claims import Claim, read_claims
from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.language_model.asking import Answer, answer_schema, question
from grader.readme.language_model.endpoint import LanguageModel, ModelError
from grader.readme.visible import visible_blocks

SHORTEST_QUOTE = 12
MOST_APART = 1
"""Answers further apart than this many levels give no level."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exchange(_Value):
    """One question and what came back; ``error`` says why an answer was not used and is empty otherwise."""

    criterion: CriterionId
    sample: int
    messages: tuple[dict[str, str], ...]
    answer: str
    error: str
    level: int | None
    seconds: float


class CriterionOpinion(_Value):
    """The middle of the usable levels with the statements that one such answer quotes, or ``pending``."""

    id: CriterionId
    status: Literal["suggested", "pending"]
    level: int | None
    levels: tuple[int, ...]
    disagreement: int
    quotes: tuple[str, ...]
    message: str


class Opinion(_Value):
    """All criteria, and every exchange word for word."""

    model: str
    criteria: tuple[CriterionOpinion, ...]
    exchanges: tuple[Exchange, ...]


def ask(model: LanguageModel, readme: str, facts: Facts, samples: int = 3) -> Opinion:
    """Ask for each criterion ``samples`` times; never raises for what the model does."""
    visible = "\n".join(block.text for block in visible_blocks(readme))
    claims = read_claims(readme, facts).claims
    exchanges: list[Exchange] = []
    criteria: list[CriterionOpinion] = []
    for criterion in MAX_POINTS:
        answers: list[Answer] = []
        mine: list[Exchange] = []
        for sample in range(samples):
            exchange, answer = _exchange(model, criterion, sample, visible, claims, facts)
            mine.append(exchange)
            if answer is not None:
                answers.append(answer)
        exchanges += mine
        criteria.append(_summary(criterion, answers, mine, claims))
    return Opinion(model=model.name, criteria=tuple(criteria), exchanges=tuple(exchanges))


def _exchange(
    model: LanguageModel,
    criterion: CriterionId,
    sample: int,
    visible: str,
    claims: tuple[Claim, ...],
    facts: Facts,
) -> tuple[Exchange, Answer | None]:
    messages = question(criterion, visible, facts)
    started = time.monotonic()
    text, error, answer = "", "", None
    try:
        text = model.answer(messages, answer_schema(), seed=sample)
        answer = Answer.model_validate_json(text)
        error = unusable(answer, visible, claims)
    except ModelError as failure:
        error = str(failure)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        error = f"the answer does not fit the schema: {'.'.join(map(str, first['loc'])) or 'text'}: {first['msg']}"
    kept = answer if answer is not None and not error else None
    exchange = Exchange(
        criterion=criterion,
        sample=sample,
        messages=tuple(messages),
        answer=text,
        error=error,
        level=kept.level if kept else None,
        seconds=round(time.monotonic() - started, 3),
    )
    return exchange, kept


def unusable(answer: Answer, visible: str, claims: tuple[Claim, ...]) -> str:
    """Why an answer cannot be used, empty where it can.

    Above level 1 it must quote, every quote must be in the text, and one at least must be a statement rather than
    an instruction to the reader.
    """
    if answer.level == 1:
        return ""
    if not answer.quotes:
        return "a level above 1 without a quote"
    spoken = " ".join(visible.split())
    for quote in answer.quotes:
        said = " ".join(quote.split())
        if len(said) < SHORTEST_QUOTE or said not in spoken:
            return f"a quote that is not in the README: {said[:80]!r}"
    return "" if sources(answer.quotes, claims) else "the quotes hold nothing but instructions to the reader"


def sources(quotes: Sequence[str], claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """The claims that the quotes are taken from, verbatim as they stand in the file."""
    said = [" ".join(quote.split()) for quote in quotes]
    found = []
    for claim in claims:
        text = " ".join(claim.text.split())
        if claim.modality == "instruction" or not claim.quote:
            continue
        if any(quote in text or (len(text) >= SHORTEST_QUOTE and text in quote) for quote in said):
            found.append(claim.quote)
    return tuple(dict.fromkeys(found))


def _summary(
    criterion: CriterionId, answers: list[Answer], exchanges: list[Exchange], claims: tuple[Claim, ...]
) -> CriterionOpinion:
    levels = tuple(sorted(answer.level for answer in answers))
    apart = levels[-1] - levels[0] if levels else 0
    if len(answers) * 2 <= len(exchanges):
        errors = dict.fromkeys(exchange.error for exchange in exchanges if exchange.error)
        return _pending(
            criterion,
            levels,
            apart,
            f"{len(answers)} of {len(exchanges)} answers usable: {'; '.join(errors)}",
        )
    if apart > MOST_APART:
        return _pending(criterion, levels, apart, f"the answers disagree: levels {_listed(levels)}")
    level = int(statistics.median_low(levels))
    first = next(answer for answer in answers if answer.level == level)
    return CriterionOpinion(
        id=criterion,
        status="suggested",
        level=level,
        levels=levels,
        disagreement=apart,
        quotes=sources(first.quotes, claims),
        message=first.reason,
    )


def _pending(criterion: CriterionId, levels: tuple[int, ...], apart: int, message: str) -> CriterionOpinion:
    return CriterionOpinion(
        id=criterion,
        status="pending",
        level=None,
        levels=levels,
        disagreement=apart,
        quotes=(),
        message=message,
    )


def _listed(levels: tuple[int, ...]) -> str:
    return ", ".join(map(str, levels))


def by_criterion(opinion: Opinion) -> Mapping[CriterionId, CriterionOpinion]:
    """The opinions by criterion id."""
    return {one.id: one for one in opinion.criteria}
