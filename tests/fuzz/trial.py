"""One case: make it from its number, read it as a grading would, say how each step ended."""

from __future__ import annotations

import json
import random
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.errors import SandboxError, SubmissionError
from grader.evidence.modelling import (
    PREDICTION_ARRAYS,
    EvaluationEvidence,
    PredictionsEvidence,
    TrackingEvidence,
)
from grader.evidence.notebook import NotebookEvidence
from grader.execution.dockerfile_gate import check_dockerfile
from grader.execution.limits import JobLimits, Limits
from grader.execution.protocol import Execution, Job
from grader.intake.opening import Submission, open_submission
from grader.pipeline.pins import find_pins
from grader.pipeline.probing import probe_library, probe_script, run_probe
from grader.pipeline.stage import find_dockerfile, find_readme, open_to_all
from grader.pipeline.unpacking import unpack_with
from grader.types import Model
from tests.fuzz import base, mutate

KINDS = (
    *("archive",) * 6, "tree", "tree", "inner", "inner", *("notebook",) * 9, "run",
)  # fmt: skip
"""What the case of a number is, in turn: half archives, half notebooks, one of twenty really run."""
FORMS = ("zip", "zip", ":gz", ":gz", "", ":bz2", ":xz")
READERS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "notebook": (NotebookEvidence, ()),
    "predictions": (PredictionsEvidence, tuple(PREDICTION_ARRAYS)),
    "tracking": (TrackingEvidence, ()),
    "evaluation": (EvaluationEvidence, ()),
}
NOTEBOOK = JobLimits(seconds=60, memory=1 << 30)
CELL_SECONDS = 20.0


class Runner(Protocol):
    """As much of an executor as a case needs."""

    def run(self, job: Job) -> Execution:
        """Run a job to its end."""


@dataclass(frozen=True)
class Step:
    """How one phase of a case ended: verdict, intake rule where refused, seconds, and its limit of seconds."""

    phase: str
    verdict: str
    rule: str
    seconds: float
    limit: float


@dataclass(frozen=True)
class Outcome:
    """A case: number, kind, what was changed, its steps, and a traceback where something of ours broke."""

    number: int
    kind: str
    change: str
    steps: tuple[Step, ...]
    trouble: str = ""


def make(number: int, seed: int, files: Mapping[str, bytes]) -> tuple[str, str, str, bytes]:
    """Return kind, change, file name and content of the case of a number; the same for the same seed."""
    rng = random.Random(f"{seed}:{number}")
    kind, files = KINDS[number % len(KINDS)], dict(files)
    if kind == "archive":
        form = rng.choice(FORMS)
        change, raw = mutate.altered(mutate.packed(files, form), rng)
        return kind, f"{change} of {form or 'tar'}", "submission.zip", raw
    if kind == "tree":
        return kind, "hostile entries", "submission.tar", mutate.hostile_tree(files, rng)
    if kind == "inner":
        name = rng.choice(sorted(files))
        change, files[name] = mutate.altered(files[name], rng)
        return kind, f"{change} of {Path(name).suffix or name}", "submission.zip", mutate.packed(files, "zip")
    change, raw = mutate.odd_notebook(base.notebook(), rng)
    return kind, change, "audit.ipynb", raw


def run(
    number: int, seed: int, files: Mapping[str, bytes], executor: Runner, data: Path, scratch: Path
) -> Outcome:
    """Run a case, mutated from `files`, in a new folder `scratch`."""
    kind, change, name, raw = make(number, seed, files)
    steps: list[Step] = []
    try:
        scratch.mkdir()
        scratch.chmod(0o755)
        (scratch / name).write_bytes(raw)
        if kind in ("notebook", "run"):
            folder = scratch / "submission"
            folder.mkdir()
            (folder / name).write_bytes(raw)
            open_to_all(folder)
            _read(steps, executor, folder, data, ("notebook", "evaluation")[: 1 + (number % 4 == 0)])
            if kind == "run":
                _execute(steps, executor, folder, data)
        else:
            opened = _open(steps, executor, scratch / name, scratch / "opened")
            if opened is not None and (kind == "inner" or number % 8 == 0):
                _read(steps, executor, opened.folder, data, tuple(READERS))
    except Exception:  # noqa: BLE001 - a traceback of ours is what is looked for
        return Outcome(number, kind, change, tuple(steps), traceback.format_exc()[-3000:])
    broken = [step.phase for step in steps if step.verdict.startswith("TRACEBACK")]
    return Outcome(number, kind, change, tuple(steps), "\n".join(broken))


