"""How every container of ours is confined, and what is put into it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docker.errors import NotFound
from docker.types import LogConfig, Mount, Ulimit

from docker import DockerClient
from grader.errors import SandboxError
from grader.execution.engine import STRONGER_RUNTIME, Engine, engine_errors
from grader.execution.job_folder import COMMAND, lay_out
from grader.execution.limits import MIB, JobLimits
from grader.execution.protocol import Job
from grader.execution.runs import Run

SANDBOX_USER = 10001
INSIDE = "/mnt"
PROGRAM = f"{INSIDE}/job"
INODES = 100_000
SHARED_MEMORY = 64 * MIB
SENTRY_TASKS = 16
"""Threads of the machine that gVisor needs for one process inside; its own kernel's count against the limit too."""


def confinement(engine: Engine, limits: JobLimits, runtime: str) -> dict[str, Any]:
    """Return the host configuration that jobs and services share: limits, capabilities, runtime."""
    own_tasks = SENTRY_TASKS if runtime == STRONGER_RUNTIME else 1
    return {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "ipc_mode": "private",
        "mem_limit": limits.memory,
        "memswap_limit": limits.memory,
        "nano_cpus": int(limits.cpus * 1e9),
        "pids_limit": limits.pids * own_tasks,
        "shm_size": SHARED_MEMORY,
        "ulimits": [
            Ulimit(name="nofile", soft=limits.open_files, hard=limits.open_files),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "restart_policy": {"Name": "no"},
        "runtime": runtime,
    }


def tmpfs_options(size: int) -> str:
    """Return mount options of a temporary file system of `size` bytes that everyone may write."""
    return f"rw,nosuid,nodev,exec,size={size},nr_inodes={INODES},mode=1777"


def job_environment(job: Job) -> dict[str, str]:
    """Return everything of the environment that is not the image's own."""
    places = [*job.inputs, *job.read_areas, *(["OUTPUT_DIR"] if job.output_area else [])]
    threads = str(max(1, math.floor(job.limits.cpus)))
    return {
        "HOME": "/tmp",  # noqa: S108 - a path inside the container, on its own tmpfs
        "TMPDIR": "/tmp",  # noqa: S108 - as above
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        **job.environment,
        **{name: f"{INSIDE}/{name}" for name in places},
    }


def job_mounts(job: Job, program: Path, areas: Mapping[str, str]) -> list[Mount]:
    """Return the mounts of a job: its `program` folder, its inputs, and its areas, which `areas` maps to volumes.

    Only OUTPUT_DIR is writable.
    """
    mounts = [_bind(program, PROGRAM)]
    mounts += [_bind(_readable(path, job.id), f"{INSIDE}/{name}") for name, path in job.inputs.items()]
    mounts += [
        Mount(f"{INSIDE}/{name}", areas[area], type="volume", read_only=True, no_copy=True)
        for name, area in job.read_areas.items()
    ]
    if job.output_area is not None:
        mounts.append(Mount(f"{INSIDE}/OUTPUT_DIR", areas[job.output_area], type="volume", no_copy=True))
    return mounts


def create_job(
    engine: Engine,
    run: Run,
    job: Job,
    *,
    name: str,
    image: str,
    areas: Mapping[str, str],
    network_mode: str = "none",
) -> None:
    """Create (not start) the container of a job under a name of ours."""
    private = run.folder / name
    private.mkdir(mode=0o700)
    program = lay_out(job, private / "program")
    shared = network_mode.startswith("container:")
    host = engine.client.api.create_host_config(
        **confinement(engine, job.limits, engine.own_runtime if shared else engine.runtime),
        network_mode=network_mode,
        read_only=True,
        # An init beside our program could be traced by what the candidate's code starts, and end with any code.
        init=not job.candidate_code,
        tmpfs={"/tmp": tmpfs_options(job.limits.tmp)},  # noqa: S108 - a path inside the container
        mounts=job_mounts(job, program, areas),
        log_config=LogConfig(type="none"),
    )
    engine.client.api.create_container(
        image,
        name=name,
        entrypoint=[*COMMAND, PROGRAM],
        command=list(job.arguments),
        user=f"{SANDBOX_USER}:{SANDBOX_USER}",
        working_dir=f"{INSIDE}/{job.working_input}" if job.working_input else "/tmp",  # noqa: S108 - as above
        environment=job_environment(job),
        labels=run.labels,
        host_config=host,
    )


def container_runs(engine: Engine, name: str) -> bool:
    """Whether a container is there and running."""
    with engine_errors("looking at a container"):
        try:
            return bool(engine.client.api.inspect_container(name)["State"]["Running"])
        except NotFound:
            return False


def remove_container(client: DockerClient, name: str) -> None:
    """Remove a container with its anonymous volumes, running or not, there or not."""
    with engine_errors("removing a container"):
        try:
            client.api.remove_container(name, v=True, force=True)
        except NotFound:
            return


def _bind(path: Path, target: str) -> Mount:
    return Mount(target, str(path), type="bind", read_only=True, propagation="rprivate")


def _readable(path: Path, job_id: str) -> Path:
    """Return the resolved path of an input; SandboxError where the sandbox user could not read it."""
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except OSError as error:
        raise SandboxError(f"{path}: not usable as an input of job {job_id}: {error}") from error
    needed = 0o005 if real.is_dir() else 0o004
    if mode & needed != needed:
        raise SandboxError(
            f"{path}: not readable by the sandbox user (mode {mode & 0o777:o}, others need {needed:o}); "
            f"run chmod o+{'rx' if real.is_dir() else 'r'} on it"
        )
    return real
