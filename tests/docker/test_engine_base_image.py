"""The base image in the real engine: ordinary Dockerfiles build on it."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "docker" / "engine"

pytestmark = [pytest.mark.docker, pytest.mark.slow]

TWO_STAGES = """
FROM python:3.11-slim AS build
RUN --mount=type=cache,target=/root/.cache/pip pip install --prefix=/install h11
RUN python -m venv /opt/venv && /opt/venv/bin/pip install h11
RUN pip install click
# Build isolation: a build must see the setuptools it asks for, not the older one of the image.
RUN mkdir /src && printf '[build-system]\\nrequires=["setuptools>=77"]\\nbuild-backend="setuptools.build_meta"\\n\\
[project]\\nname="probe"\\nversion="1"\\nlicense="MIT"\\n[tool.setuptools]\\npy-modules=[]\\n' >/src/pyproject.toml \\
    && pip install /src
FROM python:3.11-slim
COPY --from=build /install /usr/local
COPY --from=build /opt/venv /opt/venv
COPY --from=build /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages
RUN python -c "import h11, click" && /opt/venv/bin/python -c "import h11"
RUN useradd --create-home app && adduser --disabled-password --gecos "" other
USER app
CMD ["python", "--version"]
"""


def engine(*words: str) -> dict[str, Any]:
    """Run the script on the engine everybody uses."""
    done = subprocess.run(
        [sys.executable, str(ENGINE), *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture(scope="module")
def status() -> dict[str, Any]:
    """The engine is up, the base image there, and a client can use BuildKit."""
    engine("start")
    engine("base")
    found = engine("status")
    assert found["buildkit"], "no client program can do a BuildKit build"
    return found


@pytest.fixture
def tag(status: dict[str, Any]) -> Iterator[str]:
    """A name for an image, removed afterwards."""
    name = f"takehome-test:{uuid.uuid4().hex[:12]}"
    yield name
    docker(status, "image", "rm", "--force", name)


def docker(status: dict[str, Any], *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the client that can build."""
    environ = os.environ | {"DOCKER_HOST": status["host"], "DOCKER_BUILDKIT": "1"} | more
    return subprocess.run(
        [status["client"], *words], env=environ, capture_output=True, text=True, check=False
    )


def test_base_says_what_it_is(status: dict[str, Any]) -> None:
    """The report can tell a stand-in from the official image, and a second call changes nothing."""
    assert status["base"]["tag"] == "python:3.11-slim"
    assert status["base"]["id"].startswith("sha256:")
    assert engine("base") == status["base"]


def test_two_stages_build_with_buildkit(status: dict[str, Any], tag: str, tmp_path: Path) -> None:
    """Prefix installs, virtual environments, copied site-packages and user commands work as officially."""
    (tmp_path / "Dockerfile").write_text(TWO_STAGES, encoding="utf-8")
    built = docker(status, "build", "--progress=plain", "--tag", tag, str(tmp_path))
    assert built.returncode == 0, built.stderr[-3000:]
    ran = docker(status, "run", "--rm", "--network", "none", tag)
    assert ran.stdout.startswith("Python 3.11")


def test_core_dumps_are_off_and_the_group_is_common(status: dict[str, Any]) -> None:
    """Containers on an engine of ours write no core files and share one limited control group."""
    if not status["started_by_us"]:
        pytest.skip("the engine was not started by this script")
    words = ("run", "--rm", "--detach", "--network", "none", "python:3.11-slim", "sleep", "60")
    container = docker(status, *words).stdout.strip()
    try:
        assert docker(status, "exec", container, "sh", "-c", "ulimit -c").stdout.strip() == "0"
        pid = docker(status, "inspect", "--format", "{{.State.Pid}}", container).stdout.strip()
        assert f"/takehome/{container}" in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
    finally:
        docker(status, "rm", "--force", container)
