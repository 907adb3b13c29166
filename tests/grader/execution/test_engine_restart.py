"""A real engine, killed with SIGKILL in the middle of things and started again: never the candidate's doing."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.execution.docker import DockerExecutor
from grader.execution.limits import GIB, MIB, JobLimits
from grader.execution.protocol import BuildRequest
from grader.types import Verdict
from tests.private_engine import engine_in

IMAGE = "python:3.11-slim"
SERVICE = "FROM python:3.11-slim\nCMD python -m http.server 8000\n"

pytestmark = [
    pytest.mark.docker,
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning"
    ),  # the SDK leaves sockets of the engine that was killed
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/bin") is None,
        reason="needs root and dockerd for a private engine",
    ),
]


@pytest.fixture(scope="module")
def private(docker_executor, tmp_path_factory):
    """A private engine with the base image in it."""
    folder = Path(tempfile.mkdtemp(prefix="thk-", dir="/tmp"))  # socket paths have 107 bytes at most
    with engine_in(folder, IMAGE) as engine:
        yield engine
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def small_disk(docker_executor):
    """A folder on a disk of its own, of 700 MiB."""
    folder = Path(tempfile.mkdtemp(prefix="thd-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=700m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def executor(private, tmp_path, monkeypatch):
    """An executor on the private engine."""
    monkeypatch.setenv("DOCKER_HOST", private.host)
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=IMAGE) as made:
        yield made


def test_a_job_that_the_engine_took_along_is_done_again(private, executor, job):
    """The job's exit code is no verdict on it; after the engine is back the same executor goes on."""
    killing = private.killed_after(2.0)
    with pytest.raises(SandboxError, match="engine"):
        executor.run(job("import time; time.sleep(900)", output_area="kept", limits={"seconds": 600}))
    executor.recover(240)
    killing.join()
    done = executor.run(job("print('again')", output_area="kept"))
    assert (done.verdict, done.stdout) == (Verdict.OK, b"again\n")
    assert executor.read_area("kept", "nothing", 10) is None


def test_an_area_that_went_with_the_engine_is_not_read_as_empty(private, executor, job):
    """Else findings that a notebook did write would count as missing."""
    write = "import os; open(os.environ['OUTPUT_DIR'] + '/findings.json', 'w').write('[]')"
    read = "import os; print(os.listdir(os.environ['AREA']))"
    executor.run(job(write, output_area="notebook"))
    before = executor.run(job(read, read_areas={"AREA": "notebook"}))
    assert before.stdout == b"['findings.json']\n"
    private.killed_after(0.0).join()
    with pytest.raises(SandboxError, match=r"area notebook was lost|restarted"):
        executor.run(job(read, read_areas={"AREA": "notebook"}))
    executor.recover(240)
    executor.run(job(write, output_area="notebook"))
    assert executor.run(job(read, read_areas={"AREA": "notebook"})).stdout == b"['findings.json']\n"


def test_a_service_that_went_with_the_engine_is_not_down(private, executor, job, tmp_path):
    """Neither a probe nor its state blames the service."""
    (tmp_path / "Dockerfile").write_text(SERVICE)
    built = executor.build(BuildRequest(tmp_path, "Dockerfile", 480, GIB))
    assert built.verdict is Verdict.OK
    limits = JobLimits(seconds=60, memory=256 * MIB)
    with contextlib.ExitStack() as stack:
        # Removing what is gone with the engine may fail too.
        stack.enter_context(contextlib.suppress(SandboxError))
        service = stack.enter_context(executor.serve(built.image, limits))
        assert service.running()
        killing = private.killed_after(1.0)
        try:
            with pytest.raises(SandboxError):
                service.probe(job("import time; time.sleep(900)", limits={"seconds": 600}))
        finally:
            killing.join()
        asked = [service.running, service.down, lambda: service.stop(1)]
        told = []
        for ask in asked:
            try:
                told.append(ask())
            except SandboxError as error:
                told.append("restarted" in str(error))
        assert told == [True, True, True]
    executor.recover(240)
    with executor.serve(built.image, limits) as service:
        assert service.running()


def test_a_build_that_the_engine_took_along_is_not_the_candidates(private, executor, tmp_path):
    """The client's exit code says failure; the engine was restarted meanwhile."""
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.11-slim\nCOPY big .\nRUN python -c 'import time; time.sleep(600)'\n"
    )
    with (tmp_path / "big").open("wb") as file:
        file.truncate(300 * MIB)
    killing = private.killed_after(1.5)
    try:
        with pytest.raises(SandboxError, match="engine"):
            executor.build(BuildRequest(tmp_path, "Dockerfile", 480, 2 * GIB))
    finally:
        killing.join()
    executor.recover(240)
    (tmp_path / "Dockerfile").write_text(SERVICE)
    assert executor.build(BuildRequest(tmp_path, "Dockerfile", 480, 2 * GIB)).verdict is Verdict.OK


def test_a_base_image_that_no_registry_gives_is_ours(executor, tmp_path):
    """The private engine has no network at all: asking a registry fails as it does where there is none."""
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    built = executor.build(BuildRequest(tmp_path, "Dockerfile", 240, GIB))
    assert built.verdict is Verdict.INFRA_ERROR
    assert "python:3.12-slim cannot be fetched" in built.detail


def test_an_engine_that_stays_away_is_said_to(private, executor):
    """Waiting has an end, and says what was waited for."""
    private.kill()
    try:
        begun = time.monotonic()
        with pytest.raises(SandboxError, match="engine"):
            executor.recover(2)
        assert time.monotonic() - begun < 90
    finally:
        private.run("start")
    executor.recover(240)


def test_a_full_disk_of_the_engine_is_ours(small_disk, tmp_path, job, monkeypatch):
    """Neither a build nor a job pays for a disk without room; with room again both go on."""
    with engine_in(small_disk, IMAGE) as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.host)
        (tmp_path / "Dockerfile").write_text(SERVICE)
        with DockerExecutor(runs=tmp_path / "runs", sandbox_image=IMAGE) as executor:
            built = executor.build(BuildRequest(tmp_path, "Dockerfile", 240, GIB))
            assert built.verdict is Verdict.INFRA_ERROR
            assert "make room" in built.detail
            filling = small_disk / "filling"
            with contextlib.suppress(OSError), filling.open("wb") as file:
                while True:
                    file.write(bytes(MIB))
            with pytest.raises(SandboxError, match="no space left"):
                executor.run(job("pass"))
            filling.unlink()
            executor.recover(60)
            assert executor.run(job("pass")).verdict is Verdict.OK


def test_a_sandbox_image_that_was_removed_is_made_again(private, tmp_path, job, monkeypatch):
    """Somebody cleans up the engine in the middle of a grading."""
    monkeypatch.setenv("DOCKER_HOST", private.host)
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "sandbox.Dockerfile").write_text(f"FROM {IMAGE}\nLABEL made=here\n")
    with DockerExecutor(runs=tmp_path / "runs", docker_folder=tmp_path / "docker") as executor:
        assert executor.run(job("pass")).verdict is Verdict.OK
        executor._engine.client.api.remove_image(executor.sandbox_image, force=True)
        with pytest.raises(SandboxError, match="No such image"):
            executor.run(job("pass"))
        executor.recover(60)
        assert executor.run(job("pass")).verdict is Verdict.OK
        executor._engine.client.api.remove_image(executor.sandbox_image, force=True)
