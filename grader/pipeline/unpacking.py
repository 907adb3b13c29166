"""Open the archive of a submission where strangers' bytes are opened: in a container of its own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from grader.errors import SandboxError
from grader.execution.limits import Limits
from grader.execution.protocol import Executor, Job, Saved
from grader.intake.opening import Unpack
from grader.pipeline.probing import host_refused, probe_library, probe_script
from grader.probes.unpack.rules import RefusedError
from grader.types import Verdict

FRAMING = 1.1
"""The stream of frames is longer than the files in it by names and lengths."""
RULES = {
    Verdict.TIMEOUT_JOB: "too-slow",
    Verdict.OOM: "too-large",
    Verdict.OUTPUT_LIMIT: "too-large",
    Verdict.DISK_LIMIT: "too-large",
}


def unpack_with(executor: Executor, limits: Limits) -> Unpack:
    """Return how archives are unpacked by an executor, within `limits.unpack` and the rules for entries."""
    room = int(FRAMING * limits.entries.total_bytes) + limits.entries.entries * 4 * limits.entries.path_bytes

    def unpack(archive: Path, frames: Path) -> None:
        job = Job(
            id="unpack",
            script=probe_script("unpack"),
            library=probe_library("unpack"),
            arguments=(json.dumps(asdict(limits.entries)),),
            inputs={"SUBMISSION_ARCHIVE": archive},
            limits=limits.unpack,
            saved=Saved(frames, room),
        )
        execution = executor.run(job)
        if execution.verdict is Verdict.INFRA_ERROR:
            raise SandboxError(f"unpacking the submission: {execution.detail}")
        if host_refused(execution):
            raise SandboxError(
                f"unpacking the submission: {execution.stderr[-300:].decode('utf-8', 'replace')}"
            )
        if execution.verdict is not Verdict.OK:
            said = execution.stderr.decode("utf-8", "replace").strip().splitlines()
            message = f"unpacking it ended with {execution.verdict}: {execution.detail}"
            shown = f" ({said[-1][:200]})" if said else ""
            raise RefusedError(RULES.get(execution.verdict, "damaged"), message + shown)

    return unpack
