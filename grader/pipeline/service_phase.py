"""Build the image, serve it, probe it; then put the same load on a do-nothing service."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from grader.evidence.document import Evidence, EvidenceDocument, FloatArray
from grader.evidence.service import SERVICE_ARRAYS, ImageEvidence, LatencySeries, ServiceEvidence
from grader.execution.limits import Limits
from grader.execution.protocol import Build, BuildRequest, Executor, Job, Service
from grader.pipeline.probing import TEXT, probe_library, probe_script, run_probe
from grader.pipeline.requests import parity_positions, ports_in, write_requests
from grader.truth import Truth
from grader.types import Model, PhaseRecord, Verdict


def build_image(executor: Executor, submission: Path, limits: Limits, document: EvidenceDocument) -> Build:
    """Build the submission's image; the context is the root, or the Dockerfile's folder where that fails."""
    dockerfile = document.dockerfile.path
    if dockerfile is None:
        detail = "no Dockerfile in the submission"
        return Build(Verdict.BUILD_FAIL, None, "", "", 0.0, detail=detail)
    folder = str(PurePosixPath(dockerfile).parent)
    result = executor.build(BuildRequest(submission, dockerfile, limits.build_seconds, limits.image_bytes))
    if result.verdict is Verdict.BUILD_FAIL and folder != ".":
        inner = BuildRequest(
            submission / folder, PurePosixPath(dockerfile).name, limits.build_seconds, limits.image_bytes
        )
        second = executor.build(inner)
        second = replace(second, seconds=second.seconds + result.seconds)
        return second if second.verdict is Verdict.OK else result
    return result


def build_record(build: Build) -> PhaseRecord:
    """Return the record of a build."""
    return PhaseRecord(
        id="build",
        verdict=build.verdict,
        seconds=round(build.seconds, 2),
        detail=build.detail[:TEXT],
        output_head=build.log_head[:TEXT],
        output_tail=build.log_tail[-TEXT:],
    )


def image_evidence(build: Build, document: EvidenceDocument) -> ImageEvidence:
    """Return what the engine tells of the built image."""
    dockerfile = document.dockerfile.path
    return ImageEvidence(
        dockerfile=dockerfile,
        built=build.verdict is Verdict.OK,
        id=build.image or "",
        size_bytes=build.size_bytes,
        user=build.user,
        healthcheck=build.healthcheck,
        exposed_ports=build.exposed_ports,
        command=build.command,
    )


@dataclass(frozen=True)
class Served:
    """The evidence of the running service, its arrays, and its record."""

    evidence: ServiceEvidence
    arrays: dict[str, FloatArray]
    record: PhaseRecord


def serve_and_probe(
    executor: Executor, image: str, evidence: Evidence, truth: Truth, limits: Limits, requests: Path
) -> Served:
    """Start the image as delivered and run the prober inside its network namespace."""
    document = evidence.document
    positions = parity_positions(evidence, truth)
    write_requests(requests, evidence, truth, positions, limits, ports_in(document))
    job = Job(
        id="service",
        script=probe_script("service"),
        library=probe_library("service"),
        inputs={"REQUESTS_DIR": requests},
        limits=limits.prober,
    )
    started = time.monotonic()
    with executor.serve(image, limits.service) as service:
        probed = run_probe(service, job, ServiceEvidence, document.service, SERVICE_ARRAYS)
        alive = service.running()
        stopped = service.stop(limits.stop_seconds)
    found, record = probed.value, probed.record
    if record.verdict is Verdict.OK and not found.started:
        verdict = Verdict.OOM if stopped.oom else Verdict.SERVICE_DOWN
        detail = "no port answered within the limit" if alive else "the service ended by itself"
        record = record.model_copy(update={"verdict": verdict, "detail": detail})
    elif record.verdict is Verdict.OK and not alive:
        detail = "out of memory" if stopped.oom else "the service ended while it was probed"
        verdict = Verdict.OOM if stopped.oom else Verdict.SERVICE_DOWN
        record = record.model_copy(update={"verdict": verdict, "detail": detail})
    found = found.model_copy(
        update={
            "image": document.service.image,
            "stop_seconds": round(stopped.seconds, 2) if alive else None,
            "stop_exit_code": stopped.exit_code if not stopped.killed else 137,
            "log_tail": stopped.log_tail[-TEXT:],
            "read_only_root": _serves_read_only(executor, image, limits, found) if found.started else None,
        }
    )
    arrays = {f"service.{name}": values for name, values in probed.arrays.items()}
    arrays["service.parity_rows"] = positions.astype(np.float64)
    return Served(found, arrays, record.model_copy(update={"seconds": round(time.monotonic() - started, 2)}))


class Health(Model):
    """Whether a port answered, and after how many seconds."""

    started: bool = False
    seconds: float = 0.0


def _serves_read_only(executor: Executor, image: str, limits: Limits, found: ServiceEvidence) -> bool:
    """Return whether the service also becomes healthy with a read-only root and a tmpfs on /tmp."""
    with executor.serve(image, limits.service, read_only=True) as service:
        return _healthy(service, found.port or 8000, limits)


def _healthy(service: Service, port: int, limits: Limits) -> bool:
    job = Job(
        id="read_only",
        script=probe_script("health"),
        library=probe_library("health"),
        arguments=(str(port), f"{limits.start_seconds:g}"),
        limits=limits.prober,
    )
    return run_probe(service, job, Health, Health()).value.started


class Floor(Model):
    """The load on a do-nothing service; null where it did not start."""

    latency: LatencySeries | None = None


def measure_floor(executor: Executor, limits: Limits) -> tuple[LatencySeries | None, PhaseRecord]:
    """Put the prober's load on a do-nothing service in a container of the service's size."""
    job = Job(
        id="latency",
        script=probe_script("floor"),
        library=probe_library("floor"),
        arguments=(f"{limits.floor_seconds:g}", "--rate", f"{limits.load_rate:g}"),
        limits=limits.service.model_copy(update={"output_bytes": limits.prober.output_bytes}),
    )
    probed = run_probe(executor, job, Floor, Floor())
    record = probed.record
    if probed.value.latency is None:
        record = record.model_copy(
            update={
                "verdict": Verdict.INFRA_ERROR,
                "ours": True,
                "detail": f"our do-nothing service gave no latencies: {record.detail or record.output_head[-300:]}",
            }
        )
    return probed.value.latency, record


def slower(first: LatencySeries | None, second: LatencySeries | None) -> LatencySeries | None:
    """Return the series with the higher p99."""
    known = [s for s in (first, second) if s is not None and s.p99_ms is not None]
    return max(known, key=lambda s: s.p99_ms or 0.0, default=None)
