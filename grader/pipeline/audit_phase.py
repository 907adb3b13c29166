"""Run the audit notebook and read what it left; read predictions, tracking store, evaluation and code."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from grader.errors import SandboxError
from grader.evidence.modelling import (
    PREDICTION_ARRAYS,
    EvaluationEvidence,
    PredictionsEvidence,
    TrackingEvidence,
)
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.sources import SOURCE_ARRAYS, SourcesEvidence
from grader.execution.limits import Limits
from grader.execution.protocol import Executor, Job
from grader.pipeline.phase_cache import Measured, Outcome
from grader.pipeline.probing import Probed, probe_library, probe_script, record_of, run_probe
from grader.pipeline.units import not_run, our_fault
from grader.types import Model, PhaseRecord, Verdict

NOTEBOOK_AREA = "notebook"
PACKAGES = "requirements-notebook.txt"
P = TypeVar("P", bound=Model)
EXIT_VERDICTS = {3: Verdict.KERNEL_DEAD, 4: Verdict.TIMEOUT_CELL, 5: Verdict.KERNEL_DEAD}
LATE_START, UNREADABLE = 5, 6


@dataclass(frozen=True)
class Staged:
    """Where things are laid out: the build's context as submitted, and what jobs may see."""

    context: Path
    submission: Path
    without_findings: Path
    data: Path
    requests: Path
    """Where the prober's requests will be."""


def run_notebook(executor: Executor, staged: Staged, limits: Limits) -> PhaseRecord:
    """Re-execute the audit notebook; the exit code only tells apart the ways the kernel can end."""
    job = Job(
        id="notebook",
        script=probe_script("notebook_run"),
        library=probe_library("notebook_run"),
        arguments=("--cell-seconds", f"{limits.notebook_cell_seconds:g}"),
        inputs={"SUBMISSION_DIR": staged.without_findings, "DATA_DIR": staged.data},
        output_area=NOTEBOOK_AREA,
        working_input="SUBMISSION_DIR",
        limits=limits.notebook,
        packages=find_packages(staged.submission),
        candidate_code=True,
    )
    started = time.monotonic()
    execution = executor.run(job)
    record = record_of("notebook", execution, time.monotonic() - started)
    # Packages of its own run before our program does; what we cannot read the probes after it say as well.
    if record.verdict is Verdict.CRASH and execution.exit_code == UNREADABLE and job.packages is None:
        return our_fault("notebook", f"the job could not read the submission: {record.output_head[:300]}")
    if record.verdict is Verdict.CRASH and execution.exit_code in EXIT_VERDICTS:
        record = record.model_copy(update={"verdict": EXIT_VERDICTS[execution.exit_code or 0]})
    if record.verdict is Verdict.KERNEL_DEAD and execution.exit_code == LATE_START:
        late = "the kernel was not ready in time"
        if execution.held_up is not None:
            return our_fault("notebook", f"{late}; {execution.held_up}")
        record = record.model_copy(update={"detail": late})
    if record.verdict is Verdict.TIMEOUT_CELL and execution.held_up is not None:
        late = f"a cell did not end within {limits.notebook_cell_seconds:g} seconds; {execution.held_up}"
        return our_fault("notebook", late)
    return record


def find_packages(submission: Path) -> Path | None:
    """Return the list of a notebook's own packages: at the root, else the shallowest above or beside a notebook."""
    books = [path.parent for path in submission.rglob("*.ipynb")]
    named = [path for path in submission.rglob("*.txt") if path.name.lower() == PACKAGES and path.is_file()]
    near = [
        path
        for path in named
        if path.parent == submission or any(book.is_relative_to(path.parent) for book in books)
    ]
    return min(near, key=lambda path: (len(path.parts), path), default=None)


class NotebookMeasured(Measured):
    """The run of the notebook and what probes read of it; records: notebook, read_notebook, read_evaluation.

    One unit, because what the notebook wrote is gone with the engine's memory when a grading is killed.
    """

    notebook: NotebookEvidence = NotebookEvidence()
    evaluation: EvaluationEvidence = EvaluationEvidence()


