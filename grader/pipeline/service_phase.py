"""Build the image, serve it, probe it; put the same load on a do-nothing service before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from grader.errors import SandboxError
from grader.evidence.document import Evidence, EvidenceDocument, FloatArray
from grader.evidence.service import (
    SERVICE_ARRAYS,
    ImageEvidence,
    LatencySeries,
    ServiceEvidence,
)
from grader.execution.limits import Limits
from grader.execution.protocol import Build, BuildRequest, Executor, Job, Service, Stopped
from grader.pipeline.phase_cache import Measured, Outcome
from grader.pipeline.probing import TEXT, probe_library, probe_script, run_probe
from grader.pipeline.requests import Positions, parity_positions, ports_in, write_requests
from grader.pipeline.units import not_run, our_fault
from grader.truth import Truth
from grader.types import Model, PhaseRecord, Verdict

SLOW_HOST_MS = 250.0
"""p99 that the brief allows a service; a host on which one that does nothing misses it times nobody."""
SLOW_HOST_ANSWERED = 0.99
ANSWERED = ("replay", "parity")
"""Arrays in which a row without an answer costs points; an answer that is late is none."""
HEALTH_SECONDS = 15.0
"""How long the image's own health check may take while the service answers."""
HANGING_CHECK = (
    f"HEALTHCHECK: its command did not end with 0 within {HEALTH_SECONDS:g} s, so it counts as none"
)
IDLE_SECONDS = HEALTH_SECONDS + 5.0
"""How long it may take to fail where nothing serves; one that is still waiting then has not passed. It is longer than
one may take to pass, or `sleep 10` were a check."""
IDLE_CHECK = "HEALTHCHECK: its command ends with 0 where nothing serves, too, so it counts as none"


class BuildMeasured(Measured):
    """How the build ended; `image.id` is a hash of what is in the image. Record: build."""

    image: ImageEvidence = ImageEvidence()


class ServiceMeasured(Measured):
    """The service as probed; records: service, latency (of the do-nothing service)."""

    service: ServiceEvidence = ServiceEvidence()


def measure_build(
    executor: Executor, context: Path, limits: Limits, document: EvidenceDocument, namespace: str
) -> tuple[Outcome[BuildMeasured], str | None]:
    """Build; return what was measured, and the name under which `serve` finds the image."""
    build = build_image(executor, context, limits, document, namespace)
    outcome = Outcome(BuildMeasured(records=(build_record(build),), image=image_evidence(build, document)))
    return outcome, build.image


def broken_build(record: PhaseRecord) -> BuildMeasured:
    """Return what is known of a build that failed through us: nothing."""
    return BuildMeasured(records=(record,))


def measure_service(
    executor: Executor, image: str, evidence: Evidence, requests: Requests, limits: Limits
) -> Outcome[ServiceMeasured]:
    """Probe the service between two loads on a do-nothing one, so that a slow host is not held against it."""
    before, first = _floor(executor, limits)
    served = serve_and_probe(executor, image, evidence, requests, limits)
    after, second = _floor(executor, limits)
    floor = first if first.verdict is not Verdict.OK else second
    latency = floor.model_copy(update={"seconds": round(first.seconds + second.seconds, 2)})
    found = served.evidence.model_copy(update={"latency_floor": slower(before, after)})
    record = _excused(served.record, latency, late=served.late)
    return Outcome(ServiceMeasured(records=(record, latency), service=found), served.arrays)


def _excused(record: PhaseRecord, floor: PhaseRecord, *, late: bool) -> PhaseRecord:
    """Return the record of a service; what was late on a host too slow to time one says nothing of it."""
    if not (late and floor.failed_on_our_side):
        return record
    detail = f"{record.detail}; {floor.detail}"
    return record.model_copy(update={"verdict": Verdict.INFRA_ERROR, "ours": True, "detail": detail})


def broken_service(record: PhaseRecord, service: ServiceEvidence) -> ServiceMeasured:
    """Return what is known of a service that we failed to probe: its image."""
    return ServiceMeasured(records=(record, not_run("latency", record)), service=service)


def _floor(executor: Executor, limits: Limits) -> tuple[LatencySeries | None, PhaseRecord]:
    try:
        return measure_floor(executor, limits)
    except SandboxError as error:
        return None, our_fault("latency", str(error))


