"""What every executor must do, asked of each in turn; what only isolation can give is asked of Docker."""

import concurrent.futures
import json
import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.execution.limits import MIB, JobLimits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

CANARY = "canary-7d1f0c5e9ab24e33"


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
        "print('started', flush=True)\n"
        "time.sleep(60)"
    )
    begun = time.monotonic()
    done = executor.run(job(text, limits={"seconds": 2}, output_area="beats"))
    assert done.verdict is Verdict.TIMEOUT_JOB
    assert done.stdout == b"started\n"
    assert time.monotonic() - begun < 12
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
        "import time; time.sleep(0.5)"
    )
    assert executor.run(job(text, output_area="beats2")).verdict is Verdict.OK
    before = executor.read_area("beats2", "beat", 100)
    time.sleep(0.4)
    assert executor.read_area("beats2", "beat", 100) == before


def test_ignored_sigterm_does_not_help(executor, job):
    """A job that traps signals still ends at its time limit."""
    text = "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    done = executor.run(job(text, limits={"seconds": 1}))
    assert done.verdict is Verdict.TIMEOUT_JOB
    assert done.seconds < 15


def test_closed_output_is_not_the_end(executor, job):
    """A job that closes its output and runs on is still waited for, and still ends at its limit."""
    text = "import os, time\nos.close(1); os.close(2)\ntime.sleep(1)\nos._exit(7)"
    done = executor.run(job(text))
    assert (done.verdict, done.exit_code) == (Verdict.CRASH, 7)
    assert executor.run(job(text.replace("(1)\nos._", "(60)\nos._"), limits={"seconds": 1.5})).verdict is (
        Verdict.TIMEOUT_JOB
    )


def test_output_keeps_head_and_tail(executor, job):
    """Of too much output the first and last half of the limit are kept, and the loss is told."""
    text = "print('HEAD'); print('x' * 20000); print('TAIL')"
    done = executor.run(job(text, limits={"output_bytes": 1000}))
    assert (done.verdict, done.truncated) == (Verdict.OK, True)
    assert done.stdout.startswith(b"HEAD")
    assert done.stdout.endswith(b"TAIL\n")
    assert len(done.stdout) < 1100


@pytest.mark.parametrize("line", ["'y' * 65536 + '\\n'", "'y' * 65536"], ids=["lines", "one endless line"])
def test_flood_is_stopped(executor, job, line):
    """Endless output neither hangs nor fills our memory: the job is ended with OUTPUT_LIMIT."""
    begun = time.monotonic()
    done = executor.run(
        job(f"import sys\nwhile True: sys.stdout.write({line})", limits={"output_bytes": 20000})
    )
    assert done.verdict is Verdict.OUTPUT_LIMIT
    assert len(done.stdout) < 21000
    assert time.monotonic() - begun < 20


def test_memory_limit_is_oom(executor, job):
    """Using more memory than allowed is OOM, not CRASH."""
    text = "import time\nx = []\nfor _ in range(60): x.append(bytearray(b'1') * (16 << 20)); time.sleep(0.01)"
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


def test_environment_is_allow_listed(executor, job, monkeypatch):
    """Nothing of the grader's environment reaches a job but what is listed or given."""
    monkeypatch.setenv("TAKEHOME_SECRET_FILE", "/root/secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    done = executor.run(
        job("import json, os; print(json.dumps(dict(os.environ)))", environment={"MODE": "x"})
    )
    seen = json.loads(done.stdout)
    assert seen["MODE"] == "x"
    assert CANARY not in seen.values()
    assert not {"TAKEHOME_SECRET_FILE", "PYTHONPATH", "DOCKER_HOST"} & set(seen)


