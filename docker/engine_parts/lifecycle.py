"""Start, stop and describe the engine; the order of decisions is here, the deeds are in the other parts."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import api, daemon, firewall, groups
from .errors import EngineError
from .install import ENGINE_PACKAGES, can_install, distribution, install, missing
from .places import Places
from .processes import engine_process, foreign_engine, running
from .report import say

LABEL = "takehome"


@contextmanager
def locked(where: Places) -> Iterator[None]:
    """Hold the lock of this engine, so that two commands at once take turns."""
    where.lock.parent.mkdir(parents=True, exist_ok=True)
    with where.lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another engine command to finish.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


LOCAL = "Without an engine, `--executor local` works: the same phases as processes, not isolated."


def advice(where: Places, reason: str, root: bool) -> str:
    """Return the two lines for a machine where no engine answers and none can be started."""
    if not where.ours:
        todo = "start that engine, or unset DOCKER_HOST"
    elif can_install(root, distribution()):
        todo = "run `docker/engine start`"
    elif "ermission denied" in reason:
        todo = "add yourself to the group `docker`, or run this as root"
    elif not root:
        todo = "install Docker Engine or Docker Desktop and start it, or run this as root on Debian or Ubuntu"
    else:
        todo = "install Docker Engine 20.10 or newer and start it"
    return f"No Docker engine answers at {where.host} ({reason}): {todo}.\n{LOCAL}"


def start(where: Places) -> dict[str, Any]:
    """Make an engine answer and return its status; does nothing where one does.

    Raises EngineError where none answers and none can be started here.
    """
    version, reason = api.version(where.host)
    if version:
        return describe(where, version)
    root = os.geteuid() == 0
    if not where.ours or not can_install(root, distribution()):
        raise EngineError(advice(where, reason, root))
    with locked(where):
        # Another command may have started it while we waited; a busy engine of ours gets more time before
        # it counts as dead.
        version, _ = api.version(where.host, timeout=30.0)
        if version:
            return describe(where, version)
        try:
            return describe(where, bring_up(where))
        except EngineError as error:
            raise EngineError(f"{error}\n{LOCAL}") from error


def bring_up(where: Places) -> str:
    """Install, clear what a killed engine left, start ours, and return its version; needs the lock."""
    absent = missing(ENGINE_PACKAGES)
    if absent:
        install(absent)
    other = wait_for_other(where, patience=20.0 if absent else 2.0)
    if other:
        say("The package's own service started the engine.")
        return other
    say(f"No engine answers at {where.host}; starting one below {where.data}.")
    daemon.clear_remains(where)
    where.run.mkdir(parents=True, exist_ok=True)
    if not where.state.exists():  # after a kill the state of the machine before us is still the old one
        where.state.write_text(json.dumps(firewall.before(where.bridge)), encoding="utf-8")
    groups.limit(where.cgroup)
    version = daemon.launch(where)
    removed = remove_leftover_objects(where)
    if removed:
        say(f"Removed {removed} containers, volumes and networks a former run left.")
    say(f"Engine {version} runs; log: {where.log}.")
    return version


def wait_for_other(where: Places, patience: float) -> str | None:
    """Return the version of an engine the system is just starting, or None where there is no other engine.

    Raises EngineError where one runs but does not answer at our address within `patience` seconds.
    """
    until = time.monotonic() + patience
    while process := foreign_engine(where, running()):
        version, reason = api.version(where.host)
        if version:
            return version
        if time.monotonic() > until:
            raise EngineError(
                f"An engine runs (process {process.pid}) but does not answer at {where.host} ({reason}): "
                "name its address in DOCKER_HOST, or stop it."
            )
        time.sleep(0.2)
    return None


def remove_leftover_objects(where: Places) -> int:
    """Remove our labelled containers, volumes and networks of an engine that has just been started.

    Nothing of ours can be in use then.
    """
    labelled = json.dumps({"label": [LABEL]})
    count = 0
    _, containers = api.request(where.host, "GET", "/containers/json", all="1", filters=labelled)
    for item in containers or []:
        api.request(where.host, "DELETE", f"/containers/{item['Id']}", timeout=60.0, force="1", v="1")
        count += 1
    _, volumes = api.request(where.host, "GET", "/volumes", filters=labelled)
    for item in (volumes or {}).get("Volumes") or []:
        api.request(where.host, "DELETE", f"/volumes/{item['Name']}", force="1")
        count += 1
    _, networks = api.request(where.host, "GET", "/networks", filters=labelled)
    for item in networks or []:
        api.request(where.host, "DELETE", f"/networks/{item['Id']}")
        count += 1
    return count


def stop(where: Places, purge: bool) -> dict[str, Any]:
    """Undo what `start` did: processes, mounts, socket, pid file, bridge and packet filter rules.

    An engine started by somebody else is left alone. `purge` also deletes images and volumes.
    """
    if not (where.run.exists() or where.data.exists()):
        return {"stopped": False, "purged": False}
    if os.geteuid() != 0:
        raise EngineError(
            "Only root can stop the engine that root started.\nRun `docker/engine stop` as root."
        )
    with locked(where):
        was_running = engine_process(where, running()) is not None
        daemon.clear_remains(where)
        if where.state.exists():
            firewall.restore(where.bridge, json.loads(where.state.read_text(encoding="utf-8")))
        groups.remove(where.cgroup)
        shutil.rmtree(where.run, ignore_errors=True)
        if purge:
            shutil.rmtree(where.data)
    return {"stopped": was_running, "purged": purge}


def describe(where: Places, version: str | None) -> dict[str, Any]:
    """Return what is known of the engine without asking a client program."""
    return {
        "answers": version is not None,
        "host": where.host,
        "started_by_us": where.ours and engine_process(where, running()) is not None,
        "version": version,
    }