class FilesMeasured(Measured):
    """What probes read of the submitted files; records: read_predictions, read_tracking.

    `read_sources` is no record: no points rest on it, so whatever befalls it must cost none and hold nothing up.
    """

    predictions: PredictionsEvidence = PredictionsEvidence(problems=("the predictions could not be read",))
    tracking: TrackingEvidence = TrackingEvidence()
    sources: SourcesEvidence = SourcesEvidence()


def measure_notebook(executor: Executor, staged: Staged, limits: Limits) -> Outcome[NotebookMeasured]:
    """Run the notebook and read what it left; where it could not be run, what was submitted is still read."""
    try:
        ran = run_notebook(executor, staged, limits)
    except SandboxError as error:
        ran = our_fault("notebook", str(error))
    areas = {} if ran.verdict is Verdict.INFRA_ERROR else {"NOTEBOOK_OUT": NOTEBOOK_AREA}
    empty = NotebookMeasured()
    notebook = _read(executor, _job("notebook", staged, limits, areas=areas), empty.notebook)
    evaluation = _read(executor, _job("evaluation", staged, limits, areas=areas), empty.evaluation)
    records = (ran, notebook.record, evaluation.record)
    return Outcome(
        NotebookMeasured(records=records, notebook=notebook.value, evaluation=evaluation.value),
    )


def broken_notebook(record: PhaseRecord) -> NotebookMeasured:
    """Return what is known of a notebook when a defect of ours hit: nothing."""
    return NotebookMeasured(
        records=(record, *(not_run(n, record) for n in ("read_notebook", "read_evaluation")))
    )


def measure_files(executor: Executor, staged: Staged, limits: Limits) -> Outcome[FilesMeasured]:
    """Read predictions, tracking store and code, each in a container of its own."""
    empty = FilesMeasured()
    data = {"DATA_DIR": staged.data}
    predictions = _read(
        executor, _job("predictions", staged, limits, inputs=data), empty.predictions, PREDICTION_ARRAYS
    )
    tracking = _read(executor, _job("tracking", staged, limits), empty.tracking)
    sources = _read_sources(executor, staged, limits)
    arrays = {"predictions": predictions.arrays, "sources": sources.arrays}
    trouble = predictions.value.data_trouble
    read = predictions.record
    if trouble:
        read = our_fault(read.id, f"the issued data could not be read: {trouble}")
    return Outcome(
        FilesMeasured(
            records=(read, tracking.record),
            predictions=predictions.value,
            tracking=tracking.value,
            sources=sources.value,
        ),
        {f"{part}.{name}": values for part, found in arrays.items() for name, values in found.items()},
    )


def _read_sources(executor: Executor, staged: Staged, limits: Limits) -> Probed[SourcesEvidence]:
    """Read the code; where that failed, through whomever, `unread` says so."""
    read = _read(executor, _job("sources", staged, limits), SourcesEvidence(), SOURCE_ARRAYS)
    if read.record.verdict is Verdict.OK:
        return read
    whose = " on our side" if read.record.failed_on_our_side else ""
    why = f"the submitted code could not be read{whose}: {read.record.verdict} {read.record.detail}".strip()
    return replace(read, value=SourcesEvidence(unread=why[:300]), arrays={})


def broken_files(record: PhaseRecord) -> FilesMeasured:
    """Return what is known of the files when a defect of ours hit: nothing."""
    return FilesMeasured(records=(record,))


def _job(
    probe: str,
    staged: Staged,
    limits: Limits,
    *,
    inputs: Mapping[str, Path] | None = None,
    areas: Mapping[str, str] | None = None,
) -> Job:
    return Job(
        id=f"read_{probe}",
        script=probe_script(probe),
        library=probe_library(probe),
        inputs={"SUBMISSION_DIR": staged.submission, **(inputs or {})},
        read_areas=areas or {},
        limits=limits.probe,
    )


def _read(executor: Executor, job: Job, empty: P, arrays: Collection[str] = ()) -> Probed[P]:
    """Run one reading probe; a failure of the sandbox is a record, so that the others still run."""
    try:
        return run_probe(executor, job, type(empty), empty, arrays)
    except SandboxError as error:
        return Probed(empty, {}, our_fault(job.id, str(error)))
