"""The image is built in the context that the submission states, else where its Dockerfile can be built."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.evidence.document import EvidenceDocument, StatedPlaces, TextFile
from grader.execution.limits import Limits
from grader.pipeline.service_phase import build_image
from grader.types import Verdict
from tests.grader.fake_executor import FakeExecutor


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
