"""The Docker executor: every job in a container of its own, confined, and nothing left behind."""

from __future__ import annotations

import platform
import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from grader.errors import SandboxError
from grader.execution.areas import Areas
from grader.execution.capture import spooled
from grader.execution.containers import PROGRAM, container_runs, create_job, remove_container
from grader.execution.docker_build import ImageBuilder
from grader.execution.docker_job import Ended, run_to_end
from grader.execution.docker_service import DockerService, serving
from grader.execution.engine import Builder, connect, engine_errors, find_builder
from grader.execution.engine_life import EngineLife, LifeSince
from grader.execution.images import (
    DOCKER_FOLDER,
    PackagesImage,
    ensure_sandbox,
    inspect_image,
    packages_image,
    save_image,
)  # fmt: skip
from grader.execution.limits import JobLimits
from grader.execution.offline import because_offline
from grader.execution.protocol import Build, BuildRequest, Execution, Job
from grader.execution.runs import default_runs, open_run, remove_all, remove_ended, sweep
from grader.execution.verdicts import NO_SPACE, verdict_of
from grader.types import OFFLINE_OPTION, ExecutorName, Verdict

Progress = Callable[[str], None]
RECOVER_EVERY = 1.0
PROGRAM_LOST = re.compile(
    rb"\S+: can't (?:open file|find '__main__' module in) '" + PROGRAM.encode() + rb"[^\n]*\n?"
)
"""What Python says where the folder that it is to run is not to be read, as on a disk that lets only some users in."""
ALONE = "none"
"""The network of a job that nothing of the submission runs beside."""


