"""The opinion of a language model: several checked answers per criterion, or pending where they cannot be trusted."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from grader.evidence.opinion import CriterionOpinion, Exchange, Opinion, pending
from grader.readme.claims import Claim, read_claims
from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.language_model.asking import Answer, answer_schema, bare, question
from grader.readme.language_model.endpoint import LanguageModel, ModelError
from grader.readme.visible import visible_blocks

SHORTEST_QUOTE = 12
MOST_APART = 1
"""Answers further apart than this many levels give no level."""
MOST_SENT = 20_000
"""Characters of the visible text that are sent; what is judged, 500 words and a grace, is far shorter."""
GONE = 3
"""Failures of the endpoint in a row after which it is not asked any more."""


def ask(
    model: LanguageModel,
    readme: str,
    facts: Facts,
    samples: int = 3,
    tell: Callable[[str], None] = lambda said: None,
) -> Opinion:
    """Ask for each criterion ``samples`` times; never raises for what the model does.

    ``tell`` gets a line after each criterion.
    """
    model = _AskedWhileThere(model)
    visible = "\n".join(block.text for block in visible_blocks(readme))[:MOST_SENT]
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
        found = "pending" if criteria[-1].level is None else f"level {criteria[-1].level}"
        seconds = sum(exchange.seconds for exchange in mine)
        tell(f"{len(criteria)} of {len(MAX_POINTS)}: {criterion}, {found}, {seconds:.1f} s")
    return Opinion(model=model.name, criteria=tuple(criteria), exchanges=tuple(exchanges))


class _AskedWhileThere:
    """A model that is not asked any more once it failed to answer `GONE` times in a row."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._failures = 0
        self._last = ""

    @property
    def name(self) -> str:
        return self._model.name

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        if self._failures >= GONE:
            raise ModelError(f"not asked after {GONE} failures in a row: {self._last}")
        try:
            text = self._model.answer(messages, schema, seed)
        except ModelError as error:
            # An endpoint that answers, in whatever form, is there.
            self._failures, self._last = 0 if error.answer else self._failures + 1, str(error)
            raise
        self._failures = 0
        return text


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
        answer = Answer.model_validate_json(bare(text))
        error = unusable(answer, visible, claims)
    except ModelError as failure:
        text, error = failure.answer, str(failure)
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

    Every quote must be in the text, whatever the level: a model that makes up quotes has not read it. Above level 1 it
    must quote, and one quote at least must be a statement rather than an instruction to the reader.
    """
    if answer.level > 1 and not answer.quotes:
        return "a level above 1 without a quote"
    spoken = " ".join(visible.split())
    for quote in answer.quotes:
        said = " ".join(quote.split())
        if len(said) < SHORTEST_QUOTE or said not in spoken:
            return f"a quote that is not in the README: {said[:80]!r}"
    if answer.level > 1 and not sources(answer.quotes, claims):
        return "the quotes hold nothing but instructions to the reader"
    return ""


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
        found = f"{len(answers)} of {len(exchanges)} answers usable"
        return pending(criterion, f"{found}: {'; '.join(errors)}", levels, apart)
    if apart > MOST_APART:
        return pending(criterion, f"the answers disagree: levels {_listed(levels)}", levels, apart)
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


def _listed(levels: tuple[int, ...]) -> str:
    return ", ".join(map(str, levels))
