"""Lay out what a job runs: a folder of ours that Python runs by itself, and that it alone imports from."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

from grader.errors import SandboxError
from grader.execution.protocol import Job

COMMAND = ("python", "-I")
"""Isolated: no variable, no working directory and no user's folder adds to the import path.

Python puts a folder that it is told to run at the head of the path, so the library is found first, whatever
modules a submission or the machine holds.
"""


def lay_out(job: Job, folder: Path) -> Path:
    """Make `folder` from the script, as `__main__.py`, and the library of a job, and return it.

    Every folder of the library gets an empty `__init__.py` unless it brings one, so that no package of the
    same name elsewhere is mixed in. All is readable by everyone whatever the umask. SandboxError where a file
    cannot be read or a place is not below the folder.
    """
    folder.mkdir()
    folder.chmod(0o755)
    _copy(job.script, folder / "__main__.py", job.id)
    for place, source in job.library.items():
        path = PurePosixPath(place)
        if path.is_absolute() or ".." in path.parts or path.suffix != ".py" or path.name == "__main__.py":
            raise SandboxError(f"job {job.id}: {place}: not a place for a module beside the script")
        _package(folder, path.parent)
        _copy(source, folder / path, job.id)
    return folder


def _package(folder: Path, place: PurePosixPath) -> None:
    """Make the package `place` below the folder, and those above it."""
    if place == PurePosixPath("."):
        return
    _package(folder, place.parent)
    (folder / place).mkdir(exist_ok=True)
    (folder / place).chmod(0o755)
    mark = folder / place / "__init__.py"
    mark.touch()
    mark.chmod(0o644)


def _copy(source: Path, target: Path, job_id: str) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise SandboxError(f"{source}: a script of job {job_id} cannot be read: {error}") from error
    target.chmod(0o644)
