"""A built image is looked into as the engine saves it, its removed files too, without being run."""

from pathlib import Path

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.images import save_image
from grader.execution.limits import GIB, Limits
from grader.execution.protocol import BuildRequest
from grader.pipeline.image_phase import look_into

pytestmark = pytest.mark.docker

DOCKERFILE = """FROM python:3.11-slim
ARG INDEX_TOKEN=it93a1f
ENV PORT=8000 MODEL_API_KEY=sk93a1f
COPY . /srv
RUN rm /srv/rows.bin
"""


def test_an_image_of_a_real_engine_is_looked_into(docker_executor: DockerExecutor, tmp_path: Path) -> None:
    """A removed copy of the data, a key and settings are found; the base image holds no secret; the file is removed."""
    issued, context = tmp_path / "data", tmp_path / "context"
    issued.mkdir()
    context.mkdir()
    (issued / "snapshots.parquet").write_bytes(b"rows of a customer")
    (context / "Dockerfile").write_text(DOCKERFILE)
    (context / "rows.bin").write_bytes(b"rows of a customer")
    (context / "server.key").write_text("-----BEGIN PRIVATE KEY-----\n")
    image = docker_executor.build(BuildRequest(context, "Dockerfile", 120, GIB)).image
    assert image is not None
    archive = tmp_path / "image.tar"
    contents = look_into(docker_executor, image, issued, archive, Limits())
    assert (contents.problem, contents.capped) == ("", False)
    assert contents.data == ("srv/rows.bin",)
    assert set(contents.secrets) == {"setting MODEL_API_KEY", "setting INDEX_TOKEN", "srv/server.key"}
    assert contents.files > 100
    assert not archive.exists()
    assert not save_image(docker_executor._engine, image, archive, 1000)
    assert archive.stat().st_size <= 1000
