"""What the local executor does not do, it says."""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from grader.execution import local_process
from grader.execution.limits import JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.local_scratch import MARK
from grader.execution.protocol import BuildRequest, Saved
from grader.types import Verdict


def test_local_executor_builds_and_serves_nothing(tmp_path, job):
    """Without an engine, images are not assessed rather than failed."""
    with LocalExecutor(folder=tmp_path / "scratch") as local:
        built = local.build(BuildRequest(tmp_path, "Dockerfile", 1, 1))
        assert (built.verdict, built.image) == (Verdict.NOT_RUN, None)
        assert "not assessed" in built.detail
        with local.serve("x", JobLimits(seconds=1, memory=1)) as service:
            assert not service.running()
            assert service.probe(job("pass")).verdict is Verdict.NOT_RUN
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_flood_that_is_read_after_the_end_is_one(tmp_path, job, monkeypatch: pytest.MonkeyPatch):
    """On a busy machine a job may have ended before we come to read its output, which was then cut as if whole."""
    drain = local_process._drain

    def late(stream, capture):
        time.sleep(1)
        drain(stream, capture)

    monkeypatch.setattr(local_process, "_drain", late)
    with LocalExecutor(folder=tmp_path / "scratch") as local:
        done = local.run(job("print('x' * 1000)", saved=Saved(tmp_path / "saved", 1000)))
    assert done.verdict is Verdict.OUTPUT_LIMIT


AT_WORK = """
import pathlib, sys
from grader.command_line import errors_shown
from grader.execution.limits import JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Job
place = pathlib.Path(sys.argv[1])
script = place / "sleep.py"
script.write_text("open(__import__('os').environ['OUTPUT_DIR'] + '/x', 'w').write('1' * 9)"
                  "; __import__('time').sleep(900)")
with errors_shown(), LocalExecutor(folder=place / "scratch") as local:
    print("up", flush=True)
    local.run(Job("long", script, JobLimits(seconds=600, memory=1 << 28), output_area="a"))
"""


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_incident_a_killed_executor_left_its_scratch_for_ever(tmp_path: Path, signum: signal.Signals) -> None:
    """After a SIGTERM the folder with what the jobs had written stayed in /tmp, and no later start removed it."""
    scratch = tmp_path / "scratch"

    def left() -> set[Path]:
        return set(scratch.iterdir())

    def heard() -> None:
        # Started in the background, a process ignores Ctrl-C, and so would all it starts.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    code = textwrap.dedent(AT_WORK)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=heard,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        until = time.monotonic() + 120
        while not list(scratch.glob("*/areas/a/x")) and time.monotonic() < until:
            time.sleep(0.05)
        (killed,) = left()
        with LocalExecutor(folder=scratch) as beside:  # whoever lives keeps what is his
            assert left() == {killed, beside._folder}
            assert (killed / "areas" / "a" / "x").exists()
        process.send_signal(signum)
        process.wait(timeout=120)
    assert left() == (set() if signum is signal.SIGINT else {killed})
    with LocalExecutor(folder=scratch) as after:
        assert left() == {after._folder}
    assert left() == set()


def test_only_scratch_of_an_executor_is_swept(tmp_path: Path) -> None:
    """A folder that merely has such a name is somebody's: it, what links lead to and what it holds stay."""
    (tmp_path / "takehome-of-mine").mkdir()
    (tmp_path / "takehome-of-mine" / "notes").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / MARK).touch()
    (tmp_path / "takehome-link").symlink_to("elsewhere")
    (tmp_path / "takehome-file").touch()
    (tmp_path / "takehome-device").mkdir()
    (tmp_path / "takehome-device" / MARK).symlink_to("/dev/null")
    before = sorted(tmp_path.rglob("*"))
    with LocalExecutor(folder=tmp_path):
        pass
    assert sorted(tmp_path.rglob("*")) == before
