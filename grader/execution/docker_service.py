"""A submission's image, running as delivered within our limits and without network."""

from __future__ import annotations

import contextlib
import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests
from docker.errors import APIError, DockerException, NotFound
from docker.types import Healthcheck, LogConfig, Mount

from grader.errors import SandboxError
from grader.execution.account_files import account_trouble
from grader.execution.containers import (
    confinement,
    container_runs,
    remove_container,
    tmpfs_options,
)
from grader.execution.disk_watch import DiskWatch
from grader.execution.engine import Engine, engine_errors
from grader.execution.engine_life import EngineLife, LifeSince
from grader.execution.images import inspect_image
from grader.execution.keeper import create_volume, start_keeper
from grader.execution.limits import JobLimits
from grader.execution.memory_watch import MemoryWatch
from grader.execution.protocol import Execution, Job, Stopped
from grader.execution.runs import Run
from grader.types import Verdict

LOG_OPTIONS = {"max-size": "5m", "max-file": "2"}
MAX_VOLUMES = 16
LOG_LINES = 2000
KILL_PATIENCE = 30.0
HEALTH_LOOK_EVERY = 0.1

ITS_OWN = re.compile(
    "OCI runtime|unable to find user|unable to find group|uids and gids must be in range|Cannot mkdir: "
    "|evalSymlinksInScope: too many links|source .* is not directory"
    "|: (?:not a directory|file name too long|too many levels of symbolic links)$"
)
"""What the engine says, beside 400, of an image whose command, user, folder or volumes cannot be had."""
VOLUME_FULL = re.compile("failed to copy files: .*no space left on device")
"""What it says of a declared volume for which the image holds more than we give one."""

Probe = Callable[[Job, str], Execution]


class DockerService:
    """The running container of a service; made by `serving`, which removes it."""

    def __init__(
        self,
        engine: Engine,
        container: str,
        probe: Probe,
        disk: DiskWatch | None,
        life: LifeSince,
        memory: MemoryWatch | None = None,
    ) -> None:
        self._engine = engine
        self._container = container
        self._probe = probe
        self._disk = disk
        self._life = life
        self._memory = memory

    def running(self) -> bool:
        """Return whether its main process is alive; SandboxError where the engine or the host took it along."""
        return self.down() is None

    def _check(self) -> None:
        self._life.check("a service was running")

    def down(self) -> Verdict | None:
        """Return why it is not running: OOM, DISK_LIMIT or SERVICE_DOWN; None while it runs.

        SandboxError where the engine or the host took it along.
        """
        with engine_errors("looking at the service"):
            state = self._engine.client.api.inspect_container(self._container)["State"]
        self._check()
        if state["Running"]:
            return None
        if self._memory is not None and self._memory.host_ran_out(state):
            raise SandboxError("the host ran out of memory while a service was running; end other work on it")
        if state["OOMKilled"]:
            return Verdict.OOM
        return Verdict.DISK_LIMIT if self._disk_full() else Verdict.SERVICE_DOWN

    def probe(self, job: Job) -> Execution:
        """Run a job of ours in the service's network namespace, where it answers on 127.0.0.1."""
        execution = self._probe(job, self._container)
        self._check()
        return execution

    def logs(self, limit: int = 16384) -> str:
        """Return the end of what the service printed, at most `limit` bytes."""
        with engine_errors("reading the service's log"):
            text = self._engine.client.api.logs(self._container, tail=LOG_LINES)
        return bytes(text)[-limit:].decode(errors="replace")

    def runs_as_root(self) -> bool | None:
        """Return whether its main process has uid 0, whatever the name of its user; None where nobody says.

        Asked of the engine, not of a program of the image. An engine that maps users elsewhere never says 0.
        """
        api = self._engine.client.api
        try:
            main = str(api.inspect_container(self._container)["State"]["Pid"])
            told = api.top(self._container, ps_args="-eo pid,uid")
            uids = {row[0]: row[1] for row in told["Processes"] or ()}
        except (DockerException, requests.RequestException, LookupError):
            return None
        return uids[main] == "0" if main in uids else None

    def health_check_passes(self, seconds: float) -> bool | None:
        """Run the image's own health check once inside; what hangs is ended with the container."""
        api = self._engine.client.api
        with engine_errors("looking at the service"):
            image = str(api.inspect_container(self._container)["Image"])
            config = inspect_image(self._engine, image).get("Config") or {}
        command = _health_command(config)
        if command is None:
            return None
        if account_trouble(self._engine, self._container) is not None:
            return False
        try:
            started = api.exec_create(self._container, command, stdout=False, stderr=False)["Id"]
            api.exec_start(started, detach=True)
            until = time.monotonic() + seconds
            while (told := api.exec_inspect(started))["Running"] and time.monotonic() < until:
                time.sleep(HEALTH_LOOK_EVERY)
        except APIError as error:
            # 400: the command is not there; 404 and 409: the service has ended. The rest is the engine's own.
            its_own = error.status_code in (400, 404, 409) or ITS_OWN.search(str(error.explanation).strip())
            if its_own or not container_runs(self._engine, self._container):
                return False
            with engine_errors("running the service's health check"):
                raise
        except (DockerException, requests.RequestException):
            with engine_errors("running the service's health check"):
                raise
        return bool(told["ExitCode"] == 0)

    def ends_well(self, seconds: float) -> bool:
        """Return whether its main process ends by itself, with 0, within `seconds`."""
        with engine_errors("waiting for a container"):
            ended = self._wait(seconds)
            state = self._engine.client.api.inspect_container(self._container)["State"]
        self._check()
        return ended and int(state["ExitCode"]) == 0

    def stop(self, seconds: float) -> Stopped:
        """Send SIGTERM, wait up to `seconds`, kill what is left."""
        self._check()
        begun = time.monotonic()
        with engine_errors("stopping the service"):
            self._signal("SIGTERM")
            ended = self._wait(seconds)
            if not ended:
                self._signal("SIGKILL")
                self._wait(KILL_PATIENCE)
            taken = time.monotonic() - begun
            state = self._engine.client.api.inspect_container(self._container)["State"]
        self._check()
        return Stopped(
            seconds=taken,
            exit_code=None if state["Running"] else int(state["ExitCode"]),
            killed=not ended,
            oom=bool(state["OOMKilled"]),
            log_tail=self.logs(),
            disk_full=self._disk_full(),
        )

    def _disk_full(self) -> bool:
        return self._disk is not None and self._disk.exceeded

    def _signal(self, name: str) -> None:
        with contextlib.suppress(APIError):
            self._engine.client.api.kill(self._container, name)  # already over: 409

    def _wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError):
                self._engine.client.api.wait(self._container, timeout=math.ceil(min(left, 5.0)))
                return True
            if not container_runs(self._engine, self._container):
                return True
        return not container_runs(self._engine, self._container)


