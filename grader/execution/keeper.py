"""Memory-backed volumes, and containers of ours that keep them mounted: unmounted they are emptied."""

from __future__ import annotations

from collections.abc import Sequence

from docker.types import LogConfig, Mount

from grader.execution.containers import INODES, INSIDE, SANDBOX_USER
from grader.execution.engine import Engine
from grader.execution.limits import MIB
from grader.execution.runs import Run

KEEPER_MEMORY = 128 * MIB


def create_volume(engine: Engine, run: Run, name: str, size: int, owner_options: str) -> None:
    """Create a volume of `size` bytes of memory; `owner_options` are its mount options on owner and mode."""
    options = f"size={size},nr_inodes={INODES},{owner_options},nosuid,nodev"
    engine.client.api.create_volume(
        name,
        driver="local",
        driver_opts={"type": "tmpfs", "device": "tmpfs", "o": options},
        labels=run.labels,
    )


def start_keeper(engine: Engine, run: Run, name: str, image: str, volumes: Sequence[str]) -> None:
    """Start a container that sleeps with the volumes mounted read-only under /mnt/0, /mnt/1, ..."""
    api = engine.client.api
    host = api.create_host_config(
        network_mode="none",
        read_only=True,
        init=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        ipc_mode="private",
        mem_limit=KEEPER_MEMORY,
        memswap_limit=KEEPER_MEMORY,
        pids_limit=32,
        log_config=LogConfig(type="none"),
        mounts=[
            Mount(f"{INSIDE}/{number}", volume, type="volume", read_only=True, no_copy=True)
            for number, volume in enumerate(volumes)
        ],
    )
    api.create_container(
        image,
        name=name,
        entrypoint=["sleep"],
        command=["infinity"],
        user=f"{SANDBOX_USER}:{SANDBOX_USER}",
        labels=run.labels,
        host_config=host,
    )
    api.start(name)
