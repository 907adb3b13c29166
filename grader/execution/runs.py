"""The folder and lock of one executor, and the removal of what killed executors left in the engine."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import requests
from docker.errors import APIError, DockerException, NotFound

from docker import DockerClient
from grader.errors import SandboxError
from grader.execution.engine import engine_errors

RUN_LABEL = "takehome.run"
FOLDER_LABEL = "takehome.folder"


@dataclass
class Run:
    """An executor's own folder under the run folder, held by a lock as long as the executor lives."""

    id: str
    folder: Path
    runs: Path
    lock: int
    _count: int = field(default=0)

    @property
    def labels(self) -> dict[str, str]:
        """Labels of everything this run makes."""
        return {RUN_LABEL: self.id, FOLDER_LABEL: folder_hash(self.runs)}

    def name(self, kind: str) -> str:
        """Return a name no other object of the engine has."""
        return f"takehome-{self.id}-{kind}-{secrets.token_hex(4)}"

    def release(self) -> None:
        """Remove the folder and give the lock back."""
        shutil.rmtree(self.folder, ignore_errors=True)
        _lock_path(self.runs, self.id).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.close(self.lock)


def default_runs() -> Path:
    """Return the run folder: `takehome/runs` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "takehome" / "runs"


def folder_hash(runs: Path) -> str:
    """Return what tells this machine's run folder from any other one using the same engine."""
    text = f"{uuid.getnode():x}:{runs.resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_run(runs: Path) -> Run:
    """Make a run with its lock held; SandboxError where the run folder cannot be written."""
    try:
        runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            run_id = secrets.token_hex(6)
            # The lock comes first: an object of the engine without a lock held is a leftover.
            lock = _try_lock(_lock_path(runs, run_id))
            if lock is not None and _is_lock_of(lock, _lock_path(runs, run_id)):
                break
            # A sweep took the fresh lock for a dead run's before it was held.
            if lock is not None:
                os.close(lock)
        folder = runs / run_id
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise SandboxError(f"{runs}: the run folder cannot be used: {error}") from error
    return Run(run_id, folder, runs, lock)


def sweep(client: DockerClient, runs: Path) -> tuple[str, ...]:
    """Remove everything of runs of this run folder whose lock is free; return their ids.

    The folder itself may have been deleted since. SandboxError where it cannot be used.
    """
    try:
        runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SandboxError(f"{runs}: the run folder cannot be used: {error}") from error
    found = _runs_in_engine(client, folder_hash(runs))
    found |= {p.name for p in runs.glob("*") if p.is_dir()}
    found |= {p.stem for p in runs.glob("*.lock")}
    swept = []
    for run_id in sorted(found):
        lock = _try_lock(_lock_path(runs, run_id))
        if lock is None:
            continue
        try:
            remove_all(client, run_id)
        finally:
            Run(run_id, runs / run_id, runs, lock).release()
        swept.append(run_id)
    return tuple(swept)


def others_at_work(run: Run) -> bool:
    """Return whether another executor of the same run folder is alive."""
    return any(_is_held(path) for path in run.runs.glob("*.lock") if path.stem != run.id)


def remove_all(client: DockerClient, run_id: str) -> None:
    """Remove containers, volumes and images of a run, going on after a failure; SandboxError at the end."""
    of_run = {"label": f"{RUN_LABEL}={run_id}"}
    failures: list[str] = []
    with engine_errors("removing what a run left"):
        containers = client.api.containers(all=True, filters=of_run)
        volumes = client.api.volumes(filters=of_run)["Volumes"] or []
        images = client.api.images(filters=of_run)
    for container in containers:
        _attempt(failures, lambda i=container["Id"]: client.api.remove_container(i, v=True, force=True))
    for volume in volumes:
        _attempt(failures, lambda n=volume["Name"]: client.api.remove_volume(n, force=True))
    for image in images:
        _attempt(failures, lambda i=image["Id"]: client.api.remove_image(i, force=True))
    if failures:
        raise SandboxError(f"run {run_id} left something in the engine: {'; '.join(failures[:3])}")


def remove_ended(client: DockerClient, run_id: str) -> tuple[str, ...]:
    """Remove the containers of a run that do not run any more, as after a restart of the engine.

    Returns what the engine said of those that it did not remove: they hold nobody up, and go with the run.
    """
    filters = {"label": f"{RUN_LABEL}={run_id}", "status": ["exited", "dead", "created"]}
    failures: list[str] = []
    with engine_errors("removing what a restart left"):
        containers = client.api.containers(all=True, filters=filters)
    for container in containers:
        _attempt(failures, lambda i=container["Id"]: client.api.remove_container(i, v=True, force=True))
    return tuple(failures)


def _attempt(failures: list[str], remove: object) -> None:
    assert callable(remove)
    try:
        remove()
    except NotFound:
        return
    except APIError as error:
        # Removal already in progress: another thread is at it, and it will be gone.
        if error.status_code != 409 or "in progress" not in str(error.explanation):
            failures.append(str(error.explanation))
    except (DockerException, requests.RequestException) as error:
        failures.append(str(error))


def _runs_in_engine(client: DockerClient, folder: str) -> set[str]:
    of_folder = {"label": f"{FOLDER_LABEL}={folder}"}
    with engine_errors("looking for leftovers"):
        containers = client.api.containers(all=True, filters=of_folder)
        volumes = client.api.volumes(filters=of_folder)["Volumes"] or []
        images = client.api.images(filters=of_folder)
    objects: Iterable[dict[str, object]] = [*containers, *volumes, *images]
    found: set[str] = set()
    for item in objects:
        labels = item.get("Labels")
        if isinstance(labels, dict) and labels.get(RUN_LABEL, "").isalnum():
            found.add(labels[RUN_LABEL])
    return found


def _lock_path(runs: Path, run_id: str) -> Path:
    return runs / f"{run_id}.lock"


def _is_lock_of(lock: int, path: Path) -> bool:
    try:
        return os.fstat(lock).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _is_held(path: Path) -> bool:
    """Return whether somebody holds a lock; one that is gone meanwhile is held by nobody."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _try_lock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
