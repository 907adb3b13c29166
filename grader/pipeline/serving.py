"""From the built image to the served answers, each measured once for the same files on the same machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError
from grader.evidence.document import Evidence
from grader.execution.limits import Limits
from grader.execution.protocol import Executor
from grader.pipeline import service_phase as phase
from grader.pipeline.audit_phase import Staged
from grader.pipeline.image_phase import ImageMeasured, broken_contents, issued_files, measure_contents
from grader.pipeline.phase_cache import M, Outcome
from grader.pipeline.phase_key import Conditions, tree_digest
from grader.pipeline.units import Units, not_run
from grader.truth import Truth
from grader.types import PhaseRecord, Verdict

NOT_HERE = "the local executor builds no images and runs no services"


def measure_serving(
    units: Units,
    conditions: Conditions,
    executor: Executor,
    limits: Limits,
    truth: Truth,
    staged: Staged,
    evidence: Evidence,
) -> tuple[Evidence, list[PhaseRecord]]:
    """Build, serve, probe, load; what waits for a failed phase is NOT_RUN and inherits whose fault it was."""
    if executor.name == "local":
        names = ("build", "service", "latency")
        return evidence, [
            PhaseRecord(id=n, verdict=Verdict.NOT_RUN, detail=NOT_HERE, assessed=False) for n in names
        ]
    # Of what jobs see, so that a changed text finds what the build before it left in its cache mounts.
    namespace = tree_digest(staged.submission)[:32]
    builder = _Builder(units, conditions, executor, limits, staged.context, namespace, evidence)
    built = builder.build()
    record = built.value.records[0]
    if record.verdict is not Verdict.OK:
        return evidence, [record, not_run("service", record), not_run("latency", record)]
    evidence = _with_image(evidence, built)
    requests = _written(staged.requests, evidence, truth, limits)

    def key() -> str | None:
        image = evidence.document.service.image
        if isinstance(requests, Exception) or not image.id:
            return None
        sent = tree_digest(requests.folder)
        data = issued_files(staged.data)
        return conditions.key("service", requests=sent, data=data, image=image.id, size=image.size_bytes)

    named = key()
    inside = conditions.key("image", service=named) if named else None
    if builder.tag is None and not (
        _known(units, phase.ServiceMeasured, named) and _known(units, ImageMeasured, inside)
    ):
        # The build is known but its image is gone, and something of it is still to be measured.
        built = builder.build_again(built)
        evidence = _with_image(evidence, built)
        named = key()
        inside = conditions.key("image", service=named) if named else None

    def tag() -> str:
        if builder.tag is None:
            raise SandboxError("the image of an earlier grading could not be built again")
        return builder.tag

    def measure() -> Outcome[phase.ServiceMeasured]:
        if isinstance(requests, Exception):
            raise requests
        return phase.measure_service(executor, tag(), evidence, requests, limits)

    def look() -> Outcome[ImageMeasured]:
        return measure_contents(executor, tag(), staged.data, staged.requests.with_name("image.tar"), limits)

    service = evidence.document.service
    served = units.run(
        "service", phase.ServiceMeasured, named, measure, lambda r: phase.broken_service(r, service)
    )
    # All of the image is known from the build but whether its health check passes.
    works = service.image.healthcheck and served.value.service.image.healthcheck
    image = service.image.model_copy(update={"healthcheck": works})
    found = served.value.service.model_copy(update={"image": image})
    records = [built.value.records[0], *served.value.records]
    if not served.value.records[0].failed_on_our_side:
        # After all that is timed, and apart from it: what fails here takes nothing measured before with it.
        kept = None if served.value.ours else inside
        looked = units.run("image", ImageMeasured, kept, look, broken_contents)
        found = found.model_copy(update={"contents": looked.value.contents})
        records += [record for record in looked.value.records if record.failed_on_our_side]
    document = evidence.document.model_copy(update={"service": found})
    return Evidence(document, {**evidence.arrays, **served.arrays}), records


@dataclass
class _Builder:
    """Builds the image where it has to be; `tag` is its name in the engine once this grading has built it."""

    units: Units
    conditions: Conditions
    executor: Executor
    limits: Limits
    context: Path
    namespace: str
    evidence: Evidence
    tag: str | None = None

    def build(self) -> Outcome[phase.BuildMeasured]:
        """Return how the build ended, now or earlier."""
        return self.units.run(
            "build", phase.BuildMeasured, self._key(), self._measure, phase.broken_build, self._key
        )

    def build_again(self, earlier: Outcome[phase.BuildMeasured]) -> Outcome[phase.BuildMeasured]:
        """Build what an earlier grading has built; the same layers are the same build, and keep its record."""
        again = self.units.run("build", phase.BuildMeasured, None, self._measure, phase.broken_build)
        if again.value.image.id == earlier.value.image.id or again.value.records[0].verdict is not Verdict.OK:
            return earlier
        self.units.keep(self._key(), again)
        return again

    def _measure(self) -> Outcome[phase.BuildMeasured]:
        outcome, self.tag = phase.measure_build(
            self.executor, self.context, self.limits, self.evidence.document, self.namespace
        )
        return outcome

    def _key(self) -> str | None:
        """Return the key of the build; None where nobody can say what it would be built with.

        What fails here for another reason than the engine's fails in the build too, and is its record there.
        """
        dockerfile = self.evidence.document.dockerfile.path
        request = phase.build_request(self.context, dockerfile or "Dockerfile", self.limits, self.namespace)
        try:
            inputs = dict(self.executor.build_inputs(request))
        except Exception:  # noqa: BLE001 -- outside any unit, a defect of ours would end the grading
            return None
        return self.conditions.key(
            "build",
            context=tree_digest(self.context),
            file=dockerfile,
            folder=self.evidence.document.stated.context,
            inputs=inputs,
        )


def _known(units: Units, model: type[M], key: str | None) -> bool:
    return key is not None and units.known(model, key) is not None


def _written(folder: Path, evidence: Evidence, truth: Truth, limits: Limits) -> phase.Requests | Exception:
    """Write what the prober sends; a defect of ours is returned, to become the record of the phase."""
    try:
        return phase.write_all(folder, evidence, truth, limits)
    except Exception as error:  # noqa: BLE001 -- a defect of ours costs nobody points and loses no phase
        return error


def _with_image(evidence: Evidence, built: Outcome[phase.BuildMeasured]) -> Evidence:
    service = evidence.document.service.model_copy(update={"image": built.value.image})
    return Evidence(evidence.document.model_copy(update={"service": service}), evidence.arrays)