@contextlib.contextmanager
def serving(
    engine: Engine,
    run: Run,
    image: str,
    limits: JobLimits,
    *,
    read_only: bool,
    health_check: bool = False,
    probe: Probe,
    keeper_image: str,
    life: EngineLife,
) -> Iterator[DockerService]:
    """Start an image as delivered (its user, command and files) and remove container and volumes after.

    A service that cannot even be started (no command, unknown user) is one that is down, with the engine's
    reason in its log. With `health_check` the image's own check is all that runs.
    Nothing of the host is mounted; declared volumes are memory of `limits.tmp` bytes, more than two of them
    of as much as two.
    """
    since = LifeSince(life)
    name = run.name("service")
    keeper = run.name("keeper")
    volumes: dict[str, str] = {}
    disk: DiskWatch | None = None
    memory: MemoryWatch | None = None
    try:
        with engine_errors("preparing the service"):
            declared = _declared_volumes(engine, image)
        if len(declared) > MAX_VOLUMES:
            reason = f"{len(declared)} declared volumes; at most {MAX_VOLUMES}"
            yield _UnstartableService(engine, reason, since)
            return
        with engine_errors("preparing the service"):
            _make_volumes(engine, run, declared, limits, volumes)
            if volumes:
                # Mounted before the service is created, so that the image's files are copied into live memory.
                start_keeper(engine, run, keeper, keeper_image, list(volumes.values()))
            own_tmp = read_only and "/tmp" not in declared  # noqa: S108 - a path inside the container
            host = engine.client.api.create_host_config(
                **confinement(engine, limits, engine.own_runtime),
                network_mode="none",
                read_only=read_only,
                tmpfs={"/tmp": tmpfs_options(limits.tmp)} if own_tmp else None,  # noqa: S108 - as above
                mounts=[Mount(target, volume, type="volume") for target, volume in volumes.items()],
                log_config=LogConfig(type="json-file", config=LOG_OPTIONS),
            )
        check = _health_command(inspect_image(engine, image).get("Config") or {}) if health_check else None
        refused = _start(engine, run, image, name, host, check)
        if refused is not None:
            # The engine's words do not tell the image's own settings from a host without room for a process.
            _check_any_starts(engine, run, keeper_image, limits)
            remove_container(engine.client, name)
            refused = _start(engine, run, image, name, host, check)
        if refused is not None:
            yield _UnstartableService(engine, refused, since)
            return
        if not read_only:
            disk = DiskWatch(engine, name, limits.tmp)
            disk.start()
        with engine_errors("looking at the service"):
            memory = MemoryWatch(engine, name, engine.client.api.inspect_container(name), limits)
        memory.start()
        yield DockerService(engine, name, probe, disk, since, memory)
    finally:
        if memory is not None:
            memory.stop()
        if disk is not None:
            disk.stop()
        remove_container(engine.client, name)
        if volumes:
            remove_container(engine.client, keeper)
        for volume in volumes.values():
            with engine_errors("removing the service's volumes"), contextlib.suppress(NotFound):
                engine.client.api.remove_volume(volume, force=True)


