"""What a grading may have left on the machine, and the state of the machine before and after the corpus."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.execution.engine import connect
from grader.execution.runs import FOLDER_LABEL, folder_hash

SETTLES_WITHIN = 60.0


@dataclass(frozen=True)
class HostState:
    """Objects of the engine by kind, processes of containers, and free bytes of the disk."""

    containers: frozenset[str]
    networks: frozenset[str]
    volumes: frozenset[str]
    images: frozenset[str]
    processes: int
    free_bytes: int

    def shown(self) -> dict[str, int]:
        """Return the counts."""
        kinds = ("containers", "networks", "volumes", "images")
        counts = {kind: len(getattr(self, kind)) for kind in kinds}
        return {**counts, "container processes": self.processes, "free MiB": self.free_bytes // 1024**2}


def host_state(disk: Path) -> HostState:
    """Look at the engine, at processes and at the disk that holds `disk`."""
    client = connect().client
    try:
        return HostState(
            containers=frozenset(c["Id"] for c in client.api.containers(all=True)),
            networks=frozenset(n["Id"] for n in client.api.networks()),
            volumes=frozenset(v["Name"] for v in client.api.volumes()["Volumes"] or []),
            images=frozenset(i["Id"] for i in client.api.images()),
            processes=sum(1 for _ in container_processes()),
            free_bytes=shutil.disk_usage(disk).free,
        )
    finally:
        client.close()


def container_processes() -> Iterator[str]:
    """Yield the process ids of this machine that are in a container of the engine."""
    for place in Path("/proc").glob("[0-9]*/cgroup"):
        try:
            groups = place.read_text(encoding="utf-8")
        except OSError:
            continue
        if "/docker/" in groups or "/docker-" in groups or "takehome" in groups:
            yield place.parent.name


def left_of(runs: Path, folder: Path) -> list[str]:
    """Return what an ended grading left: in the engine, in its run folder, as processes on this machine."""
    until = time.monotonic() + SETTLES_WITHIN
    while (left := [*_in_engine(runs), *_processes(str(folder))]) and time.monotonic() < until:
        time.sleep(0.5)  # a build that was cut off takes a moment to end
    return left + [f"file {p.name}" for p in runs.glob("*")]


def _in_engine(runs: Path) -> Iterator[str]:
    filters = {"label": f"{FOLDER_LABEL}={folder_hash(runs)}"}
    client = connect().client
    try:
        yield from (f"container {c['Names']}" for c in client.api.containers(all=True, filters=filters))
        yield from (f"volume {v['Name']}" for v in client.api.volumes(filters=filters)["Volumes"] or [])
        yield from (f"image {i['RepoTags']}" for i in client.api.images(filters=filters))
        yield from (f"network {n['Name']}" for n in client.api.networks(filters=filters))
    finally:
        client.close()


def _processes(text: str) -> Iterator[str]:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in words and place.parent.name != str(os.getpid()):
            yield f"process {words[:200]}"
