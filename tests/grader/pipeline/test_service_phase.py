"""The image is built in the context that the submission states, else where its Dockerfile can be built."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.errors import SandboxError
from grader.evidence.document import Evidence, EvidenceDocument, StatedPlaces, TextFile
from grader.evidence.service import ImageEvidence, ServiceEvidence
from grader.execution.limits import Limits
from grader.execution.protocol import Build, BuildRequest
from grader.pipeline.service_phase import (
    IDLE_CHECK,
    Requests,
    build_image,
    build_in,
    serve_and_probe,
    serves_read_only,
)
from grader.types import Verdict
from tests.grader.fake_executor import QUIET, FakeExecutor, answer


@pytest.mark.parametrize(("stated", "dockerfile", "folders"), [
    ("service", "deploy/Dockerfile", ["service", ".", "deploy"]),
    (None, "deploy/Dockerfile", [".", "deploy"]),
    (".", "Dockerfile", ["."]),
])  # fmt: skip
def test_contexts_are_tried_the_stated_one_first(
    tmp_path: Path, stated: str | None, dockerfile: str, folders: list[str]
) -> None:
    """A build that succeeds is the last; where none does, each was tried once."""
    document = EvidenceDocument(
        name="s",
        sha256="",
        variant="",
        executor="docker",
        dockerfile=TextFile(path=dockerfile),
        stated=StatedPlaces(context=stated),
    )
    failing, working = FakeExecutor(built=Verdict.BUILD_FAIL), FakeExecutor()
    assert build_image(failing, tmp_path, Limits(), document, "").verdict is Verdict.BUILD_FAIL
    assert [build.folder for build in failing.builds] == folders
    assert build_image(working, tmp_path, Limits(), document, "").verdict is Verdict.OK
    assert [build.folder for build in working.builds] == folders[:1]
    assert {build.dockerfile for build in failing.builds} == {dockerfile}


class InTurn(FakeExecutor):
    """Builds that end one after another as told."""

    def __init__(self, *ends: Verdict) -> None:
        super().__init__()
        self.ends = list(ends)

    def build(self, request: BuildRequest) -> Build:
        """End as the next one is told to."""
        self.built = self.ends.pop(0)
        return super().build(request)


@pytest.mark.parametrize(("ends", "counted"), [
    ((Verdict.BUILD_FAIL, Verdict.INFRA_ERROR), Verdict.INFRA_ERROR),
    ((Verdict.BUILD_FAIL, Verdict.TIMEOUT_JOB), Verdict.BUILD_FAIL),
    ((Verdict.BUILD_FAIL, Verdict.OK), Verdict.OK),
])  # fmt: skip
def test_a_context_that_failed_through_us_leaves_the_build_open(
    tmp_path: Path, ends: tuple[Verdict, ...], counted: Verdict
) -> None:
    """A Dockerfile of a folder of its own fails at the root; without network there, it cost the whole service."""
    assert build_in(InTurn(*ends), tmp_path, "deploy/Dockerfile", None, Limits()).verdict is counted


@pytest.mark.parametrize(("route", "scored", "serves"), [
    ("/predict", True, True), ("/predict", False, False), ("/predict", None, True), ("", False, True),
])  # fmt: skip
def test_incident_a_service_that_writes_beside_its_code_served_on_a_read_only_root(
    tmp_path: Path, route: str, scored: bool | None, serves: bool
) -> None:
    """What scored a row in its own container has to score one there; health alone says too little."""
    (tmp_path / "parity.json").write_text("[]")
    said = answer({"started": True, "seconds": 1.0, "scored": scored})
    executor = FakeExecutor({"read_only": said})
    assert serves_read_only(executor, "i", Limits(), ServiceEvidence(route=route), tmp_path) is serves
    assert executor.seen["read_only"] == {"REQUESTS_DIR/parity.json": b"[]"}


@pytest.mark.parametrize(("said", "counts"), [(b"", True), (b"yes", False), (SandboxError("no room"), True)])
def test_incident_a_health_check_that_asks_nothing_earned_what_one_earns(
    tmp_path: Path, said: bytes | SandboxError, counts: bool
) -> None:
    """What passes where nothing serves counts as none, and says why; what failed on our side costs nothing."""
    (tmp_path / "parity.json").write_text("[]")
    service = ServiceEvidence(image=ImageEvidence(built=True, healthcheck=True))
    document = EvidenceDocument(name="s", sha256="", variant="", executor="docker", service=service)
    executor = FakeExecutor({**QUIET, "passes_idle": said})
    requests = Requests(tmp_path, np.zeros(0, np.int64))
    served = serve_and_probe(executor, "i", Evidence(document, {}), requests, Limits())
    assert served.evidence.image.healthcheck is counts
    assert (IDLE_CHECK in served.evidence.problems) is not counts
    assert served.record.verdict is Verdict.OK


def test_incident_a_health_check_that_only_waits_counted(tmp_path: Path) -> None:
    """`sleep 10` passes while the service runs, and was still waiting when it was no longer watched without one."""
    (tmp_path / "parity.json").write_text("[]")
    service = ServiceEvidence(image=ImageEvidence(built=True, healthcheck=True))
    document = EvidenceDocument(name="s", sha256="", variant="", executor="docker", service=service)
    executor = FakeExecutor({**QUIET, "passes_idle": b"after 14.9"})
    served = serve_and_probe(
        executor, "i", Evidence(document, {}), Requests(tmp_path, np.zeros(0, np.int64)), Limits()
    )
    assert not served.evidence.image.healthcheck