def test_inputs_are_found_by_their_variables(executor, job, tmp_path):
    """A job finds each input under the variable of its name, and works in the one chosen."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_text("rows")
    text = "import os; print(open(os.environ['DATA_DIR'] + '/a.txt').read(), open('a.txt').read())"
    done = executor.run(job(text, inputs={"DATA_DIR": folder}, working_input="DATA_DIR"))
    assert done.stdout == b"rows rows\n"


def test_library_wins_over_whatever_lies_elsewhere(executor, job, tmp_path):
    """A script finds its library, and no module of a submission it works in, though named by a variable."""
    submission, ours = tmp_path / "submission", tmp_path / "ours"
    hostile = ("json", "pandas", "sitecustomize", "usercustomize", "tool/__init__", "tool/parts/__init__")
    for name in (*hostile, "tool/parts/one", "tool/parts/two"):
        path = submission / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('SHADOWED')")
    ours.mkdir()
    (ours / "one.py").write_text("from tool.parts.two import WORD as WORD")
    (ours / "two.py").write_text("WORD = 'ours'")
    text = (
        "import json, os, sys\nfrom tool.parts.one import WORD\nprint(WORD, sys.argv[1])\n"
        "try:\n    import tool.parts.absent\nexcept ModuleNotFoundError: print('absent')\n"
        "here = os.path.dirname(__file__)\nprint(sys.flags.isolated, sys.flags.safe_path, sys.path[0] == here)\n"
        "print([p for p in sys.path if p in ('', '.') or p.startswith((os.getcwd(), os.environ['SUBMISSION_DIR']))])\n"
        "print(sorted(os.path.relpath(os.path.join(a, f), here) for a, _, fs in os.walk(here) for f in fs"
        " if f.endswith('.py')))"
    )
    done = executor.run(
        job(
            text,
            arguments=("x",),
            inputs={"SUBMISSION_DIR": submission},
            working_input="SUBMISSION_DIR",
            environment={"PYTHONPATH": str(submission), "PYTHONSTARTUP": str(submission / "json.py")},
            library={f"tool/parts/{name}.py": ours / f"{name}.py" for name in ("one", "two")},
        )
    )
    assert done.verdict is Verdict.OK, done.stderr
    lines = done.stdout.decode().splitlines()
    assert lines[:4] == ["ours x", "absent", "1 True True", "[]"]
    marks = ["tool/__init__.py", "tool/parts/__init__.py", "tool/parts/one.py", "tool/parts/two.py"]
    assert lines[4] == str(["__main__.py", *marks])


@pytest.mark.parametrize("place", ["../x.py", "/x.py", "__main__.py", "a/__main__.py", "x.txt"])
def test_library_stays_beside_the_script(executor, job, tmp_path, place):
    """A module of ours can neither leave the job's folder nor take the place of its script."""
    with pytest.raises(SandboxError, match="not a place"):
        executor.run(job("pass", library={place: tmp_path}))


def test_missing_module_is_our_error(executor, job, tmp_path):
    """A module of ours that is not there is an error of ours, told by its path."""
    with pytest.raises(SandboxError, match=r"gone\.py"):
        executor.run(job("pass", library={"gone.py": tmp_path / "gone.py"}))


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


@pytest.mark.docker
def test_inputs_and_area_read_only(docker_executor: DockerExecutor, job, tmp_path):
    """A job can change no input, no area it only reads, no file of the image, and not its own script."""
    folder = tmp_path / "ro"
    folder.mkdir()
    (folder / "a.txt").write_text("rows")
    docker_executor.run(
        job("import os; open(os.environ['OUTPUT_DIR'] + '/f', 'w').close()", output_area="ro")
    )
    text = (
        "import os\nfor path in (os.environ['DATA_DIR'] + '/a.txt', os.environ['DATA_DIR'] + '/new', __file__,"
        " os.environ['AREA'] + '/f', '/usr/local/lib/python3.11/site.py', '/new', '/etc/passwd'):\n"
        "    try:\n        open(path, 'a').write('!'); print('WROTE', path)\n"
        "    except OSError as e: print(e.errno)"
    )
    done = docker_executor.run(job(text, inputs={"DATA_DIR": folder}, read_areas={"AREA": "ro"}))
    assert done.verdict is Verdict.OK
    assert b"WROTE" not in done.stdout
    assert (folder / "a.txt").read_text() == "rows"
    assert [p.name for p in folder.iterdir()] == ["a.txt"]


@pytest.mark.docker
def test_no_network(docker_executor: DockerExecutor, job):
    """A job has loopback and nothing else: no interface, no route, no name, no metadata address."""
    text = (
        "import os, socket\nprint(sorted(os.listdir('/sys/class/net')))\n"
        "for host in ('1.1.1.1', '169.254.169.254', '172.17.0.1', 'example.org'):\n"
        "    try: socket.create_connection((host, 80), 2); print('REACHED', host)\n"
        "    except OSError: pass"
    )
    done = docker_executor.run(job(text))
    assert done.stdout.split(b"\n")[0] == b"['lo']"
    assert b"REACHED" not in done.stdout


