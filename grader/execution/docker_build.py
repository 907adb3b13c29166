"""Build a submission's image, and tell a failure of the submission from one of ours."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from docker.errors import DockerException, ImageNotFound, NotFound

from grader.errors import SandboxError
from grader.execution.build_client import BuildCommand, BuildEnd, run_build
from grader.execution.build_host import HostDuring, may_pass
from grader.execution.disk_watch import blame_for_disk, build_watcher, free_disk, free_files, out_of_space
from grader.execution.dockerfile_gate import check_dockerfile
from grader.execution.engine import Builder, Engine, engine_errors, first_line
from grader.execution.images import image_exists, inspect_image
from grader.execution.limits import MIB
from grader.execution.offline import asked_network, because_offline
from grader.execution.old_engine import too_old
from grader.execution.protocol import Build, BuildRequest
from grader.execution.regular_file import read_regular
from grader.execution.runs import Run
from grader.execution.verdicts import NO_SPACE
from grader.types import Verdict

RUNS_BY = (
    "User", "Env", "Cmd", "Entrypoint", "WorkingDir", "ExposedPorts", "Volumes", "Healthcheck", "StopSignal",
    "Shell", "ArgsEscaped",
)  # fmt: skip
"""What of an image's configuration decides how it runs."""
MAX_DOCKERFILE = 1 * MIB
KEPT_FROM_US = re.compile("denied|unauthorized|authorization|authentication|docker login", re.I)
"""What an engine says, with 404, of a repository that a registry, a mirror or a policy does not give out."""
CONTROL_SECONDS = 120.0
_FETCH = "python -c \"import urllib.request as r; r.urlopen('{}', timeout=30).read(4096)\""
# Each asks what a build of a submission would ask, with nothing of the submission in it.
CONTROL_STEPS = {
    "pip": "python -m pip download --no-cache-dir --no-deps --dest /tmp/control six",
    "apt": "apt-get -o APT::Update::Error-Mode=any update",
    "conda": _FETCH.format("https://conda.anaconda.org/conda-forge/noarch/repodata.json.zst"),
    "apk": _FETCH.format("https://dl-cdn.alpinelinux.org/alpine/latest-stable/main/x86_64/APKINDEX.tar.gz"),
}
ASKED_WHERE = {
    "apt": re.compile(r"^[^#\n]*\bapt(?:itude)?\b", re.M),
    "conda": re.compile(r"^[^#\n]*(?:conda|mamba)", re.M),
    "apk": re.compile(r"^[^#\n]*\bapk\b", re.M),
}
"""What a Dockerfile holds that may need an index beside pip's."""
NOT_REACHED = re.compile(
    r"resolv|DNS|connect|CondaHTTPError|CondaSSLError|Timeout was reached|temporary error|network error|bad address"
    r"|unable to select packages",
    re.I,
)
"""What conda, mamba and apk say where their index is out of reach."""


