"""Grade a submission from archive to reports; the flow, a step a line."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError, SubmissionError, UsageError
from grader.evidence.document import Evidence, EvidenceDocument, save_evidence
from grader.evidence.service import LatencySeries
from grader.execution.limits import Limits
from grader.execution.protocol import Build, Executor
from grader.intake.opening import Submission, open_submission
from grader.pipeline import service_phase as serving
from grader.pipeline.audit_phase import Read, Staged, read_submission, run_notebook
from grader.pipeline.progress import Progress
from grader.pipeline.stage import (
    find_dockerfile,
    find_pins,
    find_readme,
    open_to_all,
    stage_data,
    stage_without_findings,
)
from grader.pipeline.unpacking import unpack_with
from grader.reports.write import write_reports
from grader.results import Report
from grader.rubric import Rubric
from grader.scoring import score
from grader.truth import Truth
from grader.types import PhaseRecord, Verdict

OURS = 0.5
"""Share of submitted rows that must belong to the variant."""


@dataclass(frozen=True)
class Order:
    """What to grade, against what, how, and where to put the result."""

    submission: Path
    truth: Truth
    rubric: Rubric
    limits: Limits
    out: Path


def grade(order: Order, executor: Executor, progress: Progress) -> Report:
    """Grade and write the result folder whole; whatever happens, nothing is left half-written.

    Raises SubmissionError where the submission cannot be opened or belongs to another variant, SandboxError
    where the sandbox itself fails before anything could be measured.
    """
    check_apart(order)
    check_out(order.out)
    if executor.name == "local" and order.truth.key.origin != "practice":
        raise UsageError("the local executor is not isolated and grades practice variants only; use docker")
    with workspace(order.out.parent) as work:
        evidence = collect(order, executor, progress, work)
        progress.start("scoring")
        started = time.monotonic()
        report = score(evidence, order.rubric, order.truth)
        result = work / "result"
        save_evidence(evidence, result / "evidence")
        write_reports(report, result)
        put_in_place(result, order.out)
        progress.done("scoring", "OK", time.monotonic() - started)
    return report


def check_apart(order: Order) -> None:
    """Refuse a result or a vault inside the submission: candidate code would be given the key to read."""
    inside = order.submission.resolve()
    for what, folder in (("--out", order.out), ("the vault", order.truth.folder)):
        if inside.is_dir() and folder.resolve().is_relative_to(inside):
            raise UsageError(
                f"{folder}: {what} lies inside the submission {order.submission}; keep them apart"
            )


def check_out(out: Path) -> None:
    """Refuse an output folder that holds anything but an earlier result."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "report.json").is_file())):
        raise UsageError(
            f"{out}: exists and is no result of a grading; expected a new or an earlier result folder"
        )
    parent = out.parent
    parent.mkdir(parents=True, exist_ok=True)
    if not os.access(parent, os.W_OK):
        raise UsageError(f"{parent}: not writable")


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """A fresh folder on the disk of the result, removed whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix=".grading-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(result: Path, out: Path) -> None:
    """Rename a whole result to its place; an earlier one is moved aside first and removed last."""
    aside = result.with_name("earlier")
    if out.exists():
        out.rename(aside)
    result.rename(out)
    shutil.rmtree(aside, ignore_errors=True)


def collect(order: Order, executor: Executor, progress: Progress, work: Path) -> Evidence:
    """Run all phases and return the evidence; a phase that fails leaves the others standing."""
    limits, truth = order.limits, order.truth
    progress.start("intake")
    started = time.monotonic()
    unpack = unpack_with(executor, limits)
    submission = open_submission(order.submission, work / "submission", unpack, limits.entries)
    open_to_all(submission.folder)
    staged = Staged(
        submission.folder,
        stage_without_findings(submission.folder, work / "without-findings"),
        stage_data(truth, work / "data"),
        work / "requests",
    )
    records = [PhaseRecord(id="intake", verdict=Verdict.OK, seconds=round(time.monotonic() - started, 2))]
    progress.done("intake", "OK", records[0].seconds)
    document = describe(submission, order, executor)

    notebook = phase("notebook", progress, lambda: run_notebook(executor, staged, limits))
    records.append(notebook)
    ran = notebook.verdict is not Verdict.INFRA_ERROR
    reads: list[Read] = []

    def read() -> PhaseRecord:
        reads[:] = [read_submission(executor, staged, limits, document, ran)]
        return reads[0].record

    records.append(phase("probes", progress, read))
    evidence = Evidence(document)
    if reads:
        refuse_other_variant(reads[0].document, truth)
        evidence = Evidence(reads[0].document, reads[0].arrays)
    evidence, service_records = measure_service(order, executor, progress, staged, evidence)
    final = evidence.document.model_copy(
        update={"phases": (*records, *service_records), "environment": executor.environment()}
    )
    return Evidence(final, evidence.arrays)


def describe(submission: Submission, order: Order, executor: Executor) -> EvidenceDocument:
    """Return the document with what the host itself may read: names, sizes, README and Dockerfile text."""
    dockerfile = find_dockerfile(submission.folder, submission.files)
    return EvidenceDocument(
        name=submission.name,
        sha256=submission.sha256,
        variant=order.truth.key.variant,
        issued_rows=order.truth.key.rows,
        executor=executor.name,
        files=submission.files,
        skipped=tuple(f"left out at intake: {name}" for name in submission.skipped),
        limits=order.limits.lines(),
        readme=find_readme(submission.folder, submission.files),
        dockerfile=dockerfile,
        pinned=find_pins(submission.folder, submission.files, dockerfile.text),
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


def phase(name: str, progress: Progress, run: Callable[[], PhaseRecord]) -> PhaseRecord:
    """Run a phase; a broken sandbox becomes its INFRA_ERROR record, tried twice."""
    progress.start(name)
    started = time.monotonic()
    for attempt in (1, 2):
        try:
            record = run()
            break
        except SandboxError as error:
            record = _our_fault(name, str(error))
            progress.note(f"the sandbox failed ({error}); attempt {attempt} of 2")
        except Exception as error:  # noqa: BLE001 -- a defect of ours costs nobody points and loses no phase
            record = _our_fault(name, f"a defect of the grader: {type(error).__name__}: {error}")
            progress.note(record.detail)
            break
    record = record.model_copy(update={"seconds": round(time.monotonic() - started, 2)})
    progress.done(name, record.verdict, record.seconds)
    return record


def measure_service(
    order: Order, executor: Executor, progress: Progress, staged: Staged, evidence: Evidence
) -> tuple[Evidence, list[PhaseRecord]]:
    """Build, serve, probe, load; what waits for a failed phase is NOT_RUN and inherits whose fault it was."""
    if executor.name == "local":
        detail = "the local executor builds no images and runs no services"
        names = ("build", "service", "latency")
        return evidence, [
            PhaseRecord(id=n, verdict=Verdict.NOT_RUN, detail=detail, assessed=False) for n in names
        ]
    limits = order.limits
    builds: list[Build] = []

    def build() -> PhaseRecord:
        builds[:] = [serving.build_image(executor, staged.submission, limits, evidence.document)]
        return serving.build_record(builds[0])

    built = phase("build", progress, build)
    if built.verdict is not Verdict.OK:
        ours = built.ours or built.verdict is Verdict.INFRA_ERROR
        waiting = [_not_run(name, built, ours) for name in ("service", "latency")]
        return evidence, [built, *waiting]
    image = serving.image_evidence(builds[0], evidence.document)
    document = evidence.document
    document = document.model_copy(update={"service": document.service.model_copy(update={"image": image})})
    evidence = Evidence(document, evidence.arrays)
    before, floor_record = _floor(executor, limits, progress)
    served: list[serving.Served] = []

    def serve() -> PhaseRecord:
        shutil.rmtree(staged.requests, ignore_errors=True)
        served[:] = [
            serving.serve_and_probe(executor, image.id, evidence, order.truth, limits, staged.requests)
        ]
        return served[0].record

    service = phase("service", progress, serve)
    if not served:
        return evidence, [built, service, _not_run("latency", service, True)]
    after, last = _floor(executor, limits, progress)
    floor = last if last.verdict is not Verdict.OK else floor_record
    found = served[0].evidence.model_copy(update={"latency_floor": serving.slower(before, after)})
    document = document.model_copy(update={"service": found})
    seconds = round(floor_record.seconds + last.seconds, 2)
    records = [built, service, floor.model_copy(update={"seconds": seconds})]
    return Evidence(document, {**evidence.arrays, **served[0].arrays}), records


def _floor(
    executor: Executor, limits: Limits, progress: Progress
) -> tuple[LatencySeries | None, PhaseRecord]:
    kept: list[LatencySeries | None] = []

    def run() -> PhaseRecord:
        series, record = serving.measure_floor(executor, limits)
        kept[:] = [series]
        return record

    record = phase("latency", progress, run)
    return (kept[0] if kept else None), record


def _our_fault(name: str, detail: str) -> PhaseRecord:
    return PhaseRecord(id=name, verdict=Verdict.INFRA_ERROR, detail=detail[:2000], ours=True)


def _not_run(name: str, cause: PhaseRecord, ours: bool) -> PhaseRecord:
    return PhaseRecord(
        id=name, verdict=Verdict.NOT_RUN, detail=f"waits for {cause.id} ({cause.verdict})", ours=ours
    )
