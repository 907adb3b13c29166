"""Areas: memory-backed volumes of fixed size that outlive the job that wrote them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SandboxError
from grader.execution import regular_file
from grader.execution.containers import INSIDE, SANDBOX_USER, container_runs, remove_container
from grader.execution.engine import Engine, engine_errors
from grader.execution.keeper import create_volume, start_keeper
from grader.execution.limits import JobLimits
from grader.execution.runs import Run
from grader.execution.streams import OutputStream

READ_FILE = Path(regular_file.__file__).read_text(encoding="utf-8")
FILL = """
import os, sys
f = os.statvfs(sys.argv[1])
print(1 - min(f.f_bfree / max(f.f_blocks, 1), f.f_ffree / max(f.f_files, 1)))
"""


@dataclass(frozen=True)
class Area:
    """A volume and the container that keeps it mounted; its contents are lost when no container holds it."""

    volume: str
    keeper: str


class Areas:
    """The areas of one run by name."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self._engine = engine
        self._run = run
        self._areas: dict[str, Area] = {}
        self._lock = threading.Lock()

    def create(self, name: str, image: str, limits: JobLimits) -> None:
        """Make an empty area of `limits.output_area` bytes, in place of an earlier one of that name."""
        with self._lock:
            old = self._areas.pop(name, None)
        if old is not None:
            self._remove(old)
        area = Area(volume=self._run.name("area"), keeper=self._run.name("keeper"))
        with engine_errors(f"making the area {name}"):
            owner = f"uid={SANDBOX_USER},gid={SANDBOX_USER},mode=0700"
            create_volume(self._engine, self._run, area.volume, limits.output_area, owner)
            start_keeper(self._engine, self._run, area.keeper, image, [area.volume])
        with self._lock:
            self._areas[name] = area

    def volume(self, name: str) -> str:
        """Return the volume of an area; SandboxError where no job has made it."""
        return self._area(name).volume

    def check_kept(self, name: str) -> None:
        """Raise SandboxError where nothing keeps an area's memory any more."""
        if not container_runs(self._engine, self._area(name).keeper):
            raise SandboxError(f"the area {name} was lost: the container that keeps it has ended")

    def read(self, name: str, file: str, limit: int) -> bytes | None:
        """Return a regular file of at most `limit` bytes, else None."""
        if not file or "\0" in file:
            return None
        code, output = self._exec(name, READ_FILE, f"{INSIDE}/0", file, str(limit), most=limit)
        if code == 0 and len(output) <= limit:
            return output
        if code in (0, regular_file.NOT_READ):
            return None
        raise SandboxError(f"reading {file} of the area {name} ended with exit code {code}")

    def full(self, name: str) -> float:
        """Return the used share 0..1 of an area, of bytes or of files, whichever is more."""
        code, output = self._exec(name, FILL, f"{INSIDE}/0", most=64)
        return float(output) if code == 0 else 0.0

    def _area(self, name: str) -> Area:
        with self._lock:
            area = self._areas.get(name)
        if area is None:
            raise SandboxError(f"no job has made the area {name!r}")
        return area

    def _exec(self, name: str, script: str, *arguments: str, most: int) -> tuple[int, bytes]:
        """Run a script of ours in the keeper, which has only ever run our code."""
        api = self._engine.client.api
        output = bytearray()
        with engine_errors(f"reading the area {name}"):
            made = api.exec_create(
                self._area(name).keeper, ["python", "-I", "-c", script, *arguments], stderr=False
            )
            with OutputStream(api.exec_start(made["Id"], socket=True)) as stream:
                for _, block in stream:
                    if len(output) <= most:
                        output += block
            code = api.exec_inspect(made["Id"])["ExitCode"]
        return (-1 if code is None else int(code)), bytes(output)

    def _remove(self, area: Area) -> None:
        remove_container(self._engine.client, area.keeper)
        with engine_errors("removing an area"):
            self._engine.client.api.remove_volume(area.volume, force=True)
