"""The local executor: jobs as processes of this machine, for practice where there is no Docker engine."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from grader.errors import SandboxError
from grader.execution.capture import spooled
from grader.execution.job_folder import COMMAND, lay_out
from grader.execution.limits import JobLimits
from grader.execution.local_process import LocalEnd, run_process
from grader.execution.local_scratch import open_scratch
from grader.execution.protocol import Build, BuildRequest, Execution, Job, Service, Stopped
from grader.execution.regular_file import read_regular
from grader.execution.verdicts import verdict_of
from grader.types import ExecutorName, Verdict

NO_IMAGES = "not assessed: the local executor builds no images"
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "TZ")


class LocalExecutor:
    """Runs jobs as processes in private folders; nothing is isolated, so it is for one's own code only.

    `folder` holds the scratch (default: the system's folder for temporary files). Limits of time, memory,
    output, open files and disk hold; network, other files of this machine and other processes are open.
    What killed executors left of scratch in the same place is removed on construction.
    """

    name: ExecutorName = "local"
    isolated: bool = False

    def __init__(self, *, folder: Path | None = None) -> None:
        try:
            self._scratch = open_scratch(folder)
        except OSError as error:
            raise SandboxError(f"{folder}: no scratch folder can be made: {error}") from error
        self._folder = self._scratch.folder
        self._areas = self._folder / "areas"
        self._areas.mkdir()

    def environment(self) -> dict[str, str]:
        """Return interpreter and host."""
        return {
            "engine": "none: local processes, not isolated",
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            "host": f"{platform.system()} {platform.release()} {platform.machine()}",
        }

    def run(self, job: Job) -> Execution:
        """Run a job as a process tree; packages it asks for are not installed, it gets this interpreter's."""
        own = Path(tempfile.mkdtemp(prefix="job-", dir=self._folder))
        try:
            scratch = own / "tmp"
            scratch.mkdir()
            program = lay_out(job, own / "program")
            places = self._places(job)
            bounded = {scratch: job.limits.tmp}
            if job.output_area is not None:
                bounded[Path(places["OUTPUT_DIR"])] = job.limits.output_area
            with spooled(job.saved) as spool:
                end = run_process(
                    [sys.executable, *COMMAND[1:], str(program), *job.arguments],
                    limits=job.limits,
                    environment={**_variables(scratch), **job.environment, **places},
                    folder=Path(places[job.working_input]) if job.working_input else scratch,
                    bounded=bounded,
                    spool=spool,
                )
        except OSError as error:
            raise SandboxError(f"job {job.id} cannot be prepared: {error}") from error
        finally:
            shutil.rmtree(own, ignore_errors=True)
        return _execution(job, end)

    def read_area(self, area: str, name: str, limit: int) -> bytes | None:
        """Return one regular file of an area, at most `limit` bytes, else None."""
        return read_regular(str(self._area(area)), name, limit)

    def build(self, request: BuildRequest) -> Build:
        """Return NOT_RUN: there is no engine to build with."""
        return Build(Verdict.NOT_RUN, None, "", "", 0.0, detail=NO_IMAGES)

    def build_inputs(self, request: BuildRequest) -> dict[str, str]:
        """Return nothing: no build depends on anything."""
        return {}

    def save_image(self, image: str, path: Path, limit: int) -> bool:
        """Return False: there are no images."""
        return False

    def recover(self, patience: float) -> None:
        """Do nothing: there is no engine to wait for."""

    def serve(
        self, image: str, limits: JobLimits, *, read_only: bool = False
    ) -> AbstractContextManager[Service]:
        """Return a service that is not there."""
        return _absent()

    def passes_idle(self, image: str, limits: JobLimits, seconds: float) -> bool:
        """Return False: there is no image."""
        return False

    def close(self) -> None:
        """Remove the scratch folder."""
        self._scratch.release()

    def __enter__(self) -> LocalExecutor:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def _places(self, job: Job) -> dict[str, str]:
        """Return the variables that name a job's paths, its output area made empty."""
        places = {}
        for name, path in job.inputs.items():
            try:
                places[name] = str(path.resolve(strict=True))
            except OSError as error:
                raise SandboxError(f"{path}: not usable as an input of job {job.id}: {error}") from error
        places |= {name: str(self._area(area)) for name, area in job.read_areas.items()}
        if job.output_area is not None:
            area = self._areas / _plain(job.output_area)
            shutil.rmtree(area, ignore_errors=True)
            area.mkdir()
            places["OUTPUT_DIR"] = str(area)
        return places

    def _area(self, name: str) -> Path:
        area = self._areas / _plain(name)
        if not area.is_dir():
            raise SandboxError(f"no job has made the area {name!r}")
        return area


class _AbsentService:
    """Stands for a service that was never started."""

    def running(self) -> bool:
        """Return False."""
        return False

    def down(self) -> Verdict | None:
        """Return NOT_RUN."""
        return Verdict.NOT_RUN

    def probe(self, job: Job) -> Execution:
        """Return NOT_RUN without running anything."""
        return Execution(Verdict.NOT_RUN, None, b"", b"", 0.0, detail=NO_IMAGES)

    def logs(self, limit: int = 16384) -> str:
        """Return nothing."""
        return ""

    def runs_as_root(self) -> bool | None:
        """Return None: nothing runs."""
        return None

    def health_check_passes(self, seconds: float) -> bool | None:
        """Return None: there is nothing to check."""
        return None

    def stop(self, seconds: float) -> Stopped:
        """Return that there was nothing to stop."""
        return Stopped(0.0, None, killed=False)


@contextlib.contextmanager
def _absent() -> Iterator[Service]:
    yield _AbsentService()


def _plain(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise SandboxError(f"{name!r} is no name for an area: letters, digits, - and _ only")
    return name


def _variables(scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def _execution(job: Job, end: LocalEnd) -> Execution:
    verdict, detail = verdict_of(end.ending, job.limits)
    if end.full is not None and verdict in (Verdict.OK, Verdict.CRASH, Verdict.TIMEOUT_JOB):
        verdict, detail = Verdict.DISK_LIMIT, "wrote more than its output area or temporary files may hold"
    if job.packages is not None and not detail:
        detail = "the packages asked for were not installed: the local executor uses its own interpreter"
    return Execution(
        verdict=verdict,
        exit_code=end.ending.exit_code,
        stdout=end.stdout.value(),
        stderr=end.stderr.value(),
        seconds=end.seconds,
        peak_memory=end.ending.peak_memory,
        truncated=end.stdout.truncated or end.stderr.truncated,
        detail=detail,
    )
