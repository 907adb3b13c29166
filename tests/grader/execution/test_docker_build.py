"""Builds and services of submissions in a real engine, with small images."""

import time
from dataclasses import replace
from uuid import uuid4

import pytest

from grader.errors import SandboxError
from grader.execution.disk_watch import DiskWatch
from grader.execution.docker import DockerExecutor
from grader.execution.limits import GIB, MIB, JobLimits
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

pytestmark = pytest.mark.docker

SERVICE = JobLimits(seconds=60, memory=128 * MIB, cpus=1.0, pids=64, tmp=8 * MIB)
SERVER = """
import http.server, os, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/memory": x = bytearray(b"1") * (1 << 30)
        if self.path == "/disk":
            with open("/var/filled", "wb") as f:
                for _ in range(256): f.write(bytes(1 << 20))
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok %d" % os.getuid())
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
print("listening", flush=True)
http.server.HTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
"""
DOCKERFILE = """# syntax=docker/dockerfile:1
FROM python:3.11-slim
COPY server.py /app/server.py
RUN mkdir /data && echo kept > /data/seed && chmod -R 777 /data /var
VOLUME /data
USER 1234
EXPOSE 8000
HEALTHCHECK CMD ["true"]
CMD ["python", "/app/server.py"]
"""
GET = """
import http.client, sys, time
for _ in range(1200):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=60)
        connection.request("GET", sys.argv[1])
        print(connection.getresponse().read().decode()); break
    except ConnectionRefusedError: time.sleep(0.05)
    except (OSError, http.client.HTTPException) as error: print(type(error).__name__); break
"""


def request(folder, text, seconds=300, max_bytes=1 * GIB):
    """A build of a Dockerfile's text in a folder that has the server in it."""
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(text, encoding="utf-8")
    (folder / "server.py").write_text(SERVER, encoding="utf-8")
    return BuildRequest(folder, "Dockerfile", seconds, max_bytes)


@pytest.fixture(scope="module")
def image(docker_executor: DockerExecutor, tmp_path_factory):
    """The image of the small service."""
    built = docker_executor.build(request(tmp_path_factory.mktemp("context"), DOCKERFILE))
    assert built.verdict is Verdict.OK, built
    return built


def test_build_tells_what_was_built(image):
    """A built image comes with what the grader asks of it."""
    assert (image.user, image.healthcheck, image.exposed_ports) == ("1234", True, (8000,))
    assert image.command == ("python", "/app/server.py")
    assert image.size_bytes > 10 * MIB
    assert "server.py" in image.log_head


def test_refused_dockerfile_is_not_built(docker_executor: DockerExecutor, tmp_path):
    """A refusal is BUILD_FAIL that names line and rule."""
    built = docker_executor.build(request(tmp_path, "FROM python:3.11-slim\nCOPY --from=takehome/x /a /b\n"))
    assert (built.verdict, built.image) == (Verdict.BUILD_FAIL, None)
    assert "line 2" in built.detail
    assert "unknown-base" in built.detail


def test_missing_or_linked_dockerfile_is_build_fail(docker_executor: DockerExecutor, tmp_path):
    """A Dockerfile that is not there, or a link to a file of the host, is the candidate's failure."""
    (tmp_path / "Linked").symlink_to("/etc/passwd")
    for name in ("Absent", "Linked", "../Dockerfile", "."):
        assert docker_executor.build(BuildRequest(tmp_path, name, 10, GIB)).verdict is Verdict.BUILD_FAIL


def test_a_folder_is_built_with_a_dockerfile_outside_it(docker_executor: DockerExecutor, tmp_path):
    """The build sees the folder alone, and the Dockerfile's own ignore file still counts."""
    # A step that is in the builder's cache prints nothing, and this one was there from the run before.
    once = f"RUN ls /app > /seen && cat /seen  # {uuid4().hex}"
    wanted = request(tmp_path, f"FROM python:3.11-slim\nCOPY . /app\n{once}\n")
    (tmp_path / "service").mkdir()
    for name in ("inner.py", "ignored.py"):
        (tmp_path / "service" / name).write_text("")
    (tmp_path / "Dockerfile.dockerignore").write_text("ignored.py\n")
    built = docker_executor.build(replace(wanted, folder="service"))
    assert built.verdict is Verdict.OK, built
    said = built.log_head + built.log_tail
    assert "inner.py" in said
    assert "server.py" not in said
    assert "ignored.py" not in said


