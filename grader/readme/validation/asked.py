"""The language model of the environment as a judge of the corpus; what it answered is kept, and never asked again."""

import atexit
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.evidence.opinion import Opinion
from grader.readme.facts import Facts
from grader.readme.judgment import ReadmeJudgment, criterion_judgment
from grader.readme.language_model.endpoint import (
    Endpoint,
    LanguageModel,
    ModelInFront,
    Settings,
    settings_from,
)
from grader.readme.language_model.opinion import ask
from grader.readme.language_model.replies import ModelError
from grader.readme.validation.corpus import Corpus
from grader.readme.validation.crossvalidate import Judge, JudgeMaker
from grader.readme.validation.measure import PENDING

ANSWERS = Path("build/language-model")
"""One file for every question that was answered, with the question and the answer word for word."""
UNANSWERED = 3
"""Texts in a row without a single answer after which the endpoint is taken for gone."""


class KeptAnswer(BaseModel):
    """What was asked and what came back; ``error`` says why it is no full answer and is empty otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: str
    messages: list[dict[str, str]]
    seed: int
    without: list[str]
    answer: str
    error: str


class KeepingModel(ModelInFront):
    """A language model whose answers are kept in a folder, each under all that it depends on.

    What the endpoint did not answer is not kept, so that it is asked again.
    """

    def __init__(self, behind: LanguageModel, settings: Settings, folder: Path) -> None:
        """``settings`` are those the model is asked with. Raises OSError where the folder cannot be made."""
        super().__init__(behind)
        self._settings = settings.model_dump(
            mode="json", include={"url", "model", "temperature", "answer_tokens"}
        )
        self._folder = folder
        self.asked = 0
        """How many questions went to the endpoint."""
        folder.mkdir(parents=True, exist_ok=True)

    def answer(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> str:
        """The kept answer to the same question, or a new one; raises ModelError as the model behind does.

        An answer that was given without what the endpoint takes now is no answer to the same question.
        """
        whole = json.dumps([self._settings, list(messages), schema, seed], sort_keys=True)
        path = self._folder / f"{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:32]}.json"
        kept = _kept(path)
        if kept is None or tuple(kept.without) != self.without:
            kept = self._new(messages, schema, seed)
            _keep(path, kept)
        if kept.error:
            raise ModelError(kept.error, answer=kept.answer, there=True)
        return kept.answer

    def _new(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], seed: int) -> KeptAnswer:
        self.asked += 1
        answer, error = "", ""
        try:
            answer = self._behind.answer(messages, schema, seed)
        except ModelError as failure:
            if not failure.there:
                raise
            answer, error = failure.answer, str(failure)
        asked = [dict(one) for one in messages]
        return KeptAnswer(
            model=self.name,
            messages=asked,
            seed=seed,
            without=list(self.without),
            answer=answer,
            error=error,
        )


def _kept(path: Path) -> KeptAnswer | None:
    try:
        return KeptAnswer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _keep(path: Path, kept: KeptAnswer) -> None:
    # A name of its own: several runs may share the folder.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(kept.model_dump_json(indent=1) + "\n")
    Path(draft).replace(path)


def language_model_judge(corpus: Corpus, answers: Path = ANSWERS) -> JudgeMaker:
    """The endpoint of the environment; it learns nothing from the corpus. What is pending is marked, and at level 1."""
    settings = settings_from()
    endpoint = Endpoint(settings)
    atexit.register(endpoint.close)
    asked = Asked(KeepingModel(endpoint, settings, answers), settings.samples, len(corpus.texts))

    def make(names: Sequence[str]) -> Judge:
        return asked.judge

    return make


class Asked:
    """A language model as a judge of many texts, which tells how far it is."""

    def __init__(
        self,
        model: KeepingModel,
        samples: int,
        texts: int,
        tell: Callable[[str], object] = sys.stderr.write,
    ) -> None:
        """``texts`` is how many will be judged, for the lines of progress that ``tell`` gets."""
        self._model = model
        self._samples = samples
        self._texts = texts
        self._tell = tell
        self._done = 0
        self._unanswered = 0

    def judge(self, text: str, facts: Facts) -> ReadmeJudgment:
        """The levels of the opinion; raises ModelError when the endpoint seems to be gone."""
        started = time.monotonic()
        before = self._model.asked
        opinion = ask(self._model, text, facts, self._samples)
        self._done += 1
        waits = sum(one.level is None for one in opinion.criteria)
        how = "kept" if self._model.asked == before else f"{time.monotonic() - started:.0f} s"
        self._tell(
            f"language model: {self._done} of {self._texts}, {how}, {waits} of {len(opinion.criteria)} pending\n"
        )
        self._there(opinion)
        return _judgment(opinion)

    def _there(self, opinion: Opinion) -> None:
        self._unanswered = 0 if any(one.answer for one in opinion.exchanges) else self._unanswered + 1
        if self._unanswered >= UNANSWERED:
            raise ModelError(
                f"no answer about {UNANSWERED} texts in a row: {opinion.exchanges[0].error}; "
                "what was answered is kept and not asked again"
            )


def _judgment(opinion: Opinion) -> ReadmeJudgment:
    criteria = tuple(
        criterion_judgment(
            one.id,
            one.level or 1,
            confidence=0.5,
            quotes=one.quotes,
            message=one.message if one.level else PENDING + one.message,
        )
        for one in opinion.criteria
    )
    return ReadmeJudgment(criteria=criteria, total=round(sum(item.points for item in criteria), 4))