def _open(steps: list[Step], executor: Runner, path: Path, target: Path) -> Submission | None:
    limits, begun = Limits(), time.monotonic()
    opened, rule = None, ""
    try:
        opened = open_submission(path, target, unpack_with(executor, limits), limits.entries)
        open_to_all(opened.folder)
        find_readme(opened.folder, opened.files)
        dockerfile = find_dockerfile(opened.folder, opened.files)
        check_dockerfile(dockerfile.text)
        find_pins(opened.folder, opened.files, dockerfile.text)
    except SubmissionError as error:
        rule = error.rule
    verdict = "OK" if opened is not None else "REJECTED_INTAKE"
    steps.append(Step("intake", verdict, rule, round(time.monotonic() - begun, 2), limits.unpack.seconds))
    return opened


def _read(steps: list[Step], executor: Runner, folder: Path, data: Path, readers: tuple[str, ...]) -> None:
    limits = Limits()
    for name in readers:
        model, arrays = READERS[name]
        inputs = {"SUBMISSION_DIR": folder, "DATA_DIR": data}
        job = Job(
            f"read_{name}", probe_script(name), limits.probe, inputs=inputs, library=probe_library(name)
        )

        def read(
            job: Job = job, model: type[Model] = model, arrays: tuple[str, ...] = arrays
        ) -> tuple[str, str]:
            record = run_probe(executor, job, model, model(), arrays).record
            return record.verdict, record.output_head + record.output_tail + record.detail

        steps.append(_timed(job, read))


def _execute(steps: list[Step], executor: Runner, folder: Path, data: Path) -> None:
    job = Job(
        "notebook",
        probe_script("notebook_run"),
        NOTEBOOK,
        arguments=("--cell-seconds", f"{CELL_SECONDS:g}"),
        inputs={"SUBMISSION_DIR": folder, "DATA_DIR": data},
        library=probe_library("notebook_run"),
        output_area="notebook",
        working_input="SUBMISSION_DIR",
        candidate_code=True,
    )

    def execute() -> tuple[str, str]:
        execution = executor.run(job)
        verdict = {3: "KERNEL_DEAD", 4: "TIMEOUT_CELL"}.get(execution.exit_code or 0, str(execution.verdict))
        return verdict, execution.stderr.decode("utf-8", "replace")

    steps.append(_timed(job, execute))


def _timed(job: Job, run: Callable[[], tuple[str, str]]) -> Step:
    begun = time.monotonic()
    try:
        verdict, said = run()
    except SandboxError as error:
        verdict, said = "INFRA_ERROR", str(error)
    if "Traceback (most recent call last)" in said or verdict in ("INFRA_ERROR", "CRASH"):
        verdict = f"TRACEBACK {verdict}: {said[-1500:]}"
    return Step(job.id, verdict, "", round(time.monotonic() - begun, 2), job.limits.seconds)


def as_line(outcome: Outcome) -> str:
    """Return an outcome as one line of JSON."""
    steps = [[s.phase, s.verdict, s.rule, s.seconds, s.limit] for s in outcome.steps]
    return json.dumps([outcome.number, outcome.kind, outcome.change, steps, outcome.trouble])


def from_line(line: str) -> Outcome:
    """Return the outcome that a line holds."""
    number, kind, change, steps, trouble = json.loads(line)
    return Outcome(number, kind, change, tuple(Step(*step) for step in steps), trouble)