def test_failing_step_is_the_candidates(docker_executor: DockerExecutor, tmp_path):
    """A failing RUN is BUILD_FAIL once our control build has shown that the network is not to blame."""
    built = docker_executor.build(request(tmp_path, "FROM python:3.11-slim\nRUN echo tried && exit 3\n"))
    assert built.verdict is Verdict.BUILD_FAIL, built.detail
    assert "tried" in built.log_head + built.log_tail


def test_unreachable_index_is_ours(docker_executor: DockerExecutor, tmp_path, monkeypatch):
    """A build that fails while our control build fails too costs the candidate nothing."""
    monkeypatch.setitem(docker_executor._images._controls, "pip", "the index cannot be reached")
    built = docker_executor.build(request(tmp_path, "FROM python:3.11-slim\nRUN exit 4\n"))
    assert built.verdict is Verdict.INFRA_ERROR


def test_an_offline_build_reaches_nothing(docker_executor: DockerExecutor, tmp_path, job):
    """A step that asks for the network fails and is ours, one that does not is built, and the report says so."""
    asks = "FROM python:3.11-slim\nRUN python -c 'import socket; socket.create_connection((\"{}\", 53), 5)'\n"
    sandbox = docker_executor.sandbox_image
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=sandbox, offline_build=True) as offline:
        assert offline.environment()["build_network"] == "none (--offline-build)"
        assert offline.build(request(tmp_path / "own", DOCKERFILE)).verdict is Verdict.OK
        index = "FROM python:3.11-slim\nRUN pip install --retries 0 -q six\n"
        built = offline.build(request(tmp_path / "index", index))
        assert (built.verdict, "--offline-build" in built.detail) == (Verdict.INFRA_ERROR, True), built
        unreachable = offline.build(request(tmp_path / "address", asks.format("1.1.1.1")))
        assert (unreachable.verdict, "unreachable" in unreachable.log_head) == (Verdict.INFRA_ERROR, True)
        requirements = tmp_path / "requirements.txt"
        requirements.write_text("six==1.16.0\n")
        packed = offline.run(job("print(1)", packages=requirements))
        assert (packed.verdict, "--offline-build" in packed.detail) == (Verdict.INFRA_ERROR, True)
    assert docker_executor.environment()["build_network"] == "as the engine allows"


def test_slow_build_is_ended(docker_executor: DockerExecutor, tmp_path, monkeypatch):
    """A build ends at its time limit, and is the candidate's where the index answers."""
    monkeypatch.setitem(docker_executor._images._controls, "pip", None)
    begun = time.monotonic()
    built = docker_executor.build(request(tmp_path, "FROM python:3.11-slim\nRUN sleep 900\n", seconds=3))
    assert built.verdict is Verdict.TIMEOUT_JOB
    assert time.monotonic() - begun < 120


def test_large_image_is_disk_limit(docker_executor: DockerExecutor, tmp_path):
    """An image over its limit is DISK_LIMIT and not served."""
    built = docker_executor.build(request(tmp_path, "FROM python:3.11-slim\nRUN true\n", max_bytes=MIB))
    assert (built.verdict, built.image) == (Verdict.DISK_LIMIT, None)
    assert built.size_bytes > MIB


def test_cache_mounts_are_not_shared(docker_executor: DockerExecutor, tmp_path):
    """What one submission leaves in a build cache the next one does not find."""
    step = "RUN --mount=type=cache,target=/c,id=shared,mode=0777 "
    first = request(tmp_path / "a", f"FROM python:3.11-slim\n{step} echo mine > /c/left && ls /c\n")
    assert docker_executor.build(first).verdict is Verdict.OK
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=docker_executor.sandbox_image) as other:
        second = request(tmp_path / "b", f"FROM python:3.11-slim\n{step} test ! -e /c/left\n")
        assert other.build(second).verdict is Verdict.OK


def test_cache_mounts_of_one_namespace_are_found_again(docker_executor: DockerExecutor, tmp_path):
    """The same submission graded again gets the same layers, though it uses cache mounts."""
    step = "RUN --mount=type=cache,target=/c,mode=0777 date +%N >> /c/left && cp /c/left /left\n"
    asked = replace(request(tmp_path / "a", f"FROM python:3.11-slim\n{step}"), namespace=tmp_path.name)
    first = docker_executor.build(asked)
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=docker_executor.sandbox_image) as other:
        assert other.build(asked).content == first.content != ""
        renamed = replace(asked, namespace="another")
        assert other.build(renamed).content != first.content