class ImageBuilder:
    """Builds images for one run; a control build that fails is not made again in the same attempt."""

    def __init__(
        self,
        engine: Engine,
        run: Run,
        builder: Callable[[], Builder],
        control_image: str,
        *,
        offline: bool = False,
    ) -> None:
        self._offline = offline
        self._engine = engine
        self._run = run
        self._builder = builder
        self._control_image = control_image
        self._controls: dict[str, str | None] = {}
        self._lock = threading.Lock()

    def build(self, request: BuildRequest) -> Build:
        """Check, fetch base images, build, inspect; SandboxError only where the engine itself fails."""
        text, reason = _read_dockerfile(request)
        if text is None:
            return _no_image(Verdict.BUILD_FAIL, reason)
        gate = check_dockerfile(text)
        if gate.refusals:
            return _no_image(Verdict.BUILD_FAIL, "; ".join(str(r) for r in gate.refusals[:5]))
        if gate.needs_heredocs is not None and not self._engine.heredocs:
            return _no_image(
                Verdict.INFRA_ERROR,
                f"line {gate.needs_heredocs}: this engine ({self._engine.version}) builds no heredocs; "
                "grade with engine 23 or newer",
            )
        builder = self._builder()
        if not builder.buildkit and "--mount" in gate.text:
            return _no_image(
                Verdict.INFRA_ERROR, "RUN --mount needs BuildKit, and no Docker client here has it"
            )
        for base in gate.bases:
            trouble = self._fetch(base)
            if trouble is not None:
                return trouble
        return self._build(request, gate.text, builder)

    def bases(self, request: BuildRequest) -> dict[str, str]:
        """Return the ids of the base images a build starts from; empty for one the engine does not have yet."""
        text, _ = _read_dockerfile(request)
        found = {}
        for base in check_dockerfile(text).bases if text is not None else ():
            with engine_errors("inspecting a base image"):
                try:
                    found[base] = str(inspect_image(self._engine, base)["Id"])
                except ImageNotFound:
                    found[base] = ""
        return found

    def ask_again(self) -> None:
        """Forget what the control builds said: another attempt may find the package index reachable."""
        with self._lock:
            self._controls.clear()

    def network_trouble(self, kind: str) -> str | None:
        """Return a sentence where a build of ours cannot reach what candidates' builds need, else None."""
        with self._lock:
            # Only bad news is kept, for one attempt: that an index answered once says nothing of a later failure.
            if self._controls.get(kind) is None:
                self._controls[kind] = self._control(kind)
            return self._controls[kind]

    def _fetch(self, base: str) -> Build | None:
        """Have a base image in the engine before the build; return how the build ends where it cannot be had."""
        if image_exists(self._engine, base):
            return None
        name, _, tag = base.partition(":") if "@" not in base else (base, "", "")
        try:
            self._engine.client.api.pull(name, tag=tag or None)
        except (DockerException, requests.RequestException) as error:
            said = str(getattr(error, "explanation", ""))
            # Each repository that may be named exists, so one that is kept from us is no matter of the submission;
            # its tag, which the engine repeats, may be any word.
            if isinstance(error, NotFound) and not KEPT_FROM_US.search(_without(said, tag)):
                return _no_image(Verdict.BUILD_FAIL, f"the base image {base} does not exist: {said}")
            with engine_errors("fetching a base image"):
                self._engine.client.ping()
            return _no_image(
                Verdict.INFRA_ERROR,
                f"the base image {base} cannot be fetched: {first_line(error)}; make it available to the engine "
                "(docker pull, docker load, or `make engine` for python:3.11-slim)",
            )
        if image_exists(self._engine, base):
            return None
        return _no_image(Verdict.INFRA_ERROR, f"the base image {base} was not there after it was fetched")

    def _build(self, request: BuildRequest, text: str, builder: Builder) -> Build:
        name = self._run.name("image")
        tag = f"takehome/{name}:latest"
        dockerfile = _outside_context(self._run.folder / name, request, text)
        command = BuildCommand(
            context=request.context / request.folder,
            dockerfile=dockerfile,
            tag=tag,
            seconds=request.seconds,
            labels=self._run.labels,
            arguments={"BUILDKIT_CACHE_MOUNT_NS": request.namespace or self._run.id}
            if builder.buildkit
            else {},
            offline=self._offline,
        )
        built = self._attempt(builder, command, text, request)
        if built.verdict is Verdict.BUILD_FAIL and self._worth_another(built):
            again = self._attempt(builder, command, text, request)
            built = replace(again, seconds=built.seconds + again.seconds)
        return built

    def _worth_another(self, built: Build) -> bool:
        """Whether a failed build speaks of trouble that the control build, which came after, did not meet any more."""
        return not self._offline and may_pass(f"{built.log_head}\n{built.log_tail}")

    def _attempt(self, builder: Builder, command: BuildCommand, text: str, request: BuildRequest) -> Build:
        before, files = free_disk(self._engine.root_dir), free_files(self._engine.root_dir)
        host = HostDuring(self._engine, self._run, build_watcher(self._engine, self._run, request.max_bytes))
        end = run_build(builder, self._engine.host, command, watcher=host)
        if end.exit_code == 0:
            return self._built(command.tag, end, request)
        verdict, detail = self._blame(end, text, request)
        if verdict is Verdict.BUILD_FAIL and NO_SPACE.search(end.log.value()):
            verdict, detail = out_of_space(before, self._run, request.max_bytes, files, host.least_disk)
        excuse = host.excuse(end) if verdict in (Verdict.BUILD_FAIL, Verdict.TIMEOUT_JOB) else None
        if excuse is not None:
            verdict, detail = Verdict.INFRA_ERROR, f"{detail}; {excuse}"
        return _ended(verdict, detail, end)

    def _blame(self, end: BuildEnd, text: str, request: BuildRequest) -> tuple[Verdict, str]:
        if end.stopped is not None:
            return blame_for_disk(end.stopped), end.stopped
        with engine_errors("building an image"):
            self._engine.client.ping()
        said = _reason(end)
        lack = None if end.timed_out else too_old(said, self._engine.version, text, end.log_text())
        if lack is not None:
            return Verdict.INFRA_ERROR, lack
        trouble = self._network_kept_it(end, text)
        if trouble is not None:
            return Verdict.INFRA_ERROR, trouble
        how = " (offline)" if self._offline else ""
        if end.timed_out:
            return Verdict.TIMEOUT_JOB, f"the build{how} did not end within {request.seconds:g} seconds"
        return Verdict.BUILD_FAIL, f"docker build{how} ended with exit code {end.exit_code}: {_reason(end)}"

    def _network_kept_it(self, end: BuildEnd, text: str) -> str | None:
        """Return a sentence where a build failed for want of a network that is ours to give, else None."""
        if self._offline:
            reason = _reason(end)
            return because_offline(reason) if asked_network(end.log_text(), reason) else None
        reached = NOT_REACHED.search(end.log_text()) is None
        kinds = [kind for kind, words in ASKED_WHERE.items() if words.search(text)]
        kinds = ["pip", *(kind for kind in kinds if kind == "apt" or end.timed_out or not reached)]
        troubles = (self.network_trouble(kind) for kind in kinds)
        return next((trouble for trouble in troubles if trouble is not None), None)

    def _built(self, tag: str, end: BuildEnd, request: BuildRequest) -> Build:
        with engine_errors("inspecting a built image"):
            found = inspect_image(self._engine, tag)
        size = int(found.get("Size") or 0)
        if size > request.max_bytes:
            limit = f"the limit is {request.max_bytes / MIB:.0f} MiB"
            return _ended(Verdict.DISK_LIMIT, f"the image has {size / MIB:.0f} MiB; {limit}", end, size)
        config = found.get("Config") or {}
        health = (config.get("Healthcheck") or {}).get("Test") or ["NONE"]
        return Build(
            verdict=Verdict.OK,
            image=tag,
            log_head=end.log.head().decode(errors="replace"),
            log_tail=end.log.tail().decode(errors="replace"),
            seconds=end.seconds,
            size_bytes=size,
            user=str(config.get("User") or ""),
            healthcheck=health[0] != "NONE",
            exposed_ports=_ports(config.get("ExposedPorts") or {}),
            command=(*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())),
            content=image_content(found),
        )

    def _control(self, kind: str) -> str | None:
        folder = self._run.folder / self._run.name("control")
        folder.mkdir()
        text = f"FROM {self._control_image}\nUSER root\nRUN {CONTROL_STEPS[kind]}\n"
        (folder / "Dockerfile").write_text(text, encoding="utf-8")
        tag = f"takehome/{self._run.name('control')}:latest"
        command = BuildCommand(
            folder, folder / "Dockerfile", tag, CONTROL_SECONDS, labels=self._run.labels, cache=False
        )
        end = run_build(self._builder(), self._engine.host, command)
        if end.exit_code == 0:
            return None
        return f"a build of ours cannot reach the {kind} package index either: {_reason(end)}"


