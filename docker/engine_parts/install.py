"""Install what is missing with the system's own package tool."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .errors import EngineError
from .report import say

SEARCH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", "/sbin", "/bin"))
ENGINE_PACKAGES = (("dockerd", "docker.io"), ("iptables", "iptables"))
STAND_IN_PACKAGES = (("mmdebstrap", "mmdebstrap"),)


def find(program: str) -> str | None:
    """Find a program on the PATH or in the system folders (sbin is often not on the PATH)."""
    return shutil.which(program, path=SEARCH)


def missing(packages: tuple[tuple[str, str], ...], finder: Callable[[str], str | None] = find) -> list[str]:
    """Return the packages whose program is not there."""
    return [package for program, package in packages if finder(program) is None]


def distribution(os_release: Path = Path("/etc/os-release")) -> set[str]:
    """Return the distribution's id and those it is like, in lower case; empty where unknown."""
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").lower()
    return set(words.split())


def can_install(root: bool, names: set[str], finder: Callable[[str], str | None] = find) -> bool:
    """Tell whether packages can be installed here: root, Debian or Ubuntu, apt-get present."""
    return root and bool(names & {"debian", "ubuntu"}) and finder("apt-get") is not None


def install(packages: list[str]) -> None:
    """Install Debian packages; raises EngineError with the last lines of apt-get."""
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"Installing {' '.join(packages)}.")
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        # A broken extra source fails the update although the wanted packages are known; install decides.
        if done.returncode and command[1] == "install":
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
            raise EngineError(f"`{' '.join(command)}` failed with exit code {done.returncode}:\n{tail}")
