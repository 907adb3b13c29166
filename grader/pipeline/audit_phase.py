"""Run the audit notebook and read what it left; read predictions, tracking store and evaluation."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from grader.evidence.document import EvidenceDocument, FloatArray
from grader.evidence.modelling import (
    PREDICTION_ARRAYS,
    EvaluationEvidence,
    PredictionsEvidence,
    TrackingEvidence,
)
from grader.evidence.notebook import NotebookEvidence
from grader.execution.limits import Limits
from grader.execution.protocol import Executor, Job
from grader.pipeline.probing import Probed, probe_library, probe_script, record_of, run_probe, worst_of
from grader.types import PhaseRecord, Verdict

NOTEBOOK_AREA = "notebook"
EXIT_VERDICTS = {3: Verdict.KERNEL_DEAD, 4: Verdict.TIMEOUT_CELL}


@dataclass(frozen=True)
class Staged:
    """Where things are laid out for jobs."""

    submission: Path
    without_findings: Path
    data: Path
    requests: Path


def run_notebook(executor: Executor, staged: Staged, limits: Limits) -> PhaseRecord:
    """Re-execute the audit notebook; the exit code only tells apart the ways the kernel can end."""
    extra = staged.submission / "requirements-notebook.txt"
    job = Job(
        id="notebook",
        script=probe_script("notebook_run"),
        library=probe_library("notebook_run"),
        arguments=("--cell-seconds", f"{limits.notebook_cell_seconds:g}"),
        inputs={"SUBMISSION_DIR": staged.without_findings, "DATA_DIR": staged.data},
        output_area=NOTEBOOK_AREA,
        working_input="SUBMISSION_DIR",
        limits=limits.notebook,
        packages=extra if extra.is_file() else None,
        candidate_code=True,
    )
    started = time.monotonic()
    execution = executor.run(job)
    record = record_of("notebook", execution, time.monotonic() - started)
    if record.verdict is Verdict.CRASH and execution.exit_code in EXIT_VERDICTS:
        record = record.model_copy(update={"verdict": EXIT_VERDICTS[execution.exit_code or 0]})
    return record


@dataclass(frozen=True)
class Read:
    """What the probes read of a submission, with their common record."""

    document: EvidenceDocument
    arrays: dict[str, FloatArray]
    record: PhaseRecord


def read_submission(
    executor: Executor, staged: Staged, limits: Limits, document: EvidenceDocument, notebook_ran: bool
) -> Read:
    """Run the reading probes, each in a container of its own, and add their evidence to the document."""

    def job(probe: str, *, data: bool = False, area: bool = False) -> Job:
        inputs = {"SUBMISSION_DIR": staged.submission}
        if data:
            inputs["DATA_DIR"] = staged.data
        areas = {"NOTEBOOK_OUT": NOTEBOOK_AREA} if area and notebook_ran else {}
        return Job(
            id=f"read_{probe}",
            script=probe_script(probe),
            library=probe_library(probe),
            inputs=inputs,
            read_areas=areas,
            limits=limits.probe,
        )

    notebook: Probed[NotebookEvidence] = run_probe(
        executor, job("notebook", area=True), NotebookEvidence, NotebookEvidence()
    )
    predictions: Probed[PredictionsEvidence] = run_probe(
        executor,
        job("predictions", data=True),
        PredictionsEvidence,
        PredictionsEvidence(problems=("the predictions could not be read",)),
        PREDICTION_ARRAYS,
    )
    tracking: Probed[TrackingEvidence] = run_probe(
        executor, job("tracking"), TrackingEvidence, TrackingEvidence()
    )
    evaluation: Probed[EvaluationEvidence] = run_probe(
        executor, job("evaluation", area=True), EvaluationEvidence, EvaluationEvidence()
    )
    updated = document.model_copy(
        update={
            "notebook": notebook.value,
            "predictions": predictions.value,
            "tracking": tracking.value,
            "evaluation": evaluation.value,
        }
    )
    arrays = {f"predictions.{name}": values for name, values in predictions.arrays.items()}
    records = [notebook.record, predictions.record, tracking.record, evaluation.record]
    return Read(updated, arrays, worst_of("probes", records))
