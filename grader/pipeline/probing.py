"""Run a probe with exactly its own files, decode what it printed by a strict model, keep how it ended."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Generic, TypeVar

import grader.probes
from grader.evidence.decode import decode
from grader.evidence.document import FloatArray
from grader.execution.protocol import Execution, Executor, Job, Service
from grader.probes.shared.host import REFUSALS
from grader.types import Model, PhaseRecord, Verdict

PROBES = Path(grader.probes.__file__).resolve().parent
ROOT = PROBES.parent.parent
PACKAGE = grader.probes.__name__
TEXT = 4000
LAST_ERROR = re.compile(
    rb"\n(?:OSError: \[Errno (\d+)\]|PermissionError: \[Errno 13\] [\w ]+: '/mnt/)[^\n]*\s*\Z"
)
"""The end of what Python prints of an error that nobody caught; all below /mnt is laid out for everyone to read."""

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Probed(Generic[M]):
    """What a probe found, its arrays, and the record of its run."""

    value: M
    arrays: Mapping[str, FloatArray]
    record: PhaseRecord


def probe_script(name: str) -> Path:
    """Return the script of the probe in the folder `name`."""
    return PROBES / name / "__main__.py"


@cache
def probe_library(name: str) -> MappingProxyType[str, Path]:
    """Return the modules that a probe imports, directly or not, by their place beside its script.

    Nothing else of ours goes along: a notebook that runs beside one probe must learn nothing of the others.
    """
    found: dict[str, Path] = {}
    waiting = [probe_script(name)]
    while waiting:
        for path in _imported(waiting.pop()):
            place = path.relative_to(ROOT).as_posix()
            if place not in found:
                found[place] = path
                waiting.append(path)
    return MappingProxyType(dict(sorted(found.items())))


def _imported(path: Path) -> Iterator[Path]:
    """Yield the modules of the probes that a file imports; they are always written `from MODULE import ...`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            yield ROOT.joinpath(*str(node.module).split(".")).with_suffix(".py")


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
    if host_refused(execution):
        detail = f"the host refused what a probe needs: {(record.output_tail or record.output_head)[-300:]}"
        ours = {"verdict": Verdict.INFRA_ERROR, "ours": True, "detail": detail.strip()}
        return Probed(empty, {}, record.model_copy(update=ours))
    if execution.verdict is not Verdict.OK:
        return Probed(empty, {}, record)
    try:
        value, arrays = decode(execution.stdout, model, allowed)
    except ValueError as error:
        detail = f"the probe's answer is not usable: {error}"[:TEXT]
        return Probed(empty, {}, record.model_copy(update={"verdict": Verdict.CRASH, "detail": detail}))
    return Probed(value, arrays, record)


def host_refused(execution: Execution) -> bool:
    """Return whether a script of ours ended by an error of the host's; for jobs that run no code of a submission."""
    found = LAST_ERROR.search(execution.stderr) if execution.verdict is Verdict.CRASH else None
    return found is not None and (found[1] is None or int(found[1]) in REFUSALS)


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
    """Return one record for several: a failure of ours, else the first that is not OK; the seconds of all."""
    seconds = round(sum(r.seconds for r in records), 2)
    bad = [r for r in records if r.verdict is not Verdict.OK]
    bad.sort(key=lambda r: not (r.ours or r.verdict is Verdict.INFRA_ERROR))
    if not bad:
        return PhaseRecord(id=phase, verdict=Verdict.OK, seconds=seconds)
    first = bad[0]
    detail = "; ".join(f"{r.id}: {r.detail or r.verdict}" for r in bad)[:TEXT]
    return first.model_copy(update={"id": phase, "seconds": seconds, "detail": detail})