def test_content_of_an_image_is_what_runs(docker_executor: DockerExecutor, tmp_path):
    """Another user, command or file is other content; another label is not."""
    base = "FROM python:3.11-slim\n"
    texts = (base, base + "USER 1\n", base + "CMD true\n", base + "COPY Dockerfile .\n", base + "LABEL a=b\n")
    builds = [docker_executor.build(request(tmp_path / str(i), text)) for i, text in enumerate(texts)]
    assert all(b.verdict is Verdict.OK for b in builds)
    plain, user, command, file, label = (b.content for b in builds)
    assert len({plain, user, command, file}) == 4
    assert label == plain


def test_service_answers_and_stops(docker_executor: DockerExecutor, image, job):
    """A service runs as its own user without network, answers our prober, and obeys SIGTERM."""
    with docker_executor.serve(image.image, SERVICE) as service:
        answer = service.probe(job(GET, arguments=("/",)))
        assert answer.stdout == b"ok 1234\n", answer.stderr
        assert service.running()
        assert service.down() is None
        assert "listening" in service.logs()
        stopped = service.stop(60)
        assert (stopped.killed, stopped.exit_code, stopped.oom) == (False, 0, False)
        assert stopped.seconds < 30
        assert service.down() is Verdict.SERVICE_DOWN
        assert service.probe(job(GET, arguments=("/",))).verdict is Verdict.SERVICE_DOWN


def test_service_has_no_network_and_keeps_declared_volumes_bounded(
    docker_executor: DockerExecutor, tmp_path, job
):
    """Inside the service there is only loopback; a declared volume has its files and a size."""
    text = DOCKERFILE.replace(
        'CMD ["python", "/app/server.py"]',
        "CMD python -c \"import os; print(os.listdir('/sys/class/net'), open('/data/seed').read(), "
        "os.statvfs('/data').f_blocks * os.statvfs('/data').f_frsize)\"",
    )
    built = docker_executor.build(request(tmp_path, text))
    with docker_executor.serve(built.image, SERVICE) as service:
        until = time.monotonic() + 60
        while service.running() and time.monotonic() < until:
            time.sleep(0.05)
        assert service.logs().split("\n")[:2] == ["['lo'] kept", f" {8 * MIB}"]
        assert service.down() is Verdict.SERVICE_DOWN


def test_read_only_service_runs_with_a_tmp(docker_executor: DockerExecutor, image, job):
    """Whether a service tolerates a read-only root can be measured."""
    with docker_executor.serve(image.image, SERVICE, read_only=True) as service:
        assert service.probe(job(GET, arguments=("/",))).stdout == b"ok 1234\n"
        assert service.probe(job(GET, arguments=("/disk",))).stdout != b"ok 1234\n"


def test_service_out_of_memory(docker_executor: DockerExecutor, image, job):
    """A service that outgrows its memory is down with OOM."""
    with docker_executor.serve(image.image, SERVICE) as service:
        service.probe(job(GET, arguments=("/memory",)))
        assert service.down() is Verdict.OOM
        assert service.stop(1).oom


def test_service_that_fills_the_disk_is_killed(docker_executor: DockerExecutor, image, job):
    """A service that writes far more than its share is down with DISK_LIMIT."""
    with docker_executor.serve(image.image, SERVICE) as service:
        service.probe(job(GET, arguments=("/disk",)))
        until = time.monotonic() + 60
        while service.running() and time.monotonic() < until:
            time.sleep(0.1)
        assert service.down() is Verdict.DISK_LIMIT
        assert service.stop(1).disk_full