class DockerExecutor:
    """Runs jobs in fresh containers of the sandbox image, builds submissions' images and serves them.

    `runs` is the folder for locks and scratch (default: the user's cache); leftovers of killed runs of the
    same folder are removed on construction. `sandbox_image` names an image to be used instead of the one
    built from docker/sandbox.Dockerfile. `progress` is told what takes long. `runtime` names one of the
    engine's; without it the strongest one installed is taken. `offline_build` keeps the steps of submissions'
    builds from the network. Use it as a context manager.
    Raises SandboxError where no engine answers or the sandbox image cannot be had.
    """

    name: ExecutorName = "docker"
    isolated: bool = True

    def __init__(
        self,
        *,
        runs: Path | None = None,
        progress: Progress | None = None,
        sandbox_image: str | None = None,
        docker_folder: Path = DOCKER_FOLDER,
        runtime: str | None = None,
        offline_build: bool = False,
    ) -> None:
        self._engine = connect(runtime)
        self._found_builder: Builder | None = None
        self._lock = threading.Lock()
        self._life = EngineLife(self._engine.client)
        folder = runs or default_runs()
        try:
            self.swept = sweep(self._engine.client, folder)
            self._run = open_run(folder)
        except BaseException:
            self._engine.client.close()
            raise
        self._closed = False
        self._offline = offline_build
        self._given_image, self._progress, self._docker_folder = sandbox_image, progress, docker_folder
        try:
            self.sandbox_image = self._ensured()
        except BaseException:
            self.close()
            raise
        self._areas = Areas(self._engine, self._run)
        self._images = ImageBuilder(
            self._engine, self._run, self._builder, self.sandbox_image, offline=offline_build
        )

    def recover(self, patience: float) -> None:
        """Wait for the engine, clear away what it killed, and have the sandbox image again."""
        until = time.monotonic() + patience
        while True:
            try:
                self._life.mark()
                break
            except SandboxError:
                if time.monotonic() >= until:
                    raise
                time.sleep(RECOVER_EVERY)
        failures = remove_ended(self._engine.client, self._run.id)
        if failures and self._progress is not None:
            said = "; ".join(failures[:3])
            self._progress(
                f"the engine did not remove {len(failures)} ended container(s) of this run: {said}"
            )
        self._images.ask_again()
        self._ensured()

    def _ensured(self) -> str:
        return self._given_image or ensure_sandbox(
            self._engine, self._builder, self._progress, self._docker_folder
        )

    def environment(self) -> dict[str, str]:
        """Return engine, runtime, sandbox image and host as a reader of the report should know them."""
        with engine_errors("describing itself"):
            image = inspect_image(self._engine, self.sandbox_image)
        builder = self._builder()
        labels = (image.get("Config") or {}).get("Labels") or {}
        stand_in = any("stand-in" in f"{key}={value}".lower() for key, value in labels.items())
        return {
            "engine": f"Docker {self._engine.version}",
            "runtime": self._runtimes(),
            "builder": "BuildKit" if builder.buildkit else "classic builder",
            "build_network": f"none ({OFFLINE_OPTION})" if self._offline else "as the engine allows",
            "sandbox_image": self.sandbox_image,
            "sandbox_image_id": str(image["Id"]),
            "base_image": "stand-in for python:3.11-slim" if stand_in else "python:3.11-slim",
            "host": f"{platform.system()} {platform.release()} {platform.machine()}",
        }

    def run(self, job: Job) -> Execution:
        """Run a job in a fresh container; SandboxError only where the engine or an input of ours fails."""
        image = self.sandbox_image
        # First of all, since jobs that read the area run after one that could not even start.
        if job.output_area is not None:
            self._areas.create(job.output_area, self.sandbox_image, job.limits)
        if job.packages is not None:
            derived = self._packages(job.packages)
            if isinstance(derived, Execution):
                return derived
            image = derived
        return self._run_in(job, image, ALONE)

    def probe(self, job: Job, container: str) -> Execution:
        """Run a job inside the network namespace of a running container, SERVICE_DOWN where it is gone."""
        since = LifeSince(self._life)
        if job.output_area is not None:
            self._areas.create(job.output_area, self.sandbox_image, job.limits)
        try:
            return self._run_in(job, self.sandbox_image, f"container:{container}")
        except SandboxError:
            since.check(f"the job {job.id} was at work")
            # Joining the network of a container that has ended fails in the engine, but is not its fault.
            if container_runs(self._engine, container):
                raise
            return Execution(
                Verdict.SERVICE_DOWN, None, b"", b"", 0.0, detail="the service was not running any more"
            )

    def read_area(self, area: str, name: str, limit: int) -> bytes | None:
        """Return one regular file of an area, at most `limit` bytes, else None."""
        return self._areas.read(area, name, limit)

    def build(self, request: BuildRequest) -> Build:
        """Check the Dockerfile, build it, and tell whose fault a failure is."""
        since = LifeSince(self._life)
        built = self._images.build(request)
        if built.verdict is not Verdict.OK:
            since.check("it was building")
        return built

    def build_inputs(self, request: BuildRequest) -> dict[str, str]:
        """Return the builder, and the ids of the base images that the engine has."""
        return {"builder": self.environment()["builder"], **self._images.bases(request)}

    def save_image(self, image: str, path: Path, limit: int) -> bool:
        """Write an image to a new file as `docker save` does; False where that is more than `limit` bytes."""
        return save_image(self._engine, image, path, limit)

    def serve(
        self, image: str, limits: JobLimits, *, read_only: bool = False
    ) -> AbstractContextManager[DockerService]:
        """Start an image as delivered, without network."""
        return serving(
            self._engine,
            self._run,
            image,
            limits,
            read_only=read_only,
            probe=self.probe,
            keeper_image=self.sandbox_image,
            life=self._life,
        )

    def passes_idle(self, image: str, limits: JobLimits, seconds: float) -> bool:
        """Run the image's health check as the only program of a container that nothing can be written to."""
        with serving(
            self._engine,
            self._run,
            image,
            limits,
            read_only=True,
            health_check=True,
            probe=self.probe,
            keeper_image=self.sandbox_image,
            life=self._life,
        ) as alone:
            return alone.ends_well(seconds)

    def close(self) -> None:
        """Remove everything this executor made; safe to be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            remove_all(self._engine.client, self._run.id)
        finally:
            self._run.release()
            self._life.close()
            self._engine.client.close()

    def __enter__(self) -> DockerExecutor:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def _runtimes(self) -> str:
        jobs, services = self._engine.runtime, self._engine.own_runtime
        return jobs if jobs == services else f"{jobs}; {services} for services"

    def _builder(self) -> Builder:
        if self._found_builder is None:
            self._found_builder = find_builder(self._engine.host)
        return self._found_builder

    def _packages(self, requirements: Path) -> str | Execution:
        """Return the image with a job's packages, or how making it ended."""
        since = LifeSince(self._life)
        made = self._packages_made(requirements)
        blame = self._index_trouble(made)
        if blame is None and made.may_pass:
            made = self._packages_made(requirements)
            blame = self._index_trouble(made)
        if made.image is not None:
            return made.image
        since.check("a notebook's packages were being installed")
        verdict = made.verdict if blame is None else Verdict.INFRA_ERROR
        return Execution(verdict, None, b"", b"", 0.0, detail=blame or made.detail)

    def _packages_made(self, requirements: Path) -> PackagesImage:
        return packages_image(
            self._engine,
            self._builder(),
            self._run,
            self.sandbox_image,
            requirements,
            offline=self._offline,
        )

    def _index_trouble(self, made: PackagesImage) -> str | None:
        """Return a sentence where packages could not be had for want of an index, else None."""
        if made.image is not None or not made.asked_index:
            return None
        return because_offline(made.detail) if self._offline else self._images.network_trouble("pip")

    def _run_in(self, job: Job, image: str, network_mode: str) -> Execution:
        since = LifeSince(self._life)
        name = self._run.name("job")
        names = [*job.read_areas.values(), *([job.output_area] if job.output_area else [])]
        areas = {area: self._areas.volume(area) for area in names}
        try:
            with engine_errors(f"preparing the job {job.id}"):
                create_job(
                    self._engine,
                    self._run,
                    job,
                    name=name,
                    image=image,
                    areas=areas,
                    network_mode=network_mode,
                )
            with spooled(job.saved) as spool:
                ended = run_to_end(self._engine, name, job.limits, spool, alone=network_mode == ALONE)
            # The memory of an area is gone with its keeper, and what is read of it then is nothing.
            for area in names:
                self._areas.check_kept(area)
        finally:
            remove_container(self._engine.client, name)
        since.check(f"the job {job.id} was at work")
        # All that it said: nothing of the submission has run, and nothing that did could say so and no more,
        # but for packages of its own, which Python imports from before it opens our program.
        said_by_us = job.packages is None and ended.ending.exit_code in (1, 2)
        if said_by_us and PROGRAM_LOST.fullmatch(ended.stderr.value()):
            said = ended.stderr.value().decode("utf-8", "replace").strip()
            raise SandboxError(f"the job {job.id} could not read its own program: {said}")
        return self._execution(job, ended)

    def _execution(self, job: Job, ended: Ended) -> Execution:
        ending = ended.ending
        if job.output_area is not None and ending.exit_code != 0 and NO_SPACE.search(ending.stderr_tail):
            ending = replace(ending, area_full=self._areas.full(job.output_area))
        verdict, detail = verdict_of(ending, job.limits)
        return Execution(
            verdict=verdict,
            exit_code=ending.exit_code,
            stdout=ended.stdout.value(),
            stderr=ended.stderr.value(),
            seconds=ended.seconds,
            peak_memory=ending.peak_memory,
            truncated=ended.stdout.truncated or ended.stderr.truncated,
            detail=detail,
            held_up=ending.held_up,
        )