def build_request(
    context: Path, dockerfile: str, limits: Limits, namespace: str, folder: str = "."
) -> BuildRequest:
    """Return the build of a Dockerfile within the limits."""
    return BuildRequest(context, dockerfile, limits.build_seconds, limits.image_bytes, namespace, folder)


def build_image(
    executor: Executor, submission: Path, limits: Limits, document: EvidenceDocument, namespace: str
) -> Build:
    """Build the submission's image, the context as stated; else the root, or the Dockerfile's folder."""
    dockerfile = document.dockerfile.path
    if dockerfile is None:
        detail = "no Dockerfile in the submission"
        return Build(Verdict.BUILD_FAIL, None, "", "", 0.0, detail=detail)
    return build_in(executor, submission, dockerfile, document.stated.context, limits, namespace)


def build_in(
    executor: Executor,
    submission: Path,
    dockerfile: str,
    stated: str | None,
    limits: Limits,
    namespace: str = "",
) -> Build:
    """Build in one context after another until it succeeds; where it does in none, the first attempt counts.

    An attempt that failed through us counts before that: nobody knows whether it would have succeeded.
    """
    folders = dict.fromkeys((stated or ".", ".", str(PurePosixPath(dockerfile).parent)))
    attempts: list[Build] = []
    for folder in folders:
        attempts.append(executor.build(build_request(submission, dockerfile, limits, namespace, folder)))
        if attempts[-1].verdict is not Verdict.BUILD_FAIL:
            break
    ended = attempts[-1].verdict in (Verdict.OK, Verdict.INFRA_ERROR)
    counted = attempts[-1] if ended else attempts[0]
    return replace(counted, seconds=sum(attempt.seconds for attempt in attempts))


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
        id=build.content,
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
    late: bool
    """Whether it missed something that a slow host makes any service miss."""


@dataclass(frozen=True)
class Requests:
    """The folder with what the prober sends, and the issued rows that are sent for parity."""

    folder: Path
    positions: Positions


def write_all(folder: Path, evidence: Evidence, truth: Truth, limits: Limits) -> Requests:
    """Write what the prober sends into a new folder; it depends on submission, image, variant and limits."""
    positions = parity_positions(evidence, truth)
    write_requests(folder, evidence, truth, positions, limits, ports_in(evidence.document))
    return Requests(folder, positions)


def serve_and_probe(
    executor: Executor, image: str, evidence: Evidence, requests: Requests, limits: Limits
) -> Served:
    """Start the image as delivered and run the prober inside its network namespace."""
    document = evidence.document
    job = Job(
        id="service",
        script=probe_script("service"),
        library=probe_library("service"),
        inputs={"REQUESTS_DIR": requests.folder},
        limits=limits.prober,
    )
    started = time.monotonic()
    with executor.serve(image, limits.service) as service:
        probed = run_probe(service, job, ServiceEvidence, document.service, SERVICE_ARRAYS)
        alive = service.running()
        as_root = service.runs_as_root() if alive else None
        checked = service.health_check_passes(HEALTH_SECONDS) if alive else None
        stopped = service.stop(limits.stop_seconds)
    found, record = probed.value, probed.record
    idle = checked is True and passes_idle(executor, image, limits)
    read_only = serves_read_only(executor, image, limits, found, requests.folder) if found.started else None
    if record.verdict is Verdict.OK and not (found.started and alive):
        record = record.model_copy(update=_ended(found, alive, stopped))
    found = found.model_copy(
        update={
            "image": _with_working_check(document.service.image, checked and not idle),
            "problems": (
                *found.problems,
                *((HANGING_CHECK,) if checked is False else ()),
                *((IDLE_CHECK,) if idle else ()),
            ),
            "stop_seconds": round(stopped.seconds, 2) if alive else None,
            "stop_exit_code": stopped.exit_code if not stopped.killed else 137,
            "log_tail": stopped.log_tail[-TEXT:],
            "read_only_root": read_only,
            "runs_as_root": as_root,
        }
    )
    arrays = {f"service.{name}": values for name, values in probed.arrays.items()}
    arrays["service.parity_rows"] = requests.positions.astype(np.float64)
    record = record.model_copy(update={"seconds": round(time.monotonic() - started, 2)})
    unanswered = any(np.isnan(probed.arrays[name]).any() for name in ANSWERED if name in probed.arrays)
    waited = unanswered or checked is False or stopped.killed or read_only is False
    late = record.verdict is Verdict.TIMEOUT_JOB or (
        alive and (record.verdict is Verdict.SERVICE_DOWN or (record.verdict is Verdict.OK and waited))
    )
    return Served(found, arrays, record, late)