def _health_command(config: dict[str, Any]) -> list[str] | None:
    """Return the command of an image's health check, None where it has none."""
    kind, *words = (config.get("Healthcheck") or {}).get("Test") or ["NONE"]
    if kind == "CMD":
        return list(words)
    return [*(config.get("Shell") or ["/bin/sh", "-c"]), *words] if kind == "CMD-SHELL" else None


class _UnstartableService(DockerService):
    """A service whose image the engine could not start; `reason` are the engine's words."""

    def __init__(self, engine: Engine, reason: str, life: LifeSince) -> None:
        super().__init__(engine, "", lambda job, container: _down(reason), None, life)
        self._reason = reason

    def running(self) -> bool:
        """Return False."""
        return False

    def down(self) -> Verdict | None:
        """Return SERVICE_DOWN."""
        return Verdict.SERVICE_DOWN

    def logs(self, limit: int = 16384) -> str:
        """Return the engine's reason."""
        return self._reason[-limit:]

    def runs_as_root(self) -> bool | None:
        """Return None: nothing runs."""
        return None

    def health_check_passes(self, seconds: float) -> bool | None:
        """Return None: there is nothing to check."""
        return None

    def ends_well(self, seconds: float) -> bool:
        """Return False: nothing ran."""
        return False

    def stop(self, seconds: float) -> Stopped:
        """Return that there was nothing to stop."""
        return Stopped(0.0, None, killed=False, log_tail=self._reason)


def _down(reason: str) -> Execution:
    return Execution(Verdict.SERVICE_DOWN, None, b"", b"", 0.0, detail=f"the service did not start: {reason}")


def _start(
    engine: Engine, run: Run, image: str, name: str, host: dict[str, object], command: list[str] | None
) -> str | None:
    """Create and start the container; return the engine's reason where the image's own settings are at fault."""
    try:
        # We run its health check, once: the engine would look the user up in files that may be pipes by now.
        engine.client.api.create_container(
            image,
            name=name,
            entrypoint=command,
            labels=run.labels,
            host_config=host,
            healthcheck=Healthcheck(test=["NONE"]),
        )
        trouble = account_trouble(engine, name)
        if trouble is not None:
            return trouble
        engine.client.api.start(name)
    except APIError as error:
        reason = str(error.explanation or error).strip()
        if error.status_code == 400 or ITS_OWN.search(reason):
            return reason
        if VOLUME_FULL.search(reason):
            raise SandboxError(
                "the image holds more in a volume it declares than a volume here takes"
            ) from error
        with engine_errors("starting the service"):
            raise
    except (DockerException, requests.RequestException):
        with engine_errors("starting the service"):
            raise
    return None


def _check_any_starts(engine: Engine, run: Run, image: str, limits: JobLimits) -> None:
    """Raise SandboxError where a container of ours within the same limits cannot be started either."""
    name = run.name("control")
    host = engine.client.api.create_host_config(
        **confinement(engine, limits, engine.own_runtime), network_mode="none"
    )
    try:
        with engine_errors("starting a service, and a container of ours instead"):
            engine.client.api.create_container(
                image, name=name, entrypoint=["sleep"], command=["0"], labels=run.labels, host_config=host
            )
            engine.client.api.start(name)
    finally:
        remove_container(engine.client, name)


def _declared_volumes(engine: Engine, image: str) -> list[str]:
    config = inspect_image(engine, image).get("Config") or {}
    return sorted(path.rstrip("/") or "/" for path in config.get("Volumes") or {})


def _make_volumes(
    engine: Engine, run: Run, declared: list[str], limits: JobLimits, made: dict[str, str]
) -> None:
    """Make a memory-backed volume for each declared one, adding path and name to `made` one by one.

    What the engine copies into them out of the image is held by no limit of the service, so many share the room of two.
    """
    size = min(limits.tmp, 2 * limits.tmp // max(1, len(declared)))
    for target in declared:
        name = run.name("volume")
        made[target] = name
        create_volume(engine, run, name, size, "mode=1777")
