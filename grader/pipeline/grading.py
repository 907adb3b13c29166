"""Grade a submission from archive to reports; the flow, a step a line."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SubmissionError, UsageError
from grader.evidence.document import Evidence, EvidenceDocument, save_evidence
from grader.execution.limits import Limits
from grader.execution.protocol import Executor
from grader.intake.opening import Submission, open_submission
from grader.interview.following import with_follow_up
from grader.pipeline import audit_phase as audit
from grader.pipeline.elsewhere import with_other_variants
from grader.pipeline.phase_cache import PhaseCache
from grader.pipeline.phase_key import Conditions, conditions_of, tree_digest
from grader.pipeline.pins import find_pins
from grader.pipeline.probing import worst_of
from grader.pipeline.progress import Progress
from grader.pipeline.publish import bring_along, check_out, disk_full_is_ours, put_in_place, workspace
from grader.pipeline.second_opinion import with_second_opinion
from grader.pipeline.serving import measure_serving
from grader.pipeline.stage import (
    find_dockerfile,
    find_places,
    find_readme,
    open_to_all,
    stage_data,
    stage_submission,
    stage_without_findings,
)
from grader.pipeline.units import Retry, Units
from grader.pipeline.unpacking import unpack_with
from grader.readme.language_model.endpoint import Settings
from grader.reports.write import write_reports
from grader.results import Report
from grader.review.applying import reviewed
from grader.review.keeping import anchored, carried_over, refuse_other_decided
from grader.review.log import NAME as LOG
from grader.review.log import read_log
from grader.rubric import Rubric
from grader.scoring import score
from grader.truth import Key, Truth
from grader.types import PhaseRecord, Verdict

OF_ONE_GRADING = (LOG, "vault.txt", "practice.html")
"""Files that are made anew or carried over by rules of their own; whatever else people put there stays."""
OURS = 0.5
"""Share of submitted rows that must belong to the variant."""


@dataclass(frozen=True)
class Order:
    """What to grade, against what, how, and where to put the result.

    Finished phases are kept in `cache` and taken from there; None keeps nothing. Executors that do not isolate
    candidates' code from it never use it. A `language_model` is asked for a second opinion on the README; None
    asks nobody. The findings are compared with the keys of variants that others were given.
    """

    submission: Path
    truth: Truth
    rubric: Rubric
    limits: Limits
    out: Path
    cache: PhaseCache | None = None
    retry: Retry = field(default=Retry())
    language_model: Settings | None = None
    others: tuple[Key, ...] = ()


def grade(order: Order, executor: Executor, progress: Progress) -> Report:
    """Grade and write the result folder whole; whatever happens, nothing is left half-written.

    Raises SubmissionError where the submission cannot be opened or belongs to another variant, SandboxError
    where the sandbox itself fails before anything could be measured, or the disk is full.
    """
    check_apart(order)
    check_out(order.out)
    read_log(
        order.out
    )  # what people decided on an earlier result must be whole before hours go into this one
    if executor.name == "local" and order.truth.key.origin != "practice":
        raise UsageError("the local executor is not isolated and grades practice variants only; use docker")
    with disk_full_is_ours(order.out.parent), workspace(order.out.parent) as work:
        evidence = collect(order, executor, progress, work)
        progress.start("scoring")
        started = time.monotonic()
        evidence = with_other_variants(evidence, order.truth, order.others, progress.note)
        report = score(evidence, order.rubric, order.truth)
        result = work / "result"
        save_evidence(evidence, result / "evidence")
        with carried_over(order.out, result) as decided:
            report = anchored(with_follow_up(reviewed(report, decided)), result)
            write_reports(report, result)
            bring_along(order.out, result, OF_ONE_GRADING)
            put_in_place(result, order.out)
        progress.done("scoring", "OK", time.monotonic() - started)
    if order.cache is not None:
        order.cache.prune()
    return report


def check_apart(order: Order) -> None:
    """Refuse a result, vault or cache inside the submission."""
    places = [("--out", order.out), ("the vault", order.truth.folder)]
    if order.cache is not None:
        places.append(("the phase cache", order.cache.folder))
    for what, folder in places:
        refuse_inside(order.submission, what, folder)


def refuse_inside(submission: Path, what: str, folder: Path) -> None:
    """Refuse a place of ours inside the submission: candidate code would be given it to read."""
    inside = submission.resolve()
    if inside.is_dir() and folder.resolve().is_relative_to(inside):
        raise UsageError(f"{folder}: {what} lies inside the submission {submission}; keep them apart")


def collect(order: Order, executor: Executor, progress: Progress, work: Path) -> Evidence:
    """Run all phases and return the evidence; a phase that fails leaves the others standing."""
    limits, truth = order.limits, order.truth
    environment = executor.environment()
    units = Units(executor, progress, order.cache if executor.isolated else None, order.retry)
    progress.start("intake")
    started = time.monotonic()

    def opened() -> Submission:
        shutil.rmtree(work / "submission", ignore_errors=True)
        unpack = unpack_with(executor, limits)
        return open_submission(order.submission, work / "submission", unpack, limits.entries)

    submission = units.insist(opened)
    refuse_other_decided(order.out, submission.sha256, submission.name)
    open_to_all(submission.folder)
    shown = stage_submission(submission.folder, work / "shown")
    staged = audit.Staged(
        context=submission.folder,
        submission=shown,
        without_findings=stage_without_findings(shown, work / "without-findings"),
        data=stage_data(truth, work / "data"),
        requests=work / "requests",
    )
    intake = PhaseRecord(id="intake", verdict=Verdict.OK, seconds=round(time.monotonic() - started, 2))
    progress.done("intake", "OK", intake.seconds)
    conditions = conditions_of(executor, environment, limits)
    document = describe(submission, order, executor, environment)
    evidence, read = read_work(units, conditions, executor, limits, staged, document)
    refuse_other_variant(evidence.document, truth)
    evidence, served = measure_serving(units, conditions, executor, limits, truth, staged, evidence)
    phases = (intake, *read, *served)
    evidence = Evidence(evidence.document.model_copy(update={"phases": phases}), evidence.arrays)
    if order.language_model is None:
        return evidence
    return with_second_opinion(evidence, truth, order.language_model, units, conditions, progress)


def read_work(
    units: Units,
    conditions: Conditions,
    executor: Executor,
    limits: Limits,
    staged: audit.Staged,
    document: EvidenceDocument,
) -> tuple[Evidence, list[PhaseRecord]]:
    """Run the notebook and the reading probes; return the evidence and the records of `notebook` and `probes`."""
    data = tree_digest(staged.data)
    notebook = units.run(
        "notebook",
        audit.NotebookMeasured,
        conditions.key(
            "notebook",
            data=data,
            submission=tree_digest(staged.submission),
            run_on=tree_digest(staged.without_findings),
        ),
        lambda: audit.measure_notebook(executor, staged, limits),
        audit.broken_notebook,
    )
    files = units.run(
        "probes",
        audit.FilesMeasured,
        conditions.key("files", data=data, submission=tree_digest(staged.submission)),
        lambda: audit.measure_files(executor, staged, limits),
        audit.broken_files,
    )
    found = document.model_copy(
        update={
            "notebook": notebook.value.notebook,
            "evaluation": notebook.value.evaluation,
            "predictions": files.value.predictions,
            "tracking": files.value.tracking,
            "sources": files.value.sources,
        }
    )
    ran, *reads = notebook.value.records
    probes = worst_of("probes", [*reads, *files.value.records])
    return Evidence(found, files.arrays), [ran, probes]


def describe(
    submission: Submission, order: Order, executor: Executor, environment: Mapping[str, str]
) -> EvidenceDocument:
    """Return the document with what the host itself may read: names, sizes, README and Dockerfile text."""
    dockerfile = find_dockerfile(submission.folder, submission.files)
    stated = find_places(submission.folder, submission.files)
    return EvidenceDocument(
        name=submission.name,
        sha256=submission.sha256,
        variant=order.truth.key.variant,
        issued_rows=order.truth.key.rows,
        executor=executor.name,
        files=submission.files,
        skipped=tuple(f"left out at intake: {name}" for name in submission.skipped),
        limits=order.limits.lines(),
        environment=dict(environment),
        readme=find_readme(submission.folder, submission.files),
        dockerfile=dockerfile,
        pinned=find_pins(submission.folder, submission.files, dockerfile.text, stated.context or "."),
        stated=stated,
    )


def refuse_other_variant(document: EvidenceDocument, truth: Truth) -> None:
    """Stop where the submitted rows are not those of this variant: our question, not a score."""
    predictions = document.predictions
    if predictions.rows >= 100 and predictions.matched_rows < OURS * predictions.rows:
        raise SubmissionError(
            f"{predictions.path}: {predictions.matched_rows:,} of {predictions.rows:,} rows belong to variant "
            f"{truth.key.variant}; this submission was made for another variant (WRONG_VARIANT)",
            "wrong-variant",
        )
