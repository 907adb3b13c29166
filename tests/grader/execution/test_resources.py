"""Memory, disk and processes have limits that name themselves in the verdict."""

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB
from grader.types import Verdict


def test_memory_limit_is_oom(executor, job):
    """Using more memory than allowed is OOM, not CRASH."""
    text = "import time\nx = []\nfor _ in range(60): x.append(bytearray(b'1') * (16 << 20)); time.sleep(0.01)"
    text += "\ntime.sleep(20)"  # without a container the memory is looked at now and then
    assert executor.run(job(text)).verdict is Verdict.OOM


def test_full_area_is_disk_limit(executor, job):
    """An output area takes no more than its size."""
    text = (
        "import os\n"
        "with open(os.environ['OUTPUT_DIR'] + '/big', 'wb') as f:\n"
        "    for _ in range(400): f.write(bytes(1 << 20)); f.flush()"
    )
    assert executor.run(job(text, output_area="full")).verdict is Verdict.DISK_LIMIT


def test_full_tmp_is_disk_limit(executor, job):
    """Temporary files have a limit of their own."""
    text = "import tempfile\nf = tempfile.TemporaryFile()\nfor _ in range(400): f.write(bytes(1 << 20)); f.flush()"
    assert executor.run(job(text)).verdict is Verdict.DISK_LIMIT


@pytest.mark.docker
def test_fork_bomb_is_pids(confined: DockerExecutor, job):
    """Too many processes are refused by the kernel and end as PIDS, within the time limit."""
    text = "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(30)\nprint('all')"
    done = confined.run(job(text, limits={"pids": 32, "seconds": 25, "memory": 2048 * MIB}))
    assert done.verdict is Verdict.PIDS
    assert b"all" not in done.stdout


@pytest.mark.docker
def test_oom_of_a_child_counts_though_the_job_goes_on(confined: DockerExecutor, job):
    """The engine's word on memory stands even where the main process ends with exit code 0.

    gVisor is one process to the machine's kernel, so there the child takes the whole job along.
    """
    text = (
        "import subprocess, sys, time\n"
        "subprocess.run([sys.executable, '-c', 'x = bytearray(b\"1\") * (1 << 30)'])\ntime.sleep(3)"
    )
    done = confined.run(job(text))
    assert done.verdict is Verdict.OOM
    assert done.exit_code == (0 if confined._engine.runtime == "runc" else 137)


@pytest.mark.docker
def test_inode_flood_is_disk_limit(confined: DockerExecutor, job):
    """Millions of empty files end at the area's limit of files, or where files are slow to make at the clock."""
    text = "import os\nd = os.environ['OUTPUT_DIR']\nfor n in range(10**6): os.close(os.open(f'{d}/{n}', os.O_CREAT))"
    done = confined.run(job(text, output_area="inodes", limits={"memory": 1024 * MIB, "seconds": 120}))
    slow = () if confined._engine.runtime == "runc" else (Verdict.TIMEOUT_JOB,)
    assert done.verdict in (Verdict.DISK_LIMIT, *slow)
