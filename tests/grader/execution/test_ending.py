"""How a job can end, the same in every executor: by itself, by its own fault, or by its clock."""

import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.types import Verdict


def test_success_returns_both_streams(executor, job):
    """A job that works is OK, with its output as bytes and its arguments passed on."""
    text = (
        "import sys\n"
        "sys.stdout.buffer.write(b'\\x00\\xff' + sys.argv[1].encode())\n"
        "print('note', file=sys.stderr)"
    )
    done = executor.run(job(text, arguments=("a b'c",)))
    assert (done.verdict, done.exit_code) == (Verdict.OK, 0)
    assert done.stdout == b"\x00\xffa b'c"
    assert done.stderr == b"note\n"
    assert 0 < done.seconds < 30
    assert done.peak_memory is None or done.peak_memory > 0


def test_failing_script_is_a_crash(executor, job):
    """An exception in the job is CRASH with its exit code, and what it printed before is kept."""
    done = executor.run(job("print('before', flush=True); raise RuntimeError('no')"))
    assert (done.verdict, done.exit_code) == (Verdict.CRASH, 1)
    assert done.stdout == b"before\n"
    assert b"RuntimeError: no" in done.stderr


def test_killed_by_itself_is_a_crash(executor, job):
    """A job that ends by a signal is not mistaken for a time-out or an OK."""
    done = executor.run(
        job("import os; os.kill(os.getpid(), 9)" if not executor.isolated else "import os; os.abort()")
    )
    assert done.verdict is Verdict.CRASH
    assert done.exit_code != 0


def test_missing_command_is_a_crash(executor, job):
    """A job whose program is not there ends as a crash that says so."""
    done = executor.run(job("import os; os.execvp('no-such-program', ['no-such-program'])"))
    assert (done.verdict, done.exit_code) == (Verdict.CRASH, 1)
    assert b"FileNotFoundError" in done.stderr


def test_missing_script_is_our_error(executor, job):
    """A script or input of ours that is not there is an error of ours, never a verdict on a candidate."""
    missing = job("pass", inputs={"DATA_DIR": Path("/nonexistent/data")})
    with pytest.raises(SandboxError, match="/nonexistent/data"):
        executor.run(missing)


def test_timeout_kills_grandchildren(executor, job, tmp_path):
    """At its time limit a job ends with everything it started, daemons that left its session included."""
    text = (
        "import subprocess, sys, time\n"
        'code = \'import time\\nwhile True: open(__import__("os").environ["OUTPUT_DIR"] + "/beat", "w")'
        ".write(str(time.time())); time.sleep(0.05)'\n"
        "subprocess.Popen([sys.executable, '-c', code], start_new_session=True)\n"
        "beat = __import__('os').environ['OUTPUT_DIR'] + '/beat'\n"
        "while not __import__('os').path.exists(beat): time.sleep(0.01)\n"
        "print('started', flush=True)\n"
        "time.sleep(600)"
    )
    begun = time.monotonic()
    done = executor.run(job(text, limits={"seconds": 10}, output_area="beats"))
    assert done.verdict is Verdict.TIMEOUT_JOB
    assert done.stdout == b"started\n"
    assert time.monotonic() - begun < 120
    before = executor.read_area("beats", "beat", 100)
    time.sleep(0.4)
    assert before is not None
    assert executor.read_area("beats", "beat", 100) == before


def test_survivors_of_a_finished_job_are_killed(executor, job):
    """A process left in the background does not outlive the job that started it."""
    text = (
        "import subprocess, sys, os\n"
        'code = \'import time, os\\nwhile True: open(os.environ["OUTPUT_DIR"] + "/beat", "w")'
        ".write(str(time.time())); time.sleep(0.05)'\n"
        "subprocess.Popen([sys.executable, '-c', code], start_new_session=True, stdout=subprocess.DEVNULL,"
        " stderr=subprocess.DEVNULL)\n"
        "import time\n"
        "while not os.path.exists(os.environ['OUTPUT_DIR'] + '/beat'): time.sleep(0.01)"
    )
    assert executor.run(job(text, output_area="beats2")).verdict is Verdict.OK
    before = executor.read_area("beats2", "beat", 100)
    time.sleep(0.4)
    assert before is not None
    assert executor.read_area("beats2", "beat", 100) == before


def test_ignored_sigterm_does_not_help(executor, job):
    """A job that traps signals still ends at its time limit."""
    text = "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    done = executor.run(job(text, limits={"seconds": 1}))
    assert done.verdict is Verdict.TIMEOUT_JOB
    assert done.seconds < 60


def test_closed_output_is_not_the_end(executor, job):
    """A job that closes its output and runs on is still waited for, and still ends at its limit."""
    text = "import os, time\nos.close(1); os.close(2)\ntime.sleep(1)\nos._exit(7)"
    done = executor.run(job(text))
    assert (done.verdict, done.exit_code) == (Verdict.CRASH, 7)
    assert executor.run(job(text.replace("(1)\nos._", "(60)\nos._"), limits={"seconds": 1.5})).verdict is (
        Verdict.TIMEOUT_JOB
    )
