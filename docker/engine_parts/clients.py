"""Find a client program that can really do a BuildKit build against an engine."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import api
from .install import SEARCH

# Only BuildKit knows --chmod, and no base image is needed.
PROBE = "FROM scratch\nCOPY --chmod=0444 probe /probe\n"


def candidates(search: str = SEARCH) -> list[str]:
    """Return every different `docker` program in the search path, in its order."""
    found: dict[str, str] = {}
    for folder in search.split(os.pathsep):
        program = shutil.which("docker", path=folder) if folder else None
        if program:
            found.setdefault(os.path.realpath(program), program)
    return list(found.values())


def building_client(host: str, programs: list[str] | None = None) -> str | None:
    """Return the first client that builds with BuildKit at `host`, or None.

    A newer client without its buildx plug-in cannot; an older one has BuildKit built in.
    """
    for program in candidates() if programs is None else programs:
        if can_build(program, host):
            return program
    return None


def can_build(program: str, host: str) -> bool:
    """Do the smallest build that only BuildKit can do, and remove its image."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Dockerfile").write_text(PROBE, encoding="utf-8")
        (folder / "probe").write_bytes(os.urandom(16))  # its own image, so that two probes cannot collide
        try:
            done = subprocess.run(
                [program, "build", "--quiet", "--iidfile", str(folder / "id"), name],
                env=os.environ | {"DOCKER_HOST": host, "DOCKER_BUILDKIT": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode or not (folder / "id").exists():
            return False
        image = (folder / "id").read_text(encoding="utf-8").strip()
        api.request(host, "DELETE", f"/images/{image}", force="1")
        return True
