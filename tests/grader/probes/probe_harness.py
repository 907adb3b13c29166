"""Run a probe the way the sandbox does: laid out alone, isolated, with folders named by variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from grader.evidence.decode import decode
from grader.execution.job_folder import COMMAND, lay_out
from grader.execution.limits import JobLimits
from grader.execution.protocol import Job
from grader.pipeline.probing import probe_library, probe_script


def run_script(
    name: str, *arguments: str, seconds: float = 90, working_folder: Path | None = None, **folders: Path
) -> subprocess.CompletedProcess[bytes]:
    """Run a probe with folders given as `submission_dir=...`, `data_dir=...` and so on."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8"}
    environment |= {key.upper(): str(folder) for key, folder in folders.items()}
    limits = JobLimits(seconds=seconds, memory=1)
    job = Job("test", probe_script(name), limits, library=probe_library(name))
    with tempfile.TemporaryDirectory(prefix="probe-") as scratch:
        program = lay_out(job, Path(scratch, "program"))
        command = [sys.executable, *COMMAND[1:], "-W", "error::ResourceWarning", str(program), *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, timeout=seconds, check=False, cwd=working_folder
        )


def read_with(
    name: str, model: Any, *arguments: str, arrays: Collection[str] = (), seconds: float = 90, **folders: Path
) -> tuple[Any, dict[str, Any]]:
    """Run a probe that must end well and decode what it printed."""
    done = run_script(name, *arguments, seconds=seconds, **folders)
    assert done.returncode == 0, done.stderr.decode()
    return decode(done.stdout, model, arrays)


def notebook(*sources: str, **extra: Any) -> dict[str, Any]:
    """Return a notebook of format 4 with these code cells."""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
        for s in sources
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **extra}


def write(path: Path, content: Any) -> Path:
    """Write text, bytes, or anything else as JSON, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
