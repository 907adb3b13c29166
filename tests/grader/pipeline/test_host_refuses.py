"""A machine without file handles, or with a disk that does not answer, says nothing of a submission."""

from __future__ import annotations

import errno
import io
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SandboxError, SubmissionError
from grader.execution import containers
from grader.execution.containers import SANDBOX_USER
from grader.execution.docker import DockerExecutor
from grader.execution.docker_build import ImageBuilder
from grader.execution.limits import GIB, MIB, JobLimits, Limits
from grader.execution.protocol import BuildRequest, Execution, Job
from grader.intake.opening import open_submission, unpack_here
from grader.pipeline.audit_phase import Staged, measure_files, run_notebook
from grader.pipeline.probing import host_refused, probe_library, probe_script, run_probe
from grader.pipeline.publish import disk_full_is_ours
from grader.pipeline.unpacking import unpack_with
from grader.probes.shared.files import list_files, read_file
from grader.types import Verdict
from tests.docker_engine import open_docker_executor
from tests.grader.fake_executor import FakeExecutor
from tests.grader.pipeline.test_probing import EMPTY

REFUSED = b'Traceback (most recent call last):\nOSError: [Errno 23] Too many open files in system: "/mnt/a"\n'
QUOTED = b"Traceback (most recent call last):\nValueError: found OSError: [Errno 23] Too many open files\n"
BAD_FILE = b"Traceback (most recent call last):\nOSError: [Errno 22] Invalid argument\n"


def refusing(monkeypatch: pytest.MonkeyPatch, function: str, part: str, number: int) -> None:
    """Let the machine refuse one call for names that hold `part`."""
    real = getattr(os, function)

    def call(path: Any, *given: Any, **named: Any) -> Any:
        if part in os.fspath(path):
            raise OSError(number, os.strerror(number), path)
        return real(path, *given, **named)

    monkeypatch.setattr(os, function, call)


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """A folder with a file in a folder."""
    (tmp_path / "ada" / "inner").mkdir(parents=True)
    (tmp_path / "ada" / "inner" / "a.py").write_text("pass\n")
    (tmp_path / "ada" / "Dockerfile").write_text("FROM scratch\n")
    return tmp_path / "ada"


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EIO])
@pytest.mark.parametrize(("function", "part"), [("scandir", "inner"), ("open", "a.py")])
def test_incident_a_folder_was_refused_for_want_of_file_handles(
    submission: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, part: str, number: int
) -> None:
    """A submission was REJECTED_INTAKE, and not graded at all, because the machine had no handle left."""
    refusing(monkeypatch, function, part, number)
    with pytest.raises(SandboxError):
        open_submission(submission, tmp_path / "out", unpack_here)


