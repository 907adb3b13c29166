"""Run `docker build` through the client program, with a clock, a capped log and a watch on the disk."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SandboxError
from grader.execution.capture import Capture
from grader.execution.engine import Builder

STEP = re.compile(r"#\d+ \[[^\]]*\d+/\d+\] |Step \d+/\d+ ")
"""Lines of a build that name a step; the rest is for the log, not for a person who waits."""

LOG_BYTES = 128 * 1024
CANCEL_PATIENCE = 10.0
LOOK_EVERY = 0.5
PASSED_ON = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)

ENDS_WITH_US = (
    sys.executable,
    "-I",
    "-S",
    "-c",
    """
import os, signal, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (ImportError, OSError, AttributeError):
    pass
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
""",
)
"""Runs a program that is killed with us (where the system can do that), so that no build goes on without us."""

Watcher = Callable[[], str | None]
"""Called while a build runs; a sentence stops the build and becomes `BuildEnd.stopped`."""


@dataclass(frozen=True)
class BuildCommand:
    """One build: `dockerfile` may lie outside the context; labels and tag are ours."""

    context: Path
    dockerfile: Path
    tag: str
    seconds: float
    labels: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    cache: bool = True
    offline: bool = False
    """Whether its steps run without network."""


@dataclass(frozen=True)
class BuildEnd:
    """How the client ended: exit code (None where it was killed), log, wall seconds."""

    exit_code: int | None
    log: Capture
    seconds: float
    timed_out: bool = False
    stopped: str | None = None

    def log_text(self) -> str:
        """Return what was kept of the log as text."""
        return self.log.value().decode(errors="replace")


def run_build(
    builder: Builder,
    host: str,
    command: BuildCommand,
    *,
    watcher: Watcher | None = None,
    progress: Callable[[str], None] | None = None,
) -> BuildEnd:
    """Build and wait; the image is there under `command.tag` where the exit code is 0."""
    log = Capture(LOG_BYTES)
    begun = time.monotonic()
    try:
        process = subprocess.Popen(
            [*ENDS_WITH_US, str(os.getpid()), *_words(builder, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(builder, host),
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"{builder.program}: the Docker client cannot be run: {error}") from error
    reader = threading.Thread(target=_drain, args=(process, log, progress), daemon=True)
    reader.start()
    timed_out, stopped = False, None
    try:
        while process.poll() is None:
            if time.monotonic() - begun > command.seconds:
                timed_out = True
                break
            stopped = watcher() if watcher else None
            if stopped:
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=LOOK_EVERY)
    finally:
        # Ending the client closes its session with the engine, which cancels the build's steps.
        _end(process)
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()
    killed = timed_out or stopped is not None
    return BuildEnd(
        exit_code=None if killed else process.returncode,
        log=log,
        seconds=time.monotonic() - begun,
        timed_out=timed_out,
        stopped=stopped,
    )


def _words(builder: Builder, command: BuildCommand) -> list[str]:
    words = [builder.program, "build", "--tag", command.tag, "--file", str(command.dockerfile)]
    words += ["--progress", "plain"] if builder.buildkit else ["--rm", "--force-rm"]
    if not command.cache:
        words.append("--no-cache")
    if command.offline:
        words += ["--network", "none"]
    for name, value in command.labels.items():
        words += ["--label", f"{name}={value}"]
    for name, value in command.arguments.items():
        words += ["--build-arg", f"{name}={value}"]
    return [*words, str(command.context)]


def _environment(builder: Builder, host: str) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {
        "DOCKER_HOST": host,
        "DOCKER_BUILDKIT": "1" if builder.buildkit else "0",
        # A builder container chosen by the user sees none of the engine's images.
        "BUILDX_BUILDER": "default",
        "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
    }


def _drain(process: subprocess.Popen[bytes], log: Capture, progress: Callable[[str], None] | None) -> None:
    assert process.stdout is not None
    with contextlib.suppress(ValueError, OSError):
        while block := process.stdout.readline(65536):
            log.write(block)
            line = block.decode(errors="replace").rstrip()
            if progress and STEP.match(line):
                progress(line)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=CANCEL_PATIENCE)
            return
