"""What only a container can give: nothing of the host, no network, no way to write but where allowed."""

import pytest

from grader.execution.docker import DockerExecutor
from grader.types import Verdict

CANARY = "canary-7d1f0c5e9ab24e33"


@pytest.mark.docker
def test_inputs_and_area_read_only(confined: DockerExecutor, job, tmp_path):
    """A job can change no input, no area it only reads, no file of the image, and not its own script."""
    folder = tmp_path / "ro"
    folder.mkdir()
    (folder / "a.txt").write_text("rows")
    confined.run(job("import os; open(os.environ['OUTPUT_DIR'] + '/f', 'w').close()", output_area="ro"))
    text = (
        "import os\nfor path in (os.environ['DATA_DIR'] + '/a.txt', os.environ['DATA_DIR'] + '/new', __file__,"
        " os.environ['AREA'] + '/f', '/usr/local/lib/python3.11/site.py', '/new', '/etc/passwd'):\n"
        "    try:\n        open(path, 'a').write('!'); print('WROTE', path)\n"
        "    except OSError as e: print(e.errno)"
    )
    done = confined.run(job(text, inputs={"DATA_DIR": folder}, read_areas={"AREA": "ro"}))
    assert done.verdict is Verdict.OK
    assert b"WROTE" not in done.stdout
    assert (folder / "a.txt").read_text() == "rows"
    assert [p.name for p in folder.iterdir()] == ["a.txt"]


@pytest.mark.docker
def test_no_network(confined: DockerExecutor, job):
    """A job has loopback and nothing else: no interface, no route, no name, no metadata address."""
    text = (
        "import os, socket\nprint(sorted(os.listdir('/sys/class/net')))\n"
        "for host in ('1.1.1.1', '169.254.169.254', '172.17.0.1', 'example.org'):\n"
        "    try: socket.create_connection((host, 80), 2); print('REACHED', host)\n"
        "    except OSError: pass"
    )
    done = confined.run(job(text))
    assert done.stdout.split(b"\n")[0] == b"['lo']"
    assert b"REACHED" not in done.stdout


@pytest.mark.docker
def test_nothing_of_the_host_is_visible(confined: DockerExecutor, job, tmp_path):
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
    done = confined.run(job(text, inputs={"DATA_DIR": public}))
    assert done.stdout == b"[] False ['DATA_DIR', 'job']\n", done.stderr


@pytest.mark.docker
def test_confinement_as_the_machines_kernel_sees_it(of_runtime, job):
    """A job runs without capabilities or new privileges, as nobody special, without core dumps."""
    text = (
        "import os, resource\n"
        "s = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\\t' in l)\n"
        "print(s['CapEff'], s['CapBnd'], s['NoNewPrivs'], s['Seccomp'], os.getuid(), os.getgid(), os.getgroups())\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = of_runtime("runc").run(job(text, limits={"open_files": 100}))
    lines = done.stdout.decode().splitlines()
    assert lines[0].split()[:6] == ["0" * 16, "0" * 16, "1", "2", "10001", "10001"]
    assert lines[1] == "(0, 0) (100, 100)"
