"""The seam between the pipeline and whatever runs things: jobs, images, services, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.execution.limits import JobLimits
from grader.types import ExecutorName, Verdict


@dataclass(frozen=True)
class Saved:
    """A new file on the host that takes the whole standard output of a job, at most `limit` bytes of it."""

    path: Path
    limit: int


@dataclass(frozen=True)
class Job:
    """A Python script of ours to run once, apart from everything else.

    `script` is one file, mounted with the modules of `library` and nothing else. Each of `inputs` is a host
    path that the job sees read-only under the path named in the environment variable of the same name
    (`DATA_DIR`, `SUBMISSION_DIR`, ...). `output_area` names a size-limited area that the job may write
    (variable `OUTPUT_DIR`); `read_areas` are areas of earlier jobs, read-only, under their variables.
    `packages` is a requirements file to be installed from wheels into the job's own image first, or None.
    """

    id: str
    script: Path
    limits: JobLimits
    arguments: tuple[str, ...] = ()
    inputs: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    output_area: str | None = None
    read_areas: Mapping[str, str] = field(default_factory=dict)
    working_input: str | None = None
    """The input whose path is the working directory."""
    candidate_code: bool = False
    """True where the job runs code of the submission, so nothing of ours but what it needs may be near."""
    library: Mapping[str, Path] = field(default_factory=dict)
    """Modules of ours that the script imports, by their place beside it: `package/module.py` to a file."""
    packages: Path | None = None
    """A requirements file installed from wheels into an image of this job's own; a failure is BUILD_FAIL."""
    saved: Saved | None = None
    """Where standard output goes instead of `Execution.stdout`; more than its limit is OUTPUT_LIMIT."""


@dataclass(frozen=True)
class Execution:
    """How a job ended. `stdout` is capped by `limits.output_bytes`, head and tail halves kept."""

    verdict: Verdict
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float
    peak_memory: int | None = None
    truncated: bool = False
    detail: str = ""
    held_up: str | None = None
    """A sentence where the host left the job too little CPU to hold any clock against it."""


@dataclass(frozen=True)
class BuildRequest:
    """An image to build from a submission: its folder, the Dockerfile inside it, and how much it may take."""

    context: Path
    dockerfile: str
    seconds: float
    max_bytes: int
    namespace: str = ""
    """Cache mounts are shared by builds of one namespace only; without one, by those of one executor."""
    folder: str = "."
    """The folder of it that the build sees; the Dockerfile may lie outside."""


@dataclass(frozen=True)
class Build:
    """How a build ended; `image` is an id that `serve` takes, set where the verdict is OK."""

    verdict: Verdict
    image: str | None
    log_head: str
    log_tail: str
    seconds: float
    size_bytes: int = 0
    user: str = ""
    healthcheck: bool = False
    exposed_ports: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    detail: str = ""
    content: str = ""
    """A hash of layers and configuration: equal for two images that run alike. Empty where it is not known."""


@dataclass(frozen=True)
class Stopped:
    """How a service behaved on SIGTERM: seconds until gone, exit code, whether it had to be killed."""

    seconds: float
    exit_code: int | None
    killed: bool
    oom: bool = False
    log_tail: str = ""
    disk_full: bool = False
    """True where it was killed for writing more than its share of the disk."""


class Service(Protocol):
    """A running service without network; jobs can be run inside its network namespace."""

    def running(self) -> bool:
        """Return whether its main process is alive."""

    def down(self) -> Verdict | None:
        """Return why the service is not running: OOM, DISK_LIMIT or SERVICE_DOWN; None while it runs."""

    def probe(self, job: Job) -> Execution:
        """Run a job of ours that reaches the service on 127.0.0.1."""

    def logs(self, limit: int = 16384) -> str:
        """Return the end of what the service printed, at most `limit` bytes."""

    def runs_as_root(self) -> bool | None:
        """Return whether the engine sees its main process under uid 0; None where it does not say."""

    def health_check_passes(self, seconds: float) -> bool | None:
        """Run the image's own health check once inside; False where it does not end well within `seconds`.

        None where the image declares none.
        """

    def stop(self, seconds: float) -> Stopped:
        """Send SIGTERM, wait, kill what is left."""


class Executor(Protocol):
    """Runs jobs in areas of one grading; closing it removes everything it made."""

    name: ExecutorName
    isolated: bool

    def environment(self) -> dict[str, str]:
        """Return what a reader of the report should know of engine, images and host."""

    def run(self, job: Job) -> Execution:
        """Run a job to its end within its limits; SandboxError only where the sandbox itself fails."""

    def read_area(self, area: str, name: str, limit: int) -> bytes | None:
        """Return one regular file of an area (`name` relative to it), never following a link.

        None where there is no such file, it is not a regular file, or it is larger than `limit` bytes.
        """

    def build(self, request: BuildRequest) -> Build:
        """Build an image from a submission; never SandboxError for the candidate's own failure."""

    def build_inputs(self, request: BuildRequest) -> Mapping[str, str]:
        """Return what a build depends on beside its context: the builder, and ids of base images by name."""

    def save_image(self, image: str, path: Path, limit: int) -> bool:
        """Write a built image to a new file, as the engine packs it and unread; False where it is over `limit`.

        SandboxError where the engine or the disk fails. What is in the file is for a job to read.
        """

    def serve(
        self, image: str, limits: JobLimits, *, read_only: bool = False
    ) -> AbstractContextManager[Service]:
        """Start an image as delivered, without network, and remove it whatever happens."""

    def passes_idle(self, image: str, limits: JobLimits, seconds: float) -> bool:
        """Return whether the image's health check ends with 0 within `seconds` where nothing serves.

        Asked only of an image that declares one.
        """

    def recover(self, patience: float) -> None:
        """Get ready for another attempt after a SandboxError, waiting up to `patience` seconds for the engine.

        What earlier jobs left in areas is lost. SandboxError where the sandbox still does not work.
        """

    def close(self) -> None:
        """Remove containers, volumes, networks and images made for this grading."""
