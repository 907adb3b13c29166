"""Run a probe, decode what it printed by a strict model, and keep how it ended."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from grader.evidence.decode import decode
from grader.evidence.document import FloatArray
from grader.execution.protocol import Execution, Executor, Job, Service
from grader.types import Model, PhaseRecord, Verdict

PROBES = Path(__file__).resolve().parent.parent / "probes"
TEXT = 4000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Probed(Generic[M]):
    """What a probe found, its arrays, and the record of its run."""

    value: M
    arrays: Mapping[str, FloatArray]
    record: PhaseRecord


def probe_script(name: str) -> Path:
    """Return the path of a probe's one file."""
    return PROBES / f"{name}.py"


def run_probe(
    executor: Executor | Service, job: Job, model: type[M], empty: M, allowed: Collection[str] = ()
) -> Probed[M]:
    """Run a probe of ours and validate its answer.

    Whatever a submission made the probe do (crash, run out of memory or time, print nonsense) ends in `empty`
    and a record that says so; only a broken sandbox raises.
    """
    started = time.monotonic()
    execution = executor.run(job) if hasattr(executor, "run") else executor.probe(job)
    record = record_of(job.id, execution, time.monotonic() - started)
    if execution.verdict is not Verdict.OK:
        return Probed(empty, {}, record)
    try:
        value, arrays = decode(execution.stdout, model, allowed)
    except ValueError as error:
        detail = f"the probe's answer is not usable: {error}"[:TEXT]
        return Probed(empty, {}, record.model_copy(update={"verdict": Verdict.CRASH, "detail": detail}))
    return Probed(value, arrays, record)


def record_of(phase: str, execution: Execution, seconds: float) -> PhaseRecord:
    """Return the record of an execution; standard error is what a person reads."""
    shown = execution.stderr.decode("utf-8", "replace")
    return PhaseRecord(
        id=phase,
        verdict=execution.verdict,
        seconds=round(seconds, 2),
        detail=execution.detail[:TEXT],
        output_head=shown[:TEXT],
        output_tail=shown[-TEXT:] if len(shown) > TEXT else "",
        peak_memory=execution.peak_memory,
    )


def worst_of(phase: str, records: Collection[PhaseRecord]) -> PhaseRecord:
    """Return one record for several: the first that is not OK, with the seconds of all."""
    seconds = round(sum(r.seconds for r in records), 2)
    bad = [r for r in records if r.verdict is not Verdict.OK]
    if not bad:
        return PhaseRecord(id=phase, verdict=Verdict.OK, seconds=seconds)
    first = bad[0]
    detail = "; ".join(f"{r.id}: {r.detail or r.verdict}" for r in bad)[:TEXT]
    return first.model_copy(update={"id": phase, "seconds": seconds, "detail": detail})