def image_content(inspected: Mapping[str, Any]) -> str:
    """Return a hash of an image's layers and of how it runs, leaving out its name, labels and times."""
    config = dict(inspected.get("Config") or {})
    runs = {name: config.get(name) for name in RUNS_BY}
    layers = (inspected.get("RootFS") or {}).get("Layers")
    platform = [inspected.get("Os"), inspected.get("Architecture"), inspected.get("Variant")]
    text = json.dumps([layers, runs, platform], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_dockerfile(request: BuildRequest) -> tuple[str | None, str]:
    """Return the Dockerfile's text, or why it cannot be read; SandboxError where the machine refuses."""
    try:
        content = read_regular(str(request.context), request.dockerfile, MAX_DOCKERFILE)
    except OSError as error:
        raise SandboxError(f"{request.dockerfile}: cannot be read: {error}") from error
    if content is None:
        return (
            None,
            f"{request.dockerfile}: no regular file of at most {MAX_DOCKERFILE} bytes, links not followed",
        )
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return None, f"{request.dockerfile}: not UTF-8: {error}"


def _outside_context(folder: Path, request: BuildRequest, text: str) -> Path:
    """Write the text to be built beside the context, with the ignore file that belongs to its name."""
    folder.mkdir()
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(text, encoding="utf-8")
    ignore, _ = _read_dockerfile(
        BuildRequest(
            request.context, f"{request.dockerfile}.dockerignore", request.seconds, request.max_bytes
        )
    )
    if ignore is not None:
        (folder / "Dockerfile.dockerignore").write_text(ignore, encoding="utf-8")
    return dockerfile


def _without(said: str, tag: str) -> str:
    """Return what an engine said less the tag that it was asked for."""
    return re.sub(rf"(?<![\w.-]){re.escape(tag)}(?![\w.-])", "", said) if tag else said


def _ports(exposed: dict[str, object]) -> tuple[int, ...]:
    ports = (port.partition("/")[0] for port in exposed)
    return tuple(sorted(int(port) for port in ports if port.isdigit()))


def _no_image(verdict: Verdict, detail: str) -> Build:
    return Build(verdict, None, "", "", 0.0, detail=detail)


def _ended(verdict: Verdict, detail: str, end: BuildEnd, size: int = 0) -> Build:
    return Build(
        verdict=verdict,
        image=None,
        log_head=end.log.head().decode(errors="replace"),
        log_tail=end.log.tail().decode(errors="replace"),
        seconds=end.seconds,
        size_bytes=size,
        detail=detail,
    )


def _reason(end: BuildEnd) -> str:
    """Return the last line of the log that says something."""
    lines = [line.strip() for line in end.log_text().splitlines() if line.strip(" -")]
    return lines[-1][:300] if lines else "no output"
