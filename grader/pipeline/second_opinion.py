"""Ask a language model about the README once per grading, on the host, and keep every word in the evidence."""

from __future__ import annotations

import time
from contextlib import closing

from grader.checks.case import Case
from grader.checks.readme import facts_of
from grader.evidence.document import Evidence
from grader.evidence.opinion import Opinion, SecondOpinion, pending
from grader.pipeline.phase_cache import Measured, Outcome
from grader.pipeline.phase_key import Conditions, judge_hash
from grader.pipeline.progress import Progress
from grader.pipeline.units import Units
from grader.readme.facts import Facts
from grader.readme.judgment import MAX_POINTS
from grader.readme.language_model.endpoint import Endpoint, Settings
from grader.readme.language_model.opinion import ask
from grader.truth import Truth

NAME = "language model"


class OpinionMeasured(Measured):
    """What a language model said, as finished phases are kept."""

    opinion: Opinion


def with_second_opinion(
    evidence: Evidence,
    truth: Truth,
    settings: Settings,
    units: Units,
    conditions: Conditions,
    progress: Progress,
) -> Evidence:
    """Return the evidence with the opinion; whatever the endpoint does, the grading goes on.

    Answers to the same questions of an earlier grading are taken from where finished phases are kept. An opinion
    is kept only if every question was answered, so that what failed is asked again.
    """
    text = evidence.document.readme.text
    if not text.strip():
        return evidence
    progress.start(NAME)
    started = time.monotonic()
    try:
        opinion = _known_or_asked(evidence, truth, settings, units, conditions, progress)
    except Exception as error:  # noqa: BLE001 -- a defect of ours, whose words could hold the key: only its kind
        why = f"failed on our side: {type(error).__name__}"
        progress.note(why)
        opinion = Opinion(
            model=settings.model, criteria=tuple(pending(one, why) for one in MAX_POINTS), exchanges=()
        )
    waits = sum(one.level is None for one in opinion.criteria)
    said = f"{waits} of {len(opinion.criteria)} pending" if waits else "OK"
    progress.done(NAME, said, time.monotonic() - started)
    second = SecondOpinion(opinion=opinion, moves_points=settings.moves_points)
    return Evidence(evidence.document.model_copy(update={"second_opinion": second}), evidence.arrays)


def _known_or_asked(
    evidence: Evidence,
    truth: Truth,
    settings: Settings,
    units: Units,
    conditions: Conditions,
    progress: Progress,
) -> Opinion:
    text = evidence.document.readme.text
    facts = facts_of(Case(evidence, truth))
    key = _key(text, facts, settings, conditions)
    known = units.known(OpinionMeasured, key)
    if known is not None:
        progress.note("answered in an earlier grading of the same text; kept")
        return known.value.opinion
    with closing(Endpoint(settings)) as endpoint:
        opinion = ask(endpoint, text, facts, settings.samples, tell=progress.note)
    if all(one.answer for one in opinion.exchanges):
        units.keep(key, Outcome(OpinionMeasured(opinion=opinion)))
    return opinion


def _key(text: str, facts: Facts, settings: Settings, conditions: Conditions) -> str:
    """Return what the answers depend on as a hash; neither the key of the endpoint nor what follows from a level."""
    return conditions.key(
        "language_model",
        text=text,
        facts=facts.model_dump(mode="json", by_alias=True),
        asked=settings.model_dump(
            mode="json", include={"url", "model", "samples", "temperature", "answer_tokens"}
        ),
        judge=judge_hash(),
    )
