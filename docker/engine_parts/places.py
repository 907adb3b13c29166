"""Where our own engine keeps its files, and which engine is meant at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SOCKET = Path("/var/run/docker.sock")
DEFAULT_DATA = Path("/var/lib/takehome-engine")
DEFAULT_RUN = Path("/run/takehome-engine")


@dataclass(frozen=True)
class Places:
    """Files of the engine this script starts, and the address of the engine it talks to.

    `host` is an address as in DOCKER_HOST. `ours` is true where `host` is the socket our own engine would
    listen on, so that starting one would help.
    """

    host: str
    socket: Path
    data: Path
    run: Path
    bridge: str
    cgroup: str

    @property
    def ours(self) -> bool:
        """Tell whether the engine meant is the one on the socket we would listen on."""
        return self.host == f"unix://{self.socket}"

    @property
    def data_root(self) -> Path:
        """Images, layers and volumes of our engine."""
        return self.data / "data"

    @property
    def exec_root(self) -> Path:
        """Run-time state of our engine; its containerd keeps its sockets there."""
        return self.run / "exec"

    @property
    def pidfile(self) -> Path:
        """The process id our engine writes."""
        return self.run / "dockerd.pid"

    @property
    def state(self) -> Path:
        """What `stop` has to undo."""
        return self.run / "state.json"

    @property
    def log(self) -> Path:
        """Output of our engine."""
        return self.data / "dockerd.log"

    @property
    def config(self) -> Path:
        """Options of our engine, apart from the machine's own daemon.json."""
        return self.data / "daemon.json"

    @property
    def lock(self) -> Path:
        """Held while the engine is started, stopped or given its base image."""
        return self.run.with_name(self.run.name + ".lock")


def places(environ: Mapping[str, str]) -> Places:
    """Read the places from the environment.

    DOCKER_HOST names the engine to use. TAKEHOME_ENGINE_DIR moves data and run-time files below one folder,
    TAKEHOME_ENGINE_SOCKET moves the socket, TAKEHOME_ENGINE_BRIDGE names another bridge (or `none`).
    """
    socket = Path(environ.get("TAKEHOME_ENGINE_SOCKET") or DEFAULT_SOCKET)
    folder = environ.get("TAKEHOME_ENGINE_DIR")
    cgroup = "takehome"
    if folder:
        cgroup += "-" + hashlib.sha256(folder.encode()).hexdigest()[:8]
    return Places(
        host=environ.get("DOCKER_HOST") or f"unix://{socket}",
        socket=socket,
        data=Path(folder) / "lib" if folder else DEFAULT_DATA,
        run=Path(folder) / "run" if folder else DEFAULT_RUN,
        bridge=environ.get("TAKEHOME_ENGINE_BRIDGE") or "docker0",
        cgroup=cgroup,
    )
