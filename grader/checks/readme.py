"""Production judgment: the README judged by what it claims, against what is known of this submission."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from grader.checks.case import Case
from grader.checks.evaluation import accepted_figures, recomputed_figures
from grader.evidence.opinion import SecondOpinion, by_criterion
from grader.readme.facts import Facts
from grader.readme.judge import FOREIGN_CONFIDENCE, judge_readme, mark_readme
from grader.readme.judgment import CriterionJudgment, ReadmeJudgment
from grader.readme.language import looks_english
from grader.readme.language_model.combining import combined, moved, suggested
from grader.truth import Key, MonthSpan, Plant
from grader.types import Finding, Proof, ReadmeBlock, Suggestion, proof


def facts_of(case: Case) -> Facts:
    """Return what the judge may check the text against: key, recomputed figures, the service as measured."""
    key, document = case.truth.key, case.evidence.document
    claimed = document.evaluation.metrics
    shipped = case.served_model
    other = "baseline" if shipped == "tuned" else "tuned"
    figures = {
        **(claimed.tuned if shipped == "tuned" else claimed.baseline),
        **recomputed_figures(case, shipped),
    }
    # What the submission says is known where the evaluation accepts it: a boast there excuses none here.
    known = (recomputed_figures(case, other), accepted_figures(case, other), accepted_figures(case, shipped))
    also = {name: tuple({part[name] for part in known if name in part}) for name in figures}
    load = document.service.latency
    return Facts.model_validate(
        {
            "columns": list(key.columns),
            "label": {"column": key.label.column, "horizon_days": key.label.horizon_days},
            "months": {"first": key.months.from_month, "last": key.months.to_month},
            "test_months": _months_of(case.test.month.tolist()),
            "defects": [_defect(plant, key) for plant in key.plants],
            "decoys": [
                {"kind": decoy.id, "columns": list(decoy.columns), **_span(decoy.months, key)}
                for decoy in key.decoys
            ],
            "metrics": {name: round(value, 6) for name, value in figures.items() if math.isfinite(value)},
            "other_figures": {name: sorted(values) for name, values in also.items() if values},
            "decision": _shares(claimed.decision) or {"capacity_share": case.truth.business.capacity_share},
            "service": {
                "p99_ms": load.p99_ms if load else None,
                "model_version": document.service.model_version or None,
            },
        }
    )


def _months_of(months: Sequence[str]) -> dict[str, str]:
    """The first and the last of some months `YYYY-MM`; empty where there are none."""
    return {"first": min(months), "last": max(months)} if months else {}


def _defect(plant: Plant, key: Key) -> dict[str, Any]:
    """A plant as a fact; where its start may be dated is what the audit accepts, too."""
    span, onset = _span(plant.months, key), plant.onset_months
    if onset and span["from"]:
        span |= {"onset_earliest": onset[0], "onset_latest": onset[1]}
    return {"kind": plant.kind, "columns": list(plant.columns), **span}


def _span(months: MonthSpan | None, key: Key) -> dict[str, str | None]:
    """Where something starts and ends; what is there in all months does neither, what lasts does not end."""
    if months is None:
        return {}
    last = key.months.to_month
    ends = months.to_month if last is None or (months.to_month or last) < last else None
    starts = months.from_month if ends or months.from_month > key.months.from_month else None
    return {"from": starts, "to": ends}


def _shares(decision: Mapping[str, float]) -> dict[str, float]:
    """The parts of a claimed decision that can be shares; what cannot is the evaluation's to complain of."""
    return {name: value for name, value in decision.items() if 0 < value <= 1}


@lru_cache(maxsize=4)
def _judged(text: str, facts: str) -> ReadmeJudgment:
    return judge_readme(text, Facts.model_validate_json(facts))


def unread_language(case: Case) -> bool:
    """Whether the README is not English, so that nothing can be said of what it names.

    The judge's own doubt is needed as well: it sees the visible text only, and foreign words in a comment do not
    make an English README unreadable.
    """
    text = case.evidence.document.readme.text
    if not text.strip() or looks_english(text):
        return False
    judged = _judged(text, facts_of(case).model_dump_json(by_alias=True))
    return all(line.confidence <= FOREIGN_CONFIDENCE for line in judged.criteria)