def _with_working_check(image: ImageEvidence, passed: bool | None) -> ImageEvidence:
    """Return the image's evidence; a health check that never passes, or always, is none."""
    return image.model_copy(update={"healthcheck": image.healthcheck and passed is not False})


def _ended(found: ServiceEvidence, alive: bool, stopped: Stopped) -> dict[str, object]:
    """Return verdict and detail of a service that did not answer, or not to the end."""
    if stopped.oom:
        return {"verdict": Verdict.OOM, "detail": "the service ran out of memory"}
    if stopped.disk_full:
        return {"verdict": Verdict.DISK_LIMIT, "detail": "the service filled its share of the disk"}
    how = "no port answered within the limit" if alive else "the service ended by itself"
    detail = "the service ended while it was probed" if found.started else how
    return {"verdict": Verdict.SERVICE_DOWN, "detail": detail}


def passes_idle(executor: Executor, image: str, limits: Limits) -> bool:
    """Return whether the image's health check passes where nothing serves; what fails on our side costs nothing."""
    try:
        return executor.passes_idle(image, limits.service, IDLE_SECONDS)
    except SandboxError:
        return False


class Health(Model):
    """Whether a port answered, after how many seconds; or whether a row was scored (null where none was sent)."""

    started: bool = False
    seconds: float = 0.0
    scored: bool | None = None


def serves_read_only(
    executor: Executor, image: str, limits: Limits, found: ServiceEvidence, requests: Path
) -> bool:
    """Return whether the service is healthy with a read-only root and a tmpfs on /tmp too, and scores a row there.

    One that scored none in its own container is asked for its health alone.
    """
    port = str(found.port or 8000)
    with executor.serve(image, limits.service, read_only=True) as service:
        serves = _asked(service, "health", (port, f"{limits.start_seconds:g}"), requests, limits).started
        if serves and found.route:
            serves = _asked(service, "service", ("--one-row", port), requests, limits).scored is not False
        return serves


def _asked(
    service: Service, probe: str, arguments: tuple[str, ...], requests: Path, limits: Limits
) -> Health:
    job = Job(
        id="read_only",
        script=probe_script(probe),
        library=probe_library(probe),
        arguments=arguments,
        inputs={"REQUESTS_DIR": requests},
        limits=limits.prober,
    )
    probed = run_probe(service, job, Health, Health())
    if probed.record.verdict is Verdict.INFRA_ERROR:
        raise SandboxError(f"serving with a read-only root: {probed.record.detail}")
    service.running()  # raises where the engine or the host has ended it
    return probed.value


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
    trouble = _slow_host(probed.value.latency, record)
    if trouble is not None:
        update = {"verdict": Verdict.INFRA_ERROR, "ours": True, "detail": trouble}
        record = record.model_copy(update=update)
    return probed.value.latency, record


def _slow_host(idle: LatencySeries | None, record: PhaseRecord) -> str | None:
    """Return why no latency can be held against a candidate on this host, None where it can."""
    if idle is None or idle.p99_ms is None:
        return f"our do-nothing service gave no latencies: {record.detail or record.output_head[-300:]}"
    if idle.p99_ms > SLOW_HOST_MS or idle.answered < SLOW_HOST_ANSWERED * idle.sent:
        return (
            f"the host is too slow to time a service: one that does nothing answers {idle.answered} of "
            f"{idle.sent} requests, p99 {idle.p99_ms:.0f} ms, allowed {SLOW_HOST_MS:.0f} ms; end other work on it"
        )
    return None


def slower(first: LatencySeries | None, second: LatencySeries | None) -> LatencySeries | None:
    """Return the series with the higher p99."""
    known = [s for s in (first, second) if s is not None and s.p99_ms is not None]
    return max(known, key=lambda s: s.p99_ms or 0.0, default=None)