def test_service_that_ignores_sigterm_is_killed(docker_executor: DockerExecutor, tmp_path):
    """A service that does not obey is killed after the time given, and that is told."""
    text = "FROM python:3.11-slim\nCMD trap '' TERM; while true; do sleep 0.1; done\n"
    built = docker_executor.build(request(tmp_path, text))
    with docker_executor.serve(built.image, SERVICE) as service:
        time.sleep(0.3)
        stopped = service.stop(1)
    assert stopped.killed
    assert stopped.exit_code == 137


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        ("", None),
        ("HEALTHCHECK CMD true", True),
        ('HEALTHCHECK CMD ["python", "-c", ""]', True),
        ("HEALTHCHECK CMD exit 1", False),
        ("HEALTHCHECK --timeout=900s CMD sleep 900", False),
        ('HEALTHCHECK CMD ["/no/such/program"]', False),
        ("HEALTHCHECK NONE", None),
    ],
)
def test_attack_image_hanging_healthcheck(docker_executor: DockerExecutor, tmp_path, line, passes):
    """A health check counts where it passes while the service runs, not where it is only declared."""
    built = docker_executor.build(request(tmp_path, f"FROM python:3.11-slim\n{line}\nCMD sleep 600\n"))
    with docker_executor.serve(built.image, SERVICE) as service:
        assert service.health_check_passes(1.5 if "900" in line else 60) is passes


@pytest.mark.parametrize(
    ("line", "root"), [("RUN useradd -o -u 0 app\nUSER app", True), ("RUN useradd app\nUSER app", False)]
)
def test_incident_a_user_named_app_with_uid_0_was_no_root(
    docker_executor: DockerExecutor, tmp_path, line, root
):
    """The engine tells under which uid the service runs, whatever its user is called."""
    built = docker_executor.build(request(tmp_path, f"FROM python:3.11-slim\n{line}\nCMD sleep 600\n"))
    with docker_executor.serve(built.image, SERVICE) as service:
        assert service.runs_as_root() is root


def test_image_that_cannot_start_is_a_service_that_is_down(docker_executor: DockerExecutor, tmp_path, job):
    """A command that does not exist is the candidate's failure, with the engine's words in the log."""
    built = docker_executor.build(request(tmp_path, 'FROM python:3.11-slim\nCMD ["/no/such/program"]\n'))
    with docker_executor.serve(built.image, SERVICE) as service:
        assert service.down() is Verdict.SERVICE_DOWN
        assert "no/such/program" in service.logs()
        assert service.probe(job("pass")).verdict is Verdict.SERVICE_DOWN
        assert service.stop(1).exit_code is None


def test_unknown_image_is_our_error(docker_executor: DockerExecutor):
    """Serving an image that was never built is a mistake of ours."""
    with pytest.raises(SandboxError), docker_executor.serve("takehome/absent:x", SERVICE):
        pass


def test_disk_watch_ends_when_told(docker_executor: DockerExecutor):
    """The watch of a service does not outlive it."""
    watch = DiskWatch(docker_executor._engine, "takehome-absent", MIB)
    watch.start()
    watch.stop()
    assert not watch.is_alive()


def test_packages_become_an_image_of_the_job(docker_executor: DockerExecutor, tmp_path, job):
    """A notebook's own packages are there for its job, from wheels; what is refused is BUILD_FAIL."""
    wanted = tmp_path / "requirements-notebook.txt"
    wanted.write_text("iniconfig==2.0.0\n")
    done = docker_executor.run(job("import iniconfig; print('there')", packages=wanted))
    assert done.stdout == b"there\n", done
    for encoding in ("utf-8-sig", "utf-16"):
        wanted.write_text("iniconfig==2.0.0\n", encoding=encoding)
        done = docker_executor.run(job("import iniconfig; print('there')", packages=wanted))
        assert done.stdout == b"there\n", (encoding, done)
    wanted.write_text("--index-url https://example.org/\n", encoding="utf-16")
    refused = docker_executor.run(job("pass", packages=wanted))
    assert refused.verdict is Verdict.BUILD_FAIL
    assert "line 1" in refused.detail
    wanted.write_text("surely-no-such-package-7d1f==1\n")
    assert docker_executor.run(job("pass", packages=wanted)).verdict is Verdict.BUILD_FAIL


def test_attack_notebook_steers_pip(docker_executor: DockerExecutor, tmp_path, job):
    """A refused requirements file is the candidate's failure; who reads the area after finds it empty, not gone."""
    requirements = tmp_path / "requirements-notebook.txt"
    requirements.write_text("--index-url http://169.254.169.254/\n")
    ended = docker_executor.run(job("print('ran')", packages=requirements, output_area="steered"))
    assert ended.verdict is Verdict.BUILD_FAIL
    text = "import os; print(os.listdir(os.environ['AREA']))"
    assert docker_executor.run(job(text, read_areas={"AREA": "steered"})).stdout == b"[]\n"
