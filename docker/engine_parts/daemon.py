"""Start our own engine, wait until it answers, and clear away what a killed one left."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from . import api
from .errors import EngineError
from .install import SEARCH, find
from .mounts import unmount_below
from .places import Places
from .processes import end, engine_process, leftovers, running
from .report import say

PATIENCE = 60.0
UNSERVED = ("Connection refused", "No such file or directory")
MACHINE_CONFIG = Path("/etc/docker/daemon.json")
# What a company's network may need; everything else of the machine's own configuration is not ours.
KEPT_OPTIONS = ("registry-mirrors", "insecure-registries", "dns", "mtu", "bip", "default-address-pools")


def options(where: Places, machine: dict[str, Any], gvisor: str | None) -> dict[str, Any]:
    """Return the engine's options, sensible for builds and containers of strangers.

    `gvisor` is the path of its program where it is installed. It is told to have no network: what runs under it
    here has none, and so it need not understand the network of the machine's kernel.
    """
    stronger = {"runtimes": {"runsc": {"path": gvisor, "runtimeArgs": ["--network=none"]}}} if gvisor else {}
    kept = {name: machine[name] for name in KEPT_OPTIONS if name in machine}
    if where.bridge == "none":
        kept.pop("bip", None)
    return kept | {
        "cgroup-parent": f"/{where.cgroup}",
        "default-ulimits": {"core": {"Name": "core", "Hard": 0, "Soft": 0}},
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "icc": where.bridge == "none",  # off wherever the engine may write the rules for it
        "iptables": where.bridge != "none",
        "live-restore": False,
        "log-driver": "json-file",
        "log-level": "warn",
        "log-opts": {"max-file": "2", "max-size": "10m"},
        **stronger,
    }


def machine_options(path: Path = MACHINE_CONFIG) -> dict[str, Any]:
    """Read the machine's own daemon.json; empty where there is none or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def command(where: Places, dockerd: str) -> list[str]:
    """Return the command line; the data root on it is how the process is recognised later.

    An engine without a bridge deletes the machine's `docker0`, which another engine may be using, so it gets
    a network of its own to be alone in.
    """
    alone = ["unshare", "--net", "--"] if where.bridge == "none" else []
    words = [
        *alone,
        dockerd,
        f"--config-file={where.config}",
        f"--data-root={where.data_root}",
        f"--exec-root={where.exec_root}",
        f"--pidfile={where.pidfile}",
        f"--host=unix://{where.socket}",
    ]
    if where.bridge != "docker0":
        words.append(f"--bridge={where.bridge}")
    return words


def clear_remains(where: Places) -> None:
    """End what a killed engine left running, and remove its mounts, socket and pid file.

    Call it only with the lock held and no engine answering. A socket somebody else's process serves is
    left alone.
    """
    processes = running()
    engine = engine_process(where, processes)
    if engine:
        say(f"Ending our engine (process {engine.pid}).")
        end([engine.pid], patience=20.0)
    rest = leftovers(where, running())
    if rest:
        say(f"Ending {len(rest)} processes a former engine left.")
        end([p.pid for p in rest], patience=3.0)
    unmount_below(where.exec_root, where.data_root)
    where.pidfile.unlink(missing_ok=True)
    (where.exec_root / "containerd" / "containerd.pid").unlink(missing_ok=True)
    if where.socket.exists() and api.version(f"unix://{where.socket}")[1] in UNSERVED:
        where.socket.unlink(missing_ok=True)


def launch(where: Places) -> str:
    """Start the engine so that it outlives this shell, and return its version when it answers."""
    dockerd = find("dockerd")
    if dockerd is None:
        raise EngineError("The package docker.io is installed but there is no dockerd on the PATH.")
    for folder in (where.data_root, where.exec_root):
        folder.mkdir(parents=True, exist_ok=True, mode=0o710)
    text = json.dumps(options(where, machine_options(), find("runsc")), indent=1)
    where.config.write_text(text, encoding="utf-8")
    with where.log.open("wb") as log:
        process = subprocess.Popen(
            command(where, dockerd),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PATH": SEARCH},
        )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        version, _ = api.version(where.host)
        if version:
            process.returncode = 0  # it stays; silences the warning about a running child
            return version
        code = process.poll()
        if code is not None:
            raise EngineError(f"dockerd ended with exit code {code}.\n{log_tail(where.log)}")
        time.sleep(0.1)
    end([process.pid], patience=10.0)
    raise EngineError(f"dockerd did not answer within {PATIENCE:.0f} s.\n{log_tail(where.log)}")


def log_tail(path: Path, lines: int = 12) -> str:
    """Return where the log is and its last lines."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"No log: {error}"
    return "\n".join([f"Last lines of {path}:", *text.strip().splitlines()[-lines:]])
