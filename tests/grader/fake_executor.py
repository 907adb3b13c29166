"""An executor in memory: probes answer what a test says, nothing is run, every request is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import SandboxError
from grader.execution.limits import JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Build, BuildRequest, Execution, Job, Stopped
from grader.types import ExecutorName, Verdict


def answer(result: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> bytes:
    """What a probe prints: one JSON line, then the arrays."""
    given = {name: np.asarray(values, dtype="<f8") for name, values in (arrays or {}).items()}
    announced = [{"name": name, "length": values.size} for name, values in given.items()]
    line = json.dumps({"result": dict(result), "arrays": announced})
    return line.encode() + b"\n" + b"".join(values.tobytes() for values in given.values())


LATENCY = {"rate": 20.0, "seconds": 10.0, "sent": 200, "answered": 200, "errors": 0, "p99_ms": 5.0}
QUIET: dict[str, bytes] = {
    "notebook": b"",
    "read_notebook": answer({"path": "audit.ipynb", "code_cells": 1, "executed_cells": 1, "in_order": True}),
    "read_predictions": answer({}),
    "read_tracking": answer({}),
    "read_sources": answer({}),
    "read_evaluation": answer({}),
    "service": answer({"started": True, "health_status": 200, "health_body": '{"status": "ok"}'}),
    "image": answer({"files": 3}),
    "read_only": answer({"started": True, "seconds": 1.0}),
    "latency": answer({"latency": LATENCY}),
}


class FakeService:
    """A service that is up, whose probes answer from the executor's script."""

    def __init__(self, executor: FakeExecutor) -> None:
        self._executor = executor

    def running(self) -> bool:
        """Return that it runs."""
        return True

    def down(self) -> Verdict | None:
        """Return that nothing is wrong."""
        return None

    def probe(self, job: Job) -> Execution:
        """Answer a job in the service's network namespace."""
        return self._executor.run(job)

    def runs_as_root(self) -> bool | None:
        """Return that it does not."""
        return False

    def health_check_passes(self, seconds: float) -> bool | None:
        """Pass whatever check there may be."""
        return True

    def logs(self, limit: int = 16384) -> str:
        """Return no logs."""
        return ""

    def stop(self, seconds: float) -> Stopped:
        """Stop at once and cleanly."""
        return Stopped(seconds=0.1, exit_code=0, killed=False)


class FakeExecutor:
    """The executor protocol in memory.

    `answers` override what the job of an id prints; an exception as an answer is raised, a verdict becomes the
    job's. `seen` keeps, per job, the files that it could see, by variable.
    """

    def __init__(
        self,
        answers: Mapping[str, bytes | Verdict | Exception] | None = None,
        *,
        name: ExecutorName = "docker",
        built: Verdict = Verdict.OK,
    ) -> None:
        self.name: ExecutorName = name
        self.isolated = name == "docker"
        self.answers: dict[str, bytes | Verdict | Exception] = {**QUIET, **(answers or {})}
        self.built = built
        self.content = "layers and configuration"
        self.bases: dict[str, str] = {"python:3.11-slim": "sha256:base"}
        self.jobs: list[Job] = []
        self.builds: list[BuildRequest] = []
        self.seen: dict[str, dict[str, bytes]] = {}
        self.closed = False
        self.recovered = 0

    def environment(self) -> dict[str, str]:
        """Return a fixed description."""
        return {"engine": "none"}

    def run(self, job: Job) -> Execution:
        """Record what the job sees and answer as the script says; archives are really unpacked."""
        self.jobs.append(job)
        if job.saved is not None:
            with LocalExecutor() as local:
                return local.run(job)
        for variable, folder in job.inputs.items():
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    place = f"{variable}/{path.relative_to(folder).as_posix()}"
                    self.seen.setdefault(job.id, {})[place] = path.read_bytes()
        said = self.answers[job.id]
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Verdict):
            return Execution(said, 1, b"", b"it failed", 0.1, detail="it failed")
        return Execution(Verdict.OK, 0, said, b"", 0.1)

    def read_area(self, area: str, name: str, limit: int) -> bytes | None:
        """Return that nothing was written."""
        return None

    def build(self, request: BuildRequest) -> Build:
        """Record the request and end as told."""
        self.builds.append(request)
        image = "sha256:fake" if self.built is Verdict.OK else None
        return Build(
            self.built,
            image,
            "",
            "",
            0.1,
            size_bytes=2**28,
            user="app",
            healthcheck=True,
            content=self.content if image else "",
        )

    def build_inputs(self, request: BuildRequest) -> dict[str, str]:
        """Return the base images as told."""
        return self.bases

    def save_image(self, image: str, path: Path, limit: int) -> bool:
        """Write a file that no job of this executor reads."""
        path.write_bytes(b"")
        return True

    def recover(self, patience: float) -> None:
        """Remember that another attempt is coming."""
        self.recovered += 1

    @contextmanager
    def serve(self, image: str, limits: JobLimits, *, read_only: bool = False) -> Iterator[FakeService]:
        """Serve the fake image."""
        if isinstance(self.answers.get("serve"), Exception):
            raise SandboxError(str(self.answers["serve"]))
        yield FakeService(self)

    def passes_idle(self, image: str, limits: JobLimits, seconds: float) -> bool:
        """Answer what the script says; without a word the check needs its service."""
        said = self.answers.get("passes_idle", b"")
        if isinstance(said, Exception):
            raise SandboxError(str(said))
        if isinstance(said, bytes) and said.startswith(b"after "):
            return float(said.split()[1]) < seconds
        return said == b"yes"

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