def marked(case: Case) -> tuple[ReadmeBlock, ...]:
    """The README as it was read, each statement with what it counted for; empty without one."""
    text = case.evidence.document.readme.text
    return mark_readme(text, facts_of(case)) if text.strip() else ()


def _judge(case: Case, criterion: str) -> Finding:
    text = case.evidence.document.readme
    if text.path is None or not text.text.strip():
        return Finding(0.0, "No README was found.", (proof("README.md", measured="missing or empty"),))
    judged = _judged(text.text, facts_of(case).model_dump_json(by_alias=True))
    second = case.evidence.document.second_opinion
    if second is not None:
        return _beside(text.path, judged, second, criterion)
    found = next(c for c in judged.criteria if c.id == criterion)
    return Finding(found.credit, found.message, _proofs(text.path, found), found.confidence)


def _beside(path: str, judged: ReadmeJudgment, second: SecondOpinion, criterion: str) -> Finding:
    """The program's judgment with a language model's suggestion, which moves the level only where switched on."""
    moves = second.moves_points
    both = combined(judged, second.opinion, moves_points=moves)
    plain, found = next(
        pair for pair in zip(judged.criteria, both.criteria, strict=True) if pair[0].id == criterion
    )
    opinion = by_criterion(second.opinion)[plain.id]
    said = suggested(plain, opinion, moves_points=moves)
    measured = f"the program's level {plain.level}"
    shown = proof(path, f"language model {second.opinion.model}", opinion.message, measured)
    return Finding(
        found.credit,
        # First, for where a message is cut.
        f"{said[0].upper()}{said[1:]}; {plain.message}",
        (shown, *_proofs(path, found)),
        found.confidence,
        Suggestion(
            level=opinion.level,
            answers=opinion.levels,
            program_level=plain.level,
            program_message=plain.message,
            moved=moved(plain, opinion, moves_points=moves),
        ),
    )


def _proofs(path: str, judged: CriterionJudgment) -> tuple[Proof, ...]:
    quotes = [proof(path, "quoted", said=quote) for quote in judged.quotes[:6]]
    words = {True: "agrees", False: "contradicts", None: "not known"}
    claims = [proof(path, "checked", c.said, f"{c.fact} ({words[c.agrees]})") for c in judged.claims[:8]]
    return tuple(quotes + claims)


def monitoring_inputs(case: Case) -> Finding:
    """Which inputs are watched, and how: named features, a statistic, a reference, a cadence or a threshold.

    Level 3 needs all of these for features of this data; level 4 a further case that shows experience. The
    level's credit is (level - 1) / 3. Terms without a use, negations and hearsay do not count.
    """
    return _judge(case, "monitoring_inputs")


def monitoring_outcomes(case: Case) -> Finding:
    """How it is known that scores are still right: before labels arrive, and once they have matured.

    Level 3 needs the score distribution, realised performance after a stated label delay, and a segment or a
    business figure; level 4 a further case with its reason, such as where a figure misleads.
    """
    return _judge(case, "monitoring_outcomes")


def retraining_triggers(case: Case) -> Finding:
    """What makes the team retrain and what does not: conditions with number and duration, and on which data.

    Level 3 tells a pipeline fault from a changed world from a changed rule; level 4 adds a further case with its
    reason, such as when the obvious reaction is wrong.
    """
    return _judge(case, "retraining_triggers")


def release_and_rollback(case: Case) -> Finding:
    """How a new model reaches customers and how it is taken back: a gate, a limited roll-out, a rollback.

    Level 3 needs a stated condition to go further, a share or a time for the roll-out, and what is put back; level 4
    a further case with its reason, such as where the usual way fails.
    """
    return _judge(case, "release_and_rollback")


def grounded_in_this_work(case: Case) -> Finding:
    """Whether the text is about this data and this model: its columns, months, defects and figures hold.

    Every such statement is checked against the key and the recomputed figures; contradictions are shown.
    """
    return _judge(case, "grounded_in_this_work")


def communication(case: Case) -> Finding:
    """Whether a busy reader could act on it: what matters first, at most 500 words, structure, no padding.

    A text beyond the word limit, filler words and a lack of concrete statements lower the level.
    """
    return _judge(case, "communication")
