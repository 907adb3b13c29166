"""What looking into an image costs nobody, and what it tells the probe."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.evidence.service import ImageContents
from grader.execution.limits import Limits
from grader.pipeline.image_phase import issued_files, look_into
from grader.types import Verdict
from tests.grader.fake_executor import FakeExecutor, answer


def looked(tmp_path: Path, executor: FakeExecutor) -> ImageContents:
    """What an executor finds in an image, with data issued."""
    (tmp_path / "snapshots.parquet").write_bytes(b"rows")
    (tmp_path / "contract.yaml").write_bytes(b"a: 1")
    found = look_into(executor, "image", tmp_path, tmp_path / "image.tar", Limits())
    assert not (tmp_path / "image.tar").exists()
    return found


def test_the_probe_is_given_the_image_and_hashes_of_the_data(tmp_path: Path) -> None:
    """It sees the saved image and nothing of the grading; the contract is no training data."""
    executor = FakeExecutor({"image": answer({"files": 9, "data": ["a"]})})
    assert looked(tmp_path, executor) == ImageContents(files=9, data=("a",))
    (job,) = executor.jobs
    assert set(job.inputs) == {"IMAGE_ARCHIVE"}
    digest = hashlib.sha256(b"rows").hexdigest()
    assert json.loads(job.arguments[0]) == [{"name": "snapshots.parquet", "size": 4, "sha256": digest}]


def test_what_cannot_be_looked_through_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that was ended and an image over the limit leave a reason; our own failure is raised."""
    assert looked(tmp_path, FakeExecutor({"image": Verdict.TIMEOUT_JOB})).problem
    with pytest.raises(SandboxError):
        looked(tmp_path, FakeExecutor({"image": Verdict.INFRA_ERROR}))
    monkeypatch.setattr(FakeExecutor, "save_image", lambda self, image, path, limit: False)
    assert looked(tmp_path, FakeExecutor()).problem


def test_incident_data_in_parts_was_looked_for_in_no_image(tmp_path: Path) -> None:
    """A part counts by its content, and a file of the whole's name by that, as with data in one file."""
    (tmp_path / "snapshots.parquet").mkdir()
    for name in ("part-0000.parquet", "part-0001.parquet"):
        (tmp_path / "snapshots.parquet" / name).write_text(name)
    found = issued_files(tmp_path)
    assert {one["name"] for one in found} == {"snapshots.parquet"}
    assert len({one["sha256"] for one in found}) == 2
