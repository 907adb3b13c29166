"""The opinion of a language model: several checked answers per criterion, or pending where they cannot be trusted."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from grader.evidence.opinion import CriterionOpinion, Exchange, Opinion, pending
from grader.readme.claims import Claim, Reading, read_claims
from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS, CriterionId
from grader.readme.language_model.asking import Answer, answer_schema, bare, question
from grader.readme.language_model.endpoint import LanguageModel, ModelInFront
from grader.readme.language_model.replies import ModelError

SHORTEST_QUOTE = 12
MOST_APART = 1
"""Answers further apart than this many levels give no level."""
MOST_SENT = 20_000
"""Characters that are sent of the text within the word limit and its grace, which is far shorter."""
_PLACES = {"text", *Answer.model_fields}
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
    reading = read_claims(readme, facts)
    visible = "\n".join(block.text for block in reading.joined[: reading.read])[:MOST_SENT]
    exchanges: list[Exchange] = []
    criteria: list[CriterionOpinion] = []
    for criterion in MAX_POINTS:
        answers: list[Answer] = []
        mine: list[Exchange] = []
        for sample in range(samples):
            exchange, answer = _exchange(model, criterion, sample, visible, reading, facts)
            mine.append(exchange)
            if answer is not None:
                answers.append(answer)
        exchanges += mine
        criteria.append(_summary(criterion, answers, mine, reading.claims))
        found = "pending" if criteria[-1].level is None else f"level {criteria[-1].level}"
        seconds = sum(exchange.seconds for exchange in mine)
        tell(f"{len(criteria)} of {len(MAX_POINTS)}: {criterion}, {found}, {seconds:.1f} s")
    return Opinion(model=model.name, criteria=tuple(criteria), exchanges=tuple(exchanges))


class _AskedWhileThere(ModelInFront):
    """A model that is not asked any more once it failed to answer `GONE` times in a row."""

    def __init__(self, behind: LanguageModel) -> None:
        super().__init__(behind)
        self._failures = 0
        self._last = ""

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        if self._failures >= GONE:
            raise ModelError(f"not asked after {GONE} failures in a row: {self._last}")
        try:
            text = self._behind.answer(messages, schema, seed)
        except ModelError as error:
            self._failures, self._last = 0 if error.there else self._failures + 1, str(error)
            raise
        self._failures = 0
        return text


def _exchange(
    model: LanguageModel,
    criterion: CriterionId,
    sample: int,
    visible: str,
    reading: Reading,
    facts: Facts,
) -> tuple[Exchange, Answer | None]:
    messages = question(criterion, visible, reading.words, facts)
    started = time.monotonic()
    text, error, received, answer = "", "", "", None
    try:
        text = model.answer(messages, answer_schema(), seed=sample)
        answer = Answer.model_validate_json(bare(text))
        error = unusable(answer, visible, reading.claims)
    except ModelError as failure:
        text, error, received = failure.answer, str(failure), failure.received
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = first["loc"][0] if first["loc"] else "text"
        # A key that nobody asked for can be anything; it is in the answer that is kept.
        error = (
            f"the answer does not fit the schema: {place if place in _PLACES else 'a key'}: {first['msg']}"
        )
    kept = answer if answer is not None and not error else None
    exchange = Exchange(
        criterion=criterion,
        sample=sample,
        messages=tuple(messages),
        answer=text,
        error=error,
        received=received,
        without=model.without,
        level=kept.level if kept else None,
        seconds=round(time.monotonic() - started, 3),
    )
    return exchange, kept


def unusable(answer: Answer, visible: str, claims: tuple[Claim, ...]) -> str:
    """Why an answer cannot be used, empty where it can.

    Every quote must be in the text, whatever the level: a model that makes up quotes has not read it. Above level 1 it
    must quote, and one quote at least must be a statement that may count. The quote itself is not repeated here: it can
    hold anything that the model was told.
    """
    if answer.level > 1 and not answer.quotes:
        return "a level above 1 without a quote"
    spoken = " ".join(visible.split())
    for number, quote in enumerate(answer.quotes, start=1):
        said = " ".join(quote.split())
        if len(said) < SHORTEST_QUOTE or said not in spoken:
            return f"quote {number} of {len(answer.quotes)} is not in the README"
    if answer.level > 1 and not sources(answer.quotes, claims):
        return "no quote is a statement that may count: denied, reported, promised or told to the reader"
    return ""


def sources(quotes: Sequence[str], claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """The statements that may count and that the quotes are taken from, verbatim as they stand in the file.

    A quote that holds an instruction to the reader brings none, whatever else is in it.
    """
    texts = [(claim, " ".join(claim.text.split())) for claim in claims if claim.quote]
    found: list[str] = []
    for quote in quotes:
        said = " ".join(quote.split())
        around = [claim for claim, text in texts if said in text]
        within = [claim for claim, text in texts if len(text) >= SHORTEST_QUOTE and text in said]
        if any(claim.modality == "instruction" for claim in around + within):
            continue
        # Words that stand in a denied and in an asserted statement may be meant of either.
        if all(claim.pays or claim.modality == "repeated" for claim in around):
            found += [claim.quote for claim in around + within if claim.pays]
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
