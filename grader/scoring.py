"""Evidence, rubric and truth in; a report out. Pure: the same input gives the same report, byte for byte."""

from __future__ import annotations

from grader import __version__
from grader.checks.case import Case
from grader.evidence.document import Evidence
from grader.figures import figures_of, outside, plants_alone
from grader.flags import raise_flags
from grader.results import (
    Bonus,
    CriterionResult,
    DimensionResult,
    Figures,
    GraderId,
    PassMark,
    RedFlag,
    Report,
    RubricId,
    SubmissionId,
)
from grader.rounding import half_up
from grader.rubric import Criterion, Dimension, Rubric
from grader.totals import points_and_level, totals_of
from grader.truth import Truth
from grader.types import OFFLINE, Finding, PhaseRecord, Status, Verdict, level_of


def score(evidence: Evidence, rubric: Rubric, truth: Truth) -> Report:
    """Score a submission from saved evidence.

    A check that raises makes its criterion pending (our fault); a criterion whose phase failed through our own
    fault is pending too, and one that the executor cannot measure is not assessed. Neither costs points.
    """
    case = Case(evidence, truth)
    dimensions = tuple(_dimension(d, rubric, case) for d in rubric.file.dimensions)
    bonus = _bonus(rubric, case)
    lines = [c for d in dimensions for c in d.criteria]
    mark = PassMark(total=rubric.file.pass_rule.total, lowest_level=rubric.file.pass_rule.lowest_level)
    totals = totals_of(dimensions, mark)
    document = evidence.document
    flags, figures, defects = _shown(case, lines)
    if bonus.status == "pending":
        defects = (f"the bonus is pending: {bonus.message}", *defects)
    return Report(
        submission=SubmissionId(name=document.name, sha256=document.sha256),
        variant=document.variant,
        rubric=RubricId(version=rubric.file.version, sha256=rubric.sha256, mark=mark),
        grader=GraderId(version=__version__),
        executor=document.executor,
        isolated=document.executor == "docker",
        origin=truth.key.origin,
        total=totals.total,
        max=rubric.max,
        pending=totals.pending,
        not_assessed=totals.not_assessed,
        bonus=bonus.points,
        bonus_detail=bonus,
        level=totals.level,
        verdict=totals.verdict,
        dimensions=dimensions,
        phases=document.phases,
        red_flags=flags,
        figures=figures,
        environment=document.environment,
        limits=document.limits,
        notes=(
            *document.skipped,
            *document.stated.problems,
            *filter(None, [document.sources.unread, document.sources.unread_files]),
            *defects,
        ),
    )


def _shown(case: Case, lines: list[CriterionResult]) -> tuple[tuple[RedFlag, ...], Figures, tuple[str, ...]]:
    """Return flags and plots; where one of them fails on our side, a note, and all else still stands."""
    flags: tuple[RedFlag, ...] = ()
    figures = Figures()
    defects: list[str] = []
    try:
        flags = raise_flags(case, {c.id: c for c in lines}, defects)
    except Exception as error:  # noqa: BLE001 -- our fault; the scores do not depend on it
        defects.append(
            f"red flags could not be determined on our side: {type(error).__name__}: {error}"[:300]
        )
    try:
        figures = figures_of(case)
        if far := outside(case):
            defects.append(f"{far} scores of the test rows are outside 0 to 1: the plots show them as 0 or 1")
    except Exception as error:  # noqa: BLE001 -- our fault; the scores do not depend on it
        figures = plants_alone(case)
        defects.append(f"plots could not be drawn on our side: {type(error).__name__}: {error}"[:300])
    return flags, figures, tuple(defects)


def _dimension(dimension: Dimension, rubric: Rubric, case: Case) -> DimensionResult:
    results = tuple(_criterion(line, rubric, case) for line in dimension.criteria)
    points, level = points_and_level(results)
    return DimensionResult(
        id=dimension.id,
        title=dimension.title,
        points=points,
        max=dimension.max,
        level=level,
        criteria=results,
    )


def _criterion(line: Criterion, rubric: Rubric, case: Case) -> CriterionResult:
    status, why = availability(line.needs, case.evidence)
    finding = Finding(0.0, why)
    if status == "scored":
        finding, failed = _run(rubric, line.check, case)
        if failed:
            status = "pending"
    scored = status == "scored"
    return CriterionResult(
        id=line.id,
        title=line.title,
        points=half_up(finding.credit * line.points, 2) if scored else 0.0,
        max=line.points,
        level=level_of(finding.credit) if scored else None,
        status=status,
        message=finding.message,
        evidence=finding.proofs,
        confidence=round(finding.confidence, 2),
        suggestion=finding.suggestion if scored else None,
        reasons=finding.reasons if scored else (),
    )


def _run(rubric: Rubric, check: str, case: Case) -> tuple[Finding, bool]:
    try:
        return rubric.checks[check](case), False
    except Exception as error:  # noqa: BLE001 -- a check that raises is our fault: pending, never a zero
        place = f"{type(error).__name__}: {error}"[:200]
        return Finding(0.0, f"The check {check} failed on our side and a person must look: {place}"), True


def availability(needs: tuple[str, ...], evidence: Evidence) -> tuple[Status, str]:
    """Return whether a criterion with these needs can be scored, and a sentence where it cannot."""
    for need in needs:
        if need == "findings" and _submitted_findings(evidence):
            continue
        name = "notebook" if need == "findings" else need
        record = evidence.phase(name)
        if record.failed_on_our_side:
            return "pending", _to_do(name, record, evidence.phase("build"))
        if not record.assessed:
            return "not_assessed", f"Not assessed: {record.detail or 'this executor cannot run it'}."
    return "scored", ""


def _to_do(name: str, record: PhaseRecord, build: PhaseRecord) -> str:
    """Say to the reviewer why a phase says nothing and what to do; nobody grades again by himself."""
    waits = name == "build" or record.verdict is Verdict.NOT_RUN
    if waits and build.failed_on_our_side and build.detail.startswith(OFFLINE):
        return f"Open because of an option of this grading: {build.detail}."
    return f"The phase {name} failed on our side ({record.detail}); grade it again."


def _submitted_findings(evidence: Evidence) -> bool:
    submitted = evidence.document.notebook.submitted
    return submitted is not None and bool(submitted.findings)


def _bonus(rubric: Rubric, case: Case) -> Bonus:
    rule = rubric.file.bonus
    status, why = availability(rule.needs, case.evidence)
    if status != "scored":
        return Bonus(points=0.0, max=rule.points, status=status, message=why)
    finding, failed = _run(rubric, rule.check, case)
    return Bonus(
        points=half_up(finding.credit * rule.points, 2),
        max=rule.points,
        status="pending" if failed else "scored",
        message=finding.message,
        evidence=finding.proofs,
    )
