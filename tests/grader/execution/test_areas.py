"""Areas pass files from job to job, and jobs at the same time do not see each other."""

import concurrent.futures

import pytest

from grader.errors import SandboxError
from grader.types import Verdict


def test_area_passes_from_job_to_job(executor, job):
    """What one job wrote the next reads, and so do we, without following links."""
    write = (
        "import os\nd = os.environ['OUTPUT_DIR']\nos.mkdir(d + '/sub')\n"
        "open(d + '/sub/a.json', 'w').write('[1]')\nos.symlink('/etc/passwd', d + '/link')\n"
        "os.symlink('/etc', d + '/folder')\nos.mkfifo(d + '/fifo')\nopen(d + '/big', 'w').write('b' * 5000)"
    )
    assert executor.run(job(write, output_area="passed")).verdict is Verdict.OK
    read = "import os; print(open(os.environ['NOTEBOOK_DIR'] + '/sub/a.json').read())"
    assert executor.run(job(read, read_areas={"NOTEBOOK_DIR": "passed"})).stdout == b"[1]\n"
    assert executor.read_area("passed", "sub/a.json", 100) == b"[1]"
    assert executor.read_area("passed", "big", 5000) == b"b" * 5000
    for name in ("link", "folder/passwd", "fifo", "absent", "sub", "big", "../x", "/etc/passwd", "", "a\0b"):
        assert executor.read_area("passed", name, 4999) is None, name


def test_reused_area_starts_empty(executor, job):
    """A second job writing to an area of the same name finds nothing of the first."""
    text = "import os; d = os.environ['OUTPUT_DIR']; print(os.listdir(d)); open(d + '/x', 'w').close()"
    assert executor.run(job(text, output_area="again")).stdout == b"[]\n"
    assert executor.run(job(text, output_area="again")).stdout == b"[]\n"


def test_unknown_area_is_our_error(executor, job):
    """Reading an area that no job made is a mistake of ours."""
    with pytest.raises(SandboxError, match="nobody"):
        executor.read_area("nobody", "x", 1)
    with pytest.raises(SandboxError, match="nobody"):
        executor.run(job("pass", read_areas={"X": "nobody"}))


def test_concurrent_jobs_do_not_mix(executor, job):
    """Jobs at the same time each get their own output, area and temporary files."""
    text = (
        "import os, sys, time\nopen('/tmp/mine' if os.environ['TMPDIR'] == '/tmp' else os.environ['TMPDIR'] + '/mine',"
        " 'x').write(sys.argv[1])\nopen(os.environ['OUTPUT_DIR'] + '/n', 'w').write(sys.argv[1])\n"
        "time.sleep(0.3)\nprint(sys.argv[1])"
    )
    jobs = [job(text, arguments=(str(n),), output_area=f"conc{n}") for n in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(executor.run, jobs))
    assert [d.stdout for d in done] == [b"0\n", b"1\n", b"2\n", b"3\n"]
    assert [executor.read_area(f"conc{n}", "n", 10) for n in range(4)] == [b"0", b"1", b"2", b"3"]
