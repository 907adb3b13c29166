"""Find the Docker engine and a client program that can do BuildKit builds."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from docker.errors import APIError, DockerException

from docker import DockerClient
from grader.errors import SandboxError

DEFAULT_HOST = "unix:///var/run/docker.sock"
CLIENT_PLACES = ("/usr/bin/docker", "/usr/local/bin/docker", "/opt/homebrew/bin/docker", "/snap/bin/docker")
CALL_SECONDS = 120
ASK_SECONDS = 60
STRONGER_RUNTIME = "runsc"
"""gVisor: a kernel of its own between containers and the machine's."""
HEREDOC_ENGINE = 23
"""First engine whose built-in Dockerfile frontend knows heredocs."""


@dataclass(frozen=True)
class Builder:
    """A client program for builds; `buildkit` is False where only the classic builder can be had."""

    program: str
    buildkit: bool


@dataclass(frozen=True)
class Engine:
    """An answering engine: its address, SDK client and what `docker version` and `info` say."""

    host: str
    client: DockerClient
    version: str
    runtimes: tuple[str, ...]
    root_dir: Path | None
    """Folder of the engine's data where it is on this machine, for watching the free disk."""
    runtime: str
    """What containers without network run under: candidates' notebooks and probes."""
    own_runtime: str
    """What services and their probers run under: gVisor gives each container a loopback of its own."""

    @property
    def heredocs(self) -> bool:
        """Whether Dockerfiles built here may hold heredocs."""
        major = self.version.split(".", 1)[0]
        return major.isdigit() and int(major) >= HEREDOC_ENGINE


def engine_host() -> str:
    """Return the address of the engine meant: DOCKER_HOST or the default socket."""
    return os.environ.get("DOCKER_HOST") or DEFAULT_HOST


def connect(runtime: str | None = None) -> Engine:
    """Connect to the engine; SandboxError says what to do where none answers, or lacks the runtime named.

    Without a name the stronger runtime is taken where it is installed, else the engine's own.
    """
    host = engine_host()
    try:
        _knock(host)
        client = _client(host, _api_version(host))
        version = str(client.version()["Version"])
        info = client.info()
    except (DockerException, requests.RequestException, OSError) as error:
        raise SandboxError(
            f"no Docker engine answers at {host}; run `make engine`, or use --executor local "
            f"({first_line(error)})"
        ) from error
    root = Path(str(info.get("DockerRootDir") or "/nonexistent"))
    runtimes = tuple(sorted(info.get("Runtimes") or {}))
    if runtime is not None and runtime not in runtimes:
        client.close()
        raise SandboxError(f"the engine at {host} has no runtime {runtime!r}; it has {', '.join(runtimes)}")
    own = str(info.get("DefaultRuntime") or "runc")
    return Engine(
        host=host,
        client=client,
        version=version,
        runtimes=runtimes,
        root_dir=root if host.startswith("unix://") and root.is_dir() else None,
        runtime=runtime or (STRONGER_RUNTIME if STRONGER_RUNTIME in runtimes else own),
        own_runtime=own if own != STRONGER_RUNTIME or "runc" not in runtimes else "runc",
    )


def _client(host: str, api_version: str) -> DockerClient:
    environment = {**os.environ, "DOCKER_HOST": host}
    return DockerClient.from_env(
        version=api_version, timeout=CALL_SECONDS, max_pool_size=32, environment=environment
    )


def _knock(host: str) -> None:
    """Raise OSError where nobody listens on a Unix socket: the SDK leaks a socket when it finds that out."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knocking:
            knocking.settimeout(5)
            knocking.connect(host.removeprefix("unix://"))


def _api_version(host: str) -> str:
    """Ask which version of the interface the engine speaks, leaving no connection open where it does not."""
    # The version given here is not used by the question itself; without one the SDK asks and leaks on failure.
    client = _client(host, "1.41")
    try:
        return str(client.api.version(api_version=False)["ApiVersion"])
    finally:
        client.close()


def find_builder(host: str) -> Builder:
    """Find a client program, one with BuildKit first; SandboxError where there is no client at all."""
    first = shutil.which("docker")
    candidates = list(dict.fromkeys(p for p in (first, *CLIENT_PLACES) if p and os.access(p, os.X_OK)))
    for program in candidates:
        if _has_buildkit(program, host):
            return Builder(program, buildkit=True)
    if candidates:
        return Builder(candidates[0], buildkit=False)
    raise SandboxError(
        "there is no `docker` program to build images with; install Docker's client, or run `make engine`"
    )


def _has_buildkit(program: str, host: str) -> bool:
    """Whether a client has buildx, or is old enough (18.09 to 22) to have BuildKit built in."""
    if _ask(program, host, "buildx", "version") is not None:
        return True
    version = _ask(program, host, "version", "--format", "{{.Client.Version}}") or ""
    parts = version.strip().split(".")
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return False
    return (18, 9) <= (int(parts[0]), int(parts[1])) < (HEREDOC_ENGINE, 0)


def _ask(program: str, host: str, *words: str) -> str | None:
    try:
        answer = subprocess.run(
            [program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=False,
            env={**os.environ, "DOCKER_HOST": host},
        )
    except subprocess.TimeoutExpired as error:
        # A busy host: taken for a client without BuildKit, the submission's build would fail for that.
        raise SandboxError(f"{program} {words[0]}: no answer within {ASK_SECONDS} seconds") from error
    except OSError:
        return None
    return answer.stdout if answer.returncode == 0 else None


@contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Turn every error of the engine inside the block into a SandboxError that says what was being done."""
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        raise SandboxError(f"the Docker engine failed while {doing}: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, the engine's own words where it has some."""
    if isinstance(error, APIError) and error.explanation:
        return str(error.explanation).strip().splitlines()[0][:300]
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