@pytest.mark.docker
def test_nothing_of_the_host_is_visible(docker_executor: DockerExecutor, job, tmp_path):
    """Beside its inputs a job finds no file of the host: a canary next to them is nowhere to be read."""
    vault, public = tmp_path / "vault", tmp_path / "public"
    vault.mkdir()
    public.mkdir()
    (vault / "key.json").write_text(CANARY)
    (public / "link").symlink_to(vault / "key.json")
    text = (
        "import os\nfound = []\n"
        "for root, dirs, files in os.walk('/'):\n"
        "    if root in ('/proc', '/sys', '/usr'): dirs.clear(); continue\n"
        "    for name in files:\n"
        "        p = os.path.join(root, name)\n"
        "        try:\n"
        "            if os.path.isfile(p) and os.path.getsize(p) < 1 << 20 and "
        f"{CANARY[::-1].encode()!r}[::-1] in open(p, 'rb').read(): found.append(p)\n"
        "        except OSError: pass\n"
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    try: found += [pid] if b'pytest' in open(f'/proc/{pid}/cmdline', 'rb').read() else []\n"
        "    except OSError: pass\n"
        "print(found, os.path.exists('/var/run/docker.sock'), sorted(os.listdir('/mnt')))"
    )
    done = docker_executor.run(job(text, inputs={"DATA_DIR": public}))
    assert done.stdout == b"[] False ['DATA_DIR', 'job']\n", done.stderr


@pytest.mark.docker
def test_confinement_as_the_kernel_sees_it(docker_executor: DockerExecutor, job):
    """A job runs without capabilities or new privileges, as nobody special, without core dumps."""
    text = (
        "import os, resource\n"
        "s = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\\t' in l)\n"
        "print(s['CapEff'], s['CapBnd'], s['NoNewPrivs'], s['Seccomp'], os.getuid(), os.getgid(), os.getgroups())\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = docker_executor.run(job(text, limits={"open_files": 100}))
    lines = done.stdout.decode().splitlines()
    assert lines[0].split()[:6] == ["0" * 16, "0" * 16, "1", "2", "10001", "10001"]
    assert lines[1] == "(0, 0) (100, 100)"


@pytest.mark.docker
def test_fork_bomb_is_pids(docker_executor: DockerExecutor, job):
    """Too many processes are refused by the kernel and end as PIDS, within the time limit."""
    text = "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(30)\nprint('all')"
    done = docker_executor.run(job(text, limits={"pids": 32, "seconds": 10}))
    assert done.verdict is Verdict.PIDS
    assert b"all" not in done.stdout


@pytest.mark.docker
def test_oom_of_a_child_counts_though_the_job_goes_on(docker_executor: DockerExecutor, job):
    """The engine's word on memory stands even where the main process ends with exit code 0."""
    text = (
        "import subprocess, sys, time\n"
        "subprocess.run([sys.executable, '-c', 'x = bytearray(b\"1\") * (1 << 30)'])\ntime.sleep(0.3)"
    )
    done = docker_executor.run(job(text))
    assert (done.verdict, done.exit_code) == (Verdict.OOM, 0)


@pytest.mark.docker
def test_inode_flood_is_disk_limit(docker_executor: DockerExecutor, job):
    """Millions of empty files end at the area's limit of files."""
    text = "import os\nd = os.environ['OUTPUT_DIR']\nfor n in range(10**6): os.close(os.open(f'{d}/{n}', os.O_CREAT))"
    assert docker_executor.run(job(text, output_area="inodes", limits={"memory": 1024 * MIB})).verdict is (
        Verdict.DISK_LIMIT
    )


@pytest.mark.docker
def test_unreadable_input_is_told_plainly(docker_executor: DockerExecutor, job, tmp_path):
    """An input that the sandbox user could not read is our mistake, named with what to do."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    with pytest.raises(SandboxError, match="chmod o\\+rx"):
        docker_executor.run(job("pass", inputs={"DATA_DIR": folder}))


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
