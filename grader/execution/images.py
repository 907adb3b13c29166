"""Images of ours: the sandbox image, and one derived from it with a notebook's own packages."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import ImageNotFound

from grader.errors import SandboxError
from grader.execution.build_client import BuildCommand, run_build
from grader.execution.build_host import HostDuring, may_pass
from grader.execution.disk_watch import blame_for_disk, build_watcher, free_disk, free_files, out_of_space
from grader.execution.engine import Builder, Engine, engine_errors
from grader.execution.limits import GIB, MIB
from grader.execution.requirements_gate import check_requirements
from grader.execution.runs import Run
from grader.execution.verdicts import NO_SPACE
from grader.probes.shared.text import decode_text
from grader.types import Verdict

DOCKER_FOLDER = Path(__file__).parents[2] / "docker"
DOCKERFILE = "sandbox.Dockerfile"
FILES = "sandbox*"
SANDBOX_SECONDS = 1200.0
PACKAGES_SECONDS = 600.0
PACKAGES_BYTES = 3 * GIB
LOG_TAIL = 30

_building = threading.Lock()


@dataclass(frozen=True)
class PackagesImage:
    """An image with a candidate's wheels in it, or none and why."""

    image: str | None
    detail: str = ""
    verdict: Verdict = Verdict.BUILD_FAIL
    """What there being no image says of the submission."""
    asked_index: bool = False
    """True where pip ran and failed, so that an unreachable package index may be the reason."""
    may_pass: bool = False
    """True where what was said may have passed since, so that it is worth another try."""


def sandbox_tag(folder: Path = DOCKER_FOLDER) -> str:
    """Return the tag of the sandbox image: a hash of its Dockerfile and the lists it installs."""
    digest = hashlib.sha256()
    for path in sandbox_files(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"takehome/sandbox:{digest.hexdigest()[:16]}"


def sandbox_files(folder: Path) -> list[Path]:
    """Return the files that decide what is in the sandbox image; SandboxError where there are none."""
    dockerfile = folder / DOCKERFILE
    if not dockerfile.is_file():
        raise SandboxError(
            f"{dockerfile}: not found; the Docker executor needs a checkout of the project, "
            "or use --executor local"
        )
    return sorted(path for path in folder.glob(FILES) if path.is_file())


def ensure_sandbox(
    engine: Engine,
    find: Callable[[], Builder],
    progress: Callable[[str], None] | None = None,
    folder: Path = DOCKER_FOLDER,
) -> str:
    """Return the tag of the sandbox image, building it first where the engine lacks it."""
    tag = sandbox_tag(folder)
    with _building:
        if image_exists(engine, tag):
            return tag
        if progress:
            progress(f"building {tag} (once; a few minutes)")
        command = BuildCommand(folder, folder / DOCKERFILE, tag, SANDBOX_SECONDS)
        end = run_build(find(), engine.host, command, progress=progress)
    if end.exit_code != 0:
        tail = "\n".join(end.log_text().strip().splitlines()[-LOG_TAIL:])
        raise SandboxError(f"the sandbox image cannot be built from {folder / DOCKERFILE}:\n{tail}")
    return tag


def image_exists(engine: Engine, name: str) -> bool:
    """Whether the engine has an image of that name."""
    with engine_errors(f"looking for the image {name}"):
        try:
            inspect_image(engine, name)
        except ImageNotFound:
            return False
    return True


def inspect_image(engine: Engine, name: str) -> dict[str, Any]:
    """Return what the engine knows of an image; ImageNotFound where there is none."""
    return dict(engine.client.images.get(name).attrs)


def save_image(engine: Engine, name: str, path: Path, limit: int) -> bool:
    """Write an image to a new file, byte by byte as the engine sends it; False where it is over `limit` bytes."""
    written = 0
    try:
        with engine_errors(f"saving the image {name}"), path.open("xb") as file:
            for chunk in engine.client.api.get_image(name, chunk_size=MIB):
                written += len(chunk)
                if written > limit:
                    return False
                file.write(chunk)
    except OSError as error:
        raise SandboxError(f"{path}: the image cannot be written: {error}") from error
    return True


def packages_image(
    engine: Engine,
    builder: Builder,
    run: Run,
    sandbox: str,
    requirements: Path,
    *,
    offline: bool = False,
) -> PackagesImage:
    """Install a candidate's requirements file over the sandbox image, from wheels only.

    What pip cannot install is the candidate's failure and told in `detail`; whether the package index could
    be reached at all is for the caller to find out.
    """
    try:
        text = decode_text(requirements.read_bytes()[: 1 << 20])
    except OSError as error:
        # A copy of ours: that it is there and to be read was seen to when it was laid out.
        raise SandboxError(f"{requirements} cannot be read: {error}") from error
    refused = check_requirements(text)
    if refused:
        return PackagesImage(None, f"{requirements.name}: {refused}")
    context = run.folder / run.name("packages")
    context.mkdir()
    (context / "requirements.txt").write_text(text, encoding="utf-8")
    (context / "Dockerfile").write_text(_packages_dockerfile(sandbox), encoding="utf-8")
    tag = f"takehome/{run.name('packages')}:latest"
    command = BuildCommand(
        context, context / "Dockerfile", tag, PACKAGES_SECONDS, labels=run.labels, offline=offline
    )
    before, files = free_disk(engine.root_dir), free_files(engine.root_dir)
    host = HostDuring(engine, run, build_watcher(engine, run, PACKAGES_BYTES))
    end = run_build(builder, engine.host, command, watcher=host)
    if end.exit_code == 0:
        return PackagesImage(tag)
    if end.stopped is not None:
        return PackagesImage(None, f"{requirements.name}: {end.stopped}", blame_for_disk(end.stopped))
    if not end.timed_out and NO_SPACE.search(end.log.value()):
        verdict, said = out_of_space(before, run, PACKAGES_BYTES, files, host.least_disk)
        return PackagesImage(None, f"{requirements.name}: {said}", verdict)
    reason = "took too long" if end.timed_out else _pip_reason(end.log_text())
    detail = f"{requirements.name} cannot be installed from wheels: {reason}"
    excuse = host.excuse(end)
    if excuse is not None:
        return PackagesImage(None, f"{detail}; {excuse}", Verdict.INFRA_ERROR)
    again = not (offline or end.timed_out) and may_pass(end.log_text())
    return PackagesImage(None, detail, asked_index=True, may_pass=again)


def _packages_dockerfile(sandbox: str) -> str:
    return (
        f"FROM {sandbox}\n"
        "USER root\n"
        "COPY requirements.txt /tmp/requirements.txt\n"
        "RUN python -m pip install --no-cache-dir --only-binary :all: -r /tmp/requirements.txt\n"
        "USER 10001\n"
    )


def _pip_reason(log: str) -> str:
    errors = [line.split("ERROR:", 1)[1].strip() for line in log.splitlines() if "ERROR:" in line]
    return errors[0][:300] if errors else log.strip()[-300:]
