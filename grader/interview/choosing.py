"""Which questions to ask, by what the report shows: what was missed, what was odd, what was strong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.interview.kit import Area, Kit, Question, Seniority
from grader.reports.wording import told
from grader.results import CriterionResult, Report
from grader.types import Proof

LEAST, MOST = 5, 8
"""Questions chosen by the evidence."""
UNSURE = 0.7
"""Confidence below which a level is doubtful and worth a question."""
FLAG_WEIGHT = 10.0
GAP = 0.1
"""Share of the claimed PR-AUC by which the replayed one may stay below it unremarked."""
GAP_WEIGHT = 2.0
WEAK, STRONG = 2, 4
OTHER = 0.5
"""Share of its points that a criterion weighs where it is not the question's main one."""
SLIGHT = 0.5
"""Points below which what was missed is not worth a question of its own."""
TAKEN = 0.25
"""Share of its weight that a result keeps once a question has taken it up."""
SHOWN = 3
GENERALISES = "evaluation.generalises"
Situation = Literal["odd", "missed", "strong", "unremarked"]


@dataclass(frozen=True)
class Because:
    """One result that speaks for a question: what it is, and what was found there."""

    about: str
    what: str
    said: str = ""
    measured: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class Chosen:
    """A question with the situation that speaks for it, its weight in points, and the results behind it."""

    question: Question
    situation: Situation
    weight: float
    because: tuple[Because, ...]
    opening: str


def choose(report: Report, kit: Kit, seniority: Seniority) -> tuple[Chosen, ...]:
    """Return five to eight technical questions, most telling first, at least one on something strong.

    What was missed weighs the points it cost, half where it is not the question's main criterion and less where
    an earlier question has taken it up; a flag weighs more than any of that; what nothing speaks for comes last.
    """
    ranked = rank(report, kit, "technical", seniority)
    strong = [one for one in ranked if one.situation == "strong"]
    telling = [
        one
        for one in ranked
        if one.situation == "odd" or (one.situation == "missed" and one.weight >= SLIGHT)
    ]
    rest = [one for one in ranked if one not in strong and one not in telling]
    planned = kit.plans[seniority].technical
    # The strong one comes early enough to be asked within the 45 minutes.
    picked = [*telling[: planned - 1], *strong[:1], *telling[planned - 1 : MOST - len(strong[:1])]]
    return tuple(picked + (strong[1:] + rest)[: max(0, max(LEAST, planned) - len(picked))])


def without_question(report: Report, chosen: Sequence[Chosen]) -> tuple[str, ...]:
    """Return the weak criteria that none of the chosen questions follows up, those that cost most first."""
    asked = {name for one in chosen for name in one.question.criteria}
    weak = [
        c
        for part in report.dimensions
        for c in part.criteria
        if c.status == "scored" and (c.level or 1) <= WEAK
    ]
    return tuple(c.id for c in sorted(weak, key=lambda c: c.points - c.max) if c.id not in asked)


def rank(report: Report, kit: Kit, area: Area, seniority: Seniority) -> tuple[Chosen, ...]:
    """Return all questions of an area that are fair at a seniority, the most telling first."""
    order: dict[Situation, int] = {"odd": 0, "missed": 1, "strong": 2, "unremarked": 3}
    waiting = list(kit.fair(area, seniority))
    ranked: list[Chosen] = []
    taken: set[str] = set()
    while waiting:
        looked = [_look(one, report, taken) for one in waiting]
        best = min(looked, key=lambda one: (order[one.situation], -one.weight))
        ranked.append(best)
        taken |= {one.about for one in best.because}
        waiting.remove(best.question)
    return tuple(ranked)


def _look(question: Question, report: Report, taken: set[str]) -> Chosen:
    """Weigh a question by what earlier ones have left."""
    main = question.criteria[0]
    by_id = {c.id: c for part in report.dimensions for c in part.criteria}
    scored = [by_id[one] for one in question.criteria if one in by_id and by_id[one].status == "scored"]
    odd = _odd(question, report, scored)
    weak = sorted(
        (c for c in scored if (c.level or 1) <= WEAK), key=lambda c: (c.id != main, c.points - c.max)
    )
    flagged = [one for one in odd if one.about in question.odd or one.about in question.flags]
    if flagged or odd or weak:
        weight = sum(_left(one.about, one.weight, taken) for one in odd)
        weight += sum(_left(c.id, (c.max - c.points) * (1 if c.id == main else OTHER), taken) for c in weak)
        causes = tuple(odd) + tuple(_because(c) for c in weak if c.id not in {one.about for one in odd})
        opening = next((question.odd[one.about] for one in odd if one.about in question.odd), "")
        if not opening and any(c.id == main for c in weak):
            opening = question.missed
        situation: Situation = "odd" if flagged or not weak else "missed"
        return Chosen(question, situation, weight, causes[:SHOWN], opening)
    good = sorted((c for c in scored if c.level == STRONG), key=lambda c: c.id != main)
    if good:
        weight = sum(_left(c.id, c.points * (1 if c.id == main else OTHER), taken) for c in good)
        opening = question.strong if good[0].id == main else ""
        return Chosen(question, "strong", weight, tuple(_because(c) for c in good)[:SHOWN], opening)
    return Chosen(question, "unremarked", 0.0, (), "")


def _left(about: str, weight: float, taken: set[str]) -> float:
    return weight * TAKEN if about in taken else weight


def _odd(question: Question, report: Report, scored: list[CriterionResult]) -> list[Because]:
    """Return flags, a replay below the claim, and levels the program is unsure of."""
    found: list[Because] = []
    for flag in report.red_flags:
        if flag.id in question.flags and flag.state != "dismissed":
            proof = flag.evidence[0] if flag.evidence else Proof(file="")
            what = f"red flag, {flag.state}: {flag.message}"
            found.append(Because(flag.id, what, proof.said, proof.measured, FLAG_WEIGHT))
    band = report.figures.replay
    claimed, replayed = (band.claimed, band.submission) if band else (None, None)
    if (
        GENERALISES in question.odd
        and claimed
        and replayed is not None
        and claimed - replayed > GAP * claimed
    ):
        figures = f"PR-AUC claimed {claimed:.3f}, on the later months {replayed:.3f}"
        found.append(Because(GENERALISES, figures, weight=GAP_WEIGHT))
    for one in scored:
        # Every README level is a proposal, so doubt alone says little; below this it does.
        # Once a person looked, the program's doubt is settled.
        if one.person is None and one.confidence < UNSURE and (one.level or STRONG) < STRONG:
            lead = f"the program is unsure ({one.confidence:.2f}), "
            found.append(_because(one, lead, weight=OTHER * (one.max - one.points)))
    return found


def _because(criterion: CriterionResult, lead: str = "", weight: float = 0.0) -> Because:
    proof = criterion.evidence[0] if criterion.evidence else Proof(file="")
    what = f"{lead}level {criterion.level}: {told(criterion)}"
    return Because(criterion.id, what, proof.said, proof.measured, weight)
