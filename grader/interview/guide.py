"""The interviewer's guide for one candidate: the plan, the questions with their anchors, the red flags."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from grader.interview.choosing import Chosen, choose, rank, without_question
from grader.interview.kit import AREA_WORDS, AREAS, WHOLE, Area, Flag, Kit, Question, Seniority
from grader.reports import wording
from grader.reports.exports.markdown import code
from grader.results import Report

REASONS = {
    "odd": "odd",
    "missed": "missed or weak",
    "strong": "strong; confirm that it is theirs",
    "unremarked": "nothing in particular",
}


@dataclass(frozen=True)
class Guide:
    """What is asked of one candidate; `evidence` holds five to eight, the first of them are in the plan."""

    report: Report
    seniority: Seniority
    minutes: int
    evidence: tuple[Chosen, ...]
    planned: dict[Area, tuple[Chosen, ...]]
    flags: tuple[Flag, ...]
    without_question: tuple[str, ...]


def make_guide(report: Report, kit: Kit, seniority: Seniority) -> Guide:
    """Choose by the evidence, and pick for 45 minutes."""
    plan = kit.plans[seniority]
    evidence = choose(report, kit, seniority)
    planned: dict[Area, tuple[Chosen, ...]] = {
        "technical": evidence[: plan.technical],
        "behavioural": rank(report, kit, "behavioural", seniority)[: plan.behavioural],
        "role_fit": rank(report, kit, "role_fit", seniority)[: plan.role_fit],
    }
    return Guide(
        report,
        seniority,
        kit.planned_minutes(seniority),
        evidence,
        planned,
        kit.red_flags,
        without_question(report, evidence),
    )


def guide_json(guide: Guide) -> dict[str, object]:
    """Return the guide as plain values."""
    return {
        "submission": guide.report.submission.name,
        "seniority": guide.seniority,
        "minutes": guide.minutes,
        "evidence": [_chosen_json(one) for one in guide.evidence],
        "without_question": list(guide.without_question),
        "plan": {area: [one.question.id for one in guide.planned[area]] for area in AREAS},
        "behavioural": [_chosen_json(one) for one in guide.planned["behavioural"]],
        "role_fit": [_chosen_json(one) for one in guide.planned["role_fit"]],
        "red_flags": [
            {**flag.model_dump(), "state": _states(guide.report).get(flag.id, "not raised")}
            for flag in guide.flags
        ],
    }


def guide_markdown(guide: Guide) -> str:
    """Return the guide as Markdown; what candidates wrote stands in code spans."""
    report = guide.report
    word = wording.VERDICT_WORDS[report.verdict][0].lower()
    lines = [
        f"# Interview guide: {code(report.submission.name, 120)}",
        "",
        f"Practical test: {wording.total(report)} of {wording.points(report.max)}, {word}. "
        + ("Final." if report.final else wording.PROPOSAL),
        "",
        f"## Plan for {WHOLE} minutes, {guide.seniority}",
        "",
        *(
            f"{number}. {AREA_WORDS[area]}: {one.question.title}"
            for number, (area, one) in enumerate(
                ((area, one) for area in AREAS for one in guide.planned[area]), start=1
            )
        ),
        "",
        f"About {guide.minutes} minutes with opening and close. Rate each answer 1 to 4 before talking to the others.",
        "",
        "## Questions from the evidence",
        "",
        *_left_out(guide.without_question),
        *(line for one in guide.evidence for line in _question(one, one in guide.planned["technical"])),
        "## Behavioural",
        "",
        *(line for one in guide.planned["behavioural"] for line in _question(one, True)),
        "## Role fit",
        "",
        *(line for one in guide.planned["role_fit"] for line in _question(one, True)),
        "## Red flags",
        "",
        *_flags(guide.flags, _states(report)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def pool_markdown(kit: Kit) -> str:
    """Return the whole kit as Markdown."""
    lines = ["# Interview kit", ""]
    for area in AREAS:
        lines += [f"## {AREA_WORDS[area]}, {len(kit.area(area))} questions", ""]
        for question in kit.area(area):
            lines += [f"### {question.title} (`{question.id}`, from {question.least})", "", *_body(question)]
    lines += ["## Red flags", "", *_flags(kit.red_flags, {})]
    return "\n".join(lines).rstrip() + "\n"


def _left_out(criteria: tuple[str, ...]) -> list[str]:
    named = ", ".join(f"`{one}`" for one in criteria)
    return [f"Weak, and no question here takes it up: {named}.", ""] if criteria else []


def _question(chosen: Chosen, planned: bool) -> list[str]:
    question = chosen.question
    spare = "" if planned else ", spare"
    because = [f"- Why: {REASONS[chosen.situation]}"]
    for one in chosen.because:
        said = f"; said {code(one.said, 200)}" if one.said else ""
        measured = f"; measured {code(one.measured, 200)}" if one.measured else ""
        because.append(f"- `{one.about}`: {code(one.what, 300)}{said}{measured}")
    return [
        f"### {question.title} (`{question.id}`{spare})",
        "",
        *because,
        "",
        *([f"Open with: {chosen.opening}", ""] if chosen.opening else []),
        *_body(question),
    ]


def _body(question: Question) -> list[str]:
    return [
        f"**Ask:** {question.ask}",
        "",
        f"Listen for: {question.listen_for}",
        "",
        *(f"- Level {level}: {text}" for level, text in enumerate(question.levels.lines(), start=1)),
        "",
    ]


def _flags(flags: tuple[Flag, ...], states: dict[str, str]) -> list[str]:
    return [
        f"- **{flag.title}** (`{flag.id}`{', ' + states[flag.id] if flag.id in states else ''}). {flag.sign} "
        f"Cleared by: {flag.cleared_by}"
        for flag in sorted(flags, key=lambda flag: flag.id not in states)
    ]


def _states(report: Report) -> dict[str, str]:
    return {flag.id: flag.state for flag in report.red_flags}


def _chosen_json(chosen: Chosen) -> dict[str, object]:
    question = chosen.question
    return {
        "id": question.id,
        "title": question.title,
        "ask": question.ask,
        "opening": chosen.opening,
        "situation": chosen.situation,
        "weight": round(chosen.weight, 2),
        "because": [asdict(one) for one in chosen.because],
        "listen_for": question.listen_for,
        "levels": dict(enumerate(question.levels.lines(), start=1)),
    }