def test_a_folder_that_nobody_may_read_is_still_refused(
    submission: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hangs on the submission itself keeps its rule."""
    refusing(monkeypatch, "scandir", "inner", errno.EACCES)
    with pytest.raises(SubmissionError, match="unreadable"):
        open_submission(submission, tmp_path / "out", unpack_here)


@pytest.mark.parametrize(("function", "part"), [("scandir", "inner"), ("open", "a.py")])
def test_incident_what_a_probe_could_not_open_was_not_there(
    submission: Path, monkeypatch: pytest.MonkeyPatch, function: str, part: str
) -> None:
    """A folder that could not be listed was taken for empty, and a file for one that nobody can read."""
    refusing(monkeypatch, function, part, errno.ENFILE)
    with pytest.raises(OSError, match="open files in system"):
        read_file(submission, next(p for p in list_files(submission) if p.endswith(".py")), 100)


def test_incident_a_dockerfile_that_the_machine_could_not_open_was_none(
    submission: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BUILD_FAIL was said of a Dockerfile that was there, for want of a file handle."""
    refusing(monkeypatch, "open", "Dockerfile", errno.EMFILE)
    nobody: Any = None
    builder = ImageBuilder(nobody, nobody, nobody, "control")
    request = BuildRequest(submission, "Dockerfile", 9, GIB)
    with pytest.raises(SandboxError, match="Too many open files"):
        builder.build(request)
    with pytest.raises(SandboxError, match="Too many open files"):
        builder.bases(request)


def test_what_the_machine_refuses_ends_a_grading_as_ours(tmp_path: Path) -> None:
    """No file handle is told as a full disk is: what to do, and no traceback."""
    with pytest.raises(SandboxError, match="run the same command again"), disk_full_is_ours(tmp_path):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    with pytest.raises(PermissionError), disk_full_is_ours(tmp_path):
        raise PermissionError(errno.EACCES, "no")


class Ends(FakeExecutor):
    """Jobs that end by an exception of Python."""

    def __init__(self, stderr: bytes) -> None:
        super().__init__()
        self.stderr = stderr

    def run(self, job: Job) -> Execution:
        """End so."""
        return Execution(Verdict.CRASH, 1, b"", self.stderr, 0.1)


@pytest.mark.parametrize(
    ("stderr", "ours"),
    [(REFUSED, True), (QUOTED, False), (BAD_FILE, False), (REFUSED + QUOTED, False), (b"", False)],
)
def test_incident_a_probe_that_the_host_refused_had_crashed_on_the_submission(
    tmp_path: Path, stderr: bytes, ours: bool
) -> None:
    """Only the very error that ended a script of ours counts, not one that a submission's text may quote."""
    job = Job("read_x", tmp_path / "x.py", JobLimits(seconds=1, memory=MIB))
    record = run_probe(Ends(stderr), job, type(EMPTY), EMPTY).record
    assert (record.verdict is Verdict.INFRA_ERROR, record.ours) == (ours, ours)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(SandboxError if ours else SubmissionError):
        open_submission(path, tmp_path / "out", unpack_with(Ends(stderr), Limits()))


def close(path: Path) -> None:
    """Keep the sandbox's user from a path whose mode lets everybody in."""
    # Version 2; then tag, permissions and user of each entry: owner, one user, group, mask, others.
    entries = ((1, 7, -1), (2, 0, SANDBOX_USER), (4, 5, -1), (16, 5, -1), (32, 5, -1))
    listed = b"".join(struct.pack("<HHi", *entry) for entry in entries)
    try:
        os.setxattr(path, "system.posix_acl_access", struct.pack("<I", 2) + listed)
    except OSError:
        pytest.skip("this disk knows no access lists")


@pytest.mark.docker
def test_incident_a_disk_that_let_our_jobs_read_nothing_was_an_empty_submission(tmp_path: Path) -> None:
    """Where modes say yes and the disk says no (NFS, labels, access lists), all was absent and worth nothing."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o755)
    (closed / "audit.ipynb").write_text("{}")
    close(closed)
    executor: DockerExecutor
    with open_docker_executor(tmp_path / "runs") as executor:
        staged = Staged(*[closed] * 5)
        assert run_notebook(executor, staged, Limits()).ours
        found = measure_files(executor, staged, Limits()).value.records
    assert [record.verdict for record in found] == [Verdict.INFRA_ERROR] * 2, found


@pytest.mark.docker
def test_incident_what_we_gave_and_nobody_could_read_was_the_candidates(
    tmp_path: Path, submission: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive was damaged, a notebook failed at its first line and a service's probe crashed for files of ours."""
    data, requests, archive = tmp_path / "data", tmp_path / "requests", tmp_path / "a.zip"
    for folder, name in ((data, "snapshots.parquet"), (requests, "plan.json")):
        folder.mkdir()
        (folder / name).write_text("{}")
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a", "b")
    (submission / "audit.ipynb").write_text("{}")
    close(data)
    close(requests)
    executor: DockerExecutor
    with open_docker_executor(tmp_path / "runs") as executor:
        staged = Staged(submission, submission, submission, data, requests)
        assert run_notebook(executor, staged, Limits()).ours
        prober = Job(
            "service",
            probe_script("service"),
            Limits().prober,
            inputs={"REQUESTS_DIR": requests},
            library=probe_library("service"),
        )
        assert run_probe(executor, prober, type(EMPTY), EMPTY).record.verdict is Verdict.INFRA_ERROR
        run = executor.run

        def closed(job: Job) -> Execution:
            close(job.inputs["SUBMISSION_ARCHIVE"])
            return run(job)

        monkeypatch.setattr(executor, "run", closed)
        with pytest.raises(SandboxError, match="cannot be read"):
            open_submission(archive, tmp_path / "out", unpack_with(executor, Limits()))


@pytest.mark.docker
@pytest.mark.parametrize("lost", ["unreadable", "empty"])
def test_incident_a_program_of_ours_that_was_not_to_be_read_had_crashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """A shared folder that its machine shows late or not at all made every phase the candidate's CRASH."""

    def laid_out(job: Job, folder: Path) -> Path:
        folder.mkdir(mode=0o700 if lost == "unreadable" else 0o755)
        return folder

    monkeypatch.setattr(containers, "lay_out", laid_out)
    script = tmp_path / "x.py"
    script.write_text("")
    executor: DockerExecutor
    with (
        open_docker_executor(tmp_path / "runs") as executor,
        pytest.raises(SandboxError, match="its own program"),
    ):
        executor.run(Job("x", script, JobLimits(seconds=60, memory=256 * MIB)))


@pytest.mark.docker
@pytest.mark.parametrize(
    "line",
    [
        "import os; os._exit(6)",
        "import os; os.write(2, b\"python: can't open file '/mnt/job': [Errno 13]\"); os._exit(2)",
    ],
)
def test_incident_a_package_could_say_that_our_own_files_were_not_to_be_read(
    tmp_path: Path, submission: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """What a notebook asks to have installed runs before our program does, so neither is believed beside it."""
    (submission / "audit.ipynb").write_text("{}")
    (submission / "requirements-notebook.txt").write_text("six\n")
    executor: DockerExecutor
    with open_docker_executor(tmp_path / "runs") as executor:
        step = f"import sys; open(sys.path[-1] + '/x.pth', 'w').write({line!r})"
        steps = f"FROM {executor.sandbox_image}\nUSER root\nRUN {json.dumps(['python', '-I', '-c', step])}\n"
        client, tag = executor._engine.client, f"takehome/{executor._run.name('packages')}:latest"
        client.images.build(fileobj=io.BytesIO(steps.encode()), tag=tag, labels=executor._run.labels, rm=True)
        monkeypatch.setattr(executor, "_packages", lambda requirements: tag)
        record = run_notebook(executor, Staged(*[submission] * 5), Limits())
    assert (record.ours, record.verdict) == (False, Verdict.CRASH), record


@pytest.mark.docker
def test_a_real_job_on_a_disk_that_does_not_answer_is_ours(tmp_path: Path) -> None:
    """What Python really prints in the sandbox is known: reading at the start of its own memory is an EIO."""
    script = tmp_path / "read.py"
    script.write_text(
        "from pathlib import Path\nfrom grader.probes.shared.files import read_file\n"
        "read_file(Path('/proc/self'), 'mem', 1 << 20)\n"
    )
    executor: DockerExecutor
    with open_docker_executor(tmp_path / "runs") as executor:
        library = probe_library("predictions")
        done = executor.run(Job("x", script, JobLimits(seconds=60, memory=256 * MIB), library=library))
    assert (done.verdict, host_refused(done)) == (Verdict.CRASH, True), done.stderr
