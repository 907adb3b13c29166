"""Nothing of a run stays in the engine, whatever ends it, and nobody else's run is touched."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from grader.errors import SandboxError
from grader.execution import docker_job
from grader.execution.docker import DockerExecutor
from grader.execution.engine import connect
from grader.execution.limits import MIB, JobLimits
from grader.execution.protocol import BuildRequest
from grader.execution.runs import RUN_LABEL, open_run, remove_all, sweep
from grader.types import Verdict

pytestmark = pytest.mark.docker


@pytest.fixture
def image(docker_executor: DockerExecutor):
    """The sandbox image, built where it was missing."""
    return docker_executor.sandbox_image


def left_of(run_id):
    """Containers, volumes and images the engine still has of a run."""
    of_run = {"label": f"{RUN_LABEL}={run_id}"}
    client = connect().client
    try:
        return [
            *client.api.containers(all=True, filters=of_run),
            *(client.api.volumes(filters=of_run)["Volumes"] or []),
            *client.api.images(filters=of_run),
        ]
    finally:
        client.close()


def test_close_removes_everything(image, tmp_path, job):
    """After close there is no container, volume, image, folder or lock of the run; closing twice is fine."""
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=image) as executor:
        executor.run(job("pass", output_area="kept"))
        run_id = executor._run.id
        assert left_of(run_id)
    assert left_of(run_id) == []
    assert list((tmp_path / "runs").iterdir()) == []
    executor.close()


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, RuntimeError])
def test_interrupt_in_a_job_leaves_nothing(image, tmp_path, job, monkeypatch, interrupt):
    """Ctrl-C or an error of ours in the middle of a job removes its container and, with close, all else."""

    def interrupted(*_):
        raise interrupt

    monkeypatch.setattr(docker_job, "_watch", interrupted)
    begun = time.monotonic()
    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=image) as executor:
        with pytest.raises(interrupt):
            executor.run(job("import time; time.sleep(900)", output_area="x", limits={"seconds": 600}))
        names = [found["Names"][0] for found in left_of(executor._run.id) if "Names" in found]
        assert [name.split("-")[2] for name in names] == ["keeper"]
    assert left_of(executor._run.id) == []
    assert time.monotonic() - begun < 120


def test_killed_run_is_swept_and_a_living_one_is_not(image, tmp_path, job):
    """What a run killed with SIGKILL left is removed at the next start; a run at work keeps what it has."""
    runs = tmp_path / "runs"
    program = textwrap.dedent(
        f"""
        import pathlib
        from grader.execution.docker import DockerExecutor
        from grader.execution.limits import JobLimits
        from grader.execution.protocol import Job
        script = pathlib.Path({str(tmp_path / "sleep.py")!r})
        script.write_text("import time; time.sleep(900)")
        executor = DockerExecutor(runs=pathlib.Path({str(runs)!r}), sandbox_image={image!r})
        print(executor._run.id, flush=True)
        executor.run(Job("long", script, JobLimits(seconds=600, memory=1 << 27), output_area="a"))
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        killed = process.stdout.readline().strip()
        until = time.monotonic() + 120
        while len(left_of(killed)) < 3 and time.monotonic() < until:
            time.sleep(0.2)
        assert len(left_of(killed)) == 3
        with DockerExecutor(runs=runs, sandbox_image=image) as beside:
            assert killed not in beside.swept
            assert len(left_of(killed)) == 3
            process.send_signal(signal.SIGKILL)
            process.wait()
            living = beside._run.id
            beside.run(
                job("open(__import__('os').environ['OUTPUT_DIR'] + '/x', 'w').write('1')", output_area="a")
            )
            with DockerExecutor(runs=runs, sandbox_image=image) as after:
                assert after.swept == (killed,)
                assert left_of(killed) == []
            assert beside.read_area("a", "x", 10) == b"1"
    assert left_of(living) == []


def test_a_build_ends_with_its_grader(image, tmp_path):
    """The client of a build is killed with us, so that no image appears after the next start has swept."""
    runs = tmp_path / "runs"
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "Dockerfile").write_text(
        f"FROM python:3.11-slim\nRUN echo {uuid.uuid4()} && sleep 200\nCMD true\n"
    )
    program = textwrap.dedent(
        f"""
        import pathlib
        from grader.execution.docker import DockerExecutor
        from grader.execution.protocol import BuildRequest
        executor = DockerExecutor(runs=pathlib.Path({str(runs)!r}), sandbox_image={image!r})
        print(executor._run.id, flush=True)
        print(executor.build(
            BuildRequest(pathlib.Path({str(tmp_path / "context")!r}), "Dockerfile", 600, 1 << 31)
        ), flush=True)
        """
    )

    def clients():
        found = []
        for place in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                found.append(place.read_bytes())
        return [words for words in found if f"takehome-{killed}-image".encode() in words]

    def seen(seconds):
        until = time.monotonic() + seconds
        while not clients() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        return bool(clients())

    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        killed = process.stdout.readline().strip()
        if not seen(300):
            process.kill()
            pytest.fail(f"no client of the build was seen; the build said: {process.stdout.read()!r}")
        time.sleep(6)  # into the step that is silent: a client that prints would end by that alone
        process.send_signal(signal.SIGKILL)
        process.wait()
    until = time.monotonic() + 60
    while clients() and time.monotonic() < until:
        time.sleep(0.1)
    assert clients() == []
    with DockerExecutor(runs=runs, sandbox_image=image) as after:
        assert after.swept == (killed,)
        time.sleep(2)
        assert left_of(killed) == []


def test_leftovers_of_a_deleted_run_folder_are_swept(image, tmp_path):
    """Somebody clears the cache folder after a grader was killed: what the engine has is removed all the same."""
    runs = tmp_path / "runs"
    killed = DockerExecutor(runs=runs, sandbox_image=image)
    killed._areas.create("a", image, JobLimits(seconds=1, memory=MIB, output_area=MIB))
    os.close(killed._run.lock)
    shutil.rmtree(runs)
    with DockerExecutor(runs=runs, sandbox_image=image) as after:
        assert after.swept == (killed._run.id,)
    assert left_of(killed._run.id) == []
    assert list(runs.iterdir()) == []
    killed._life.close()
    killed._engine.client.close()


def test_a_lock_without_anything_else_is_swept(image, tmp_path):
    """A grader killed between making its lock and its folder leaves a file that nobody else removes."""
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "0123456789ab.lock").touch()
    with DockerExecutor(runs=runs, sandbox_image=image) as executor:
        assert executor.swept == ("0123456789ab",)
        assert {p.name for p in runs.iterdir()} == {executor._run.id, f"{executor._run.id}.lock"}


def test_many_executors_starting_at_once_keep_their_locks(image, tmp_path):
    """Each sweeps while others are just being made; none takes another's fresh lock for a dead one's."""
    runs = tmp_path / "runs"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_run(runs), range(8)))
        client = connect().client
        swept = list(pool.map(lambda _: sweep(client, runs), range(8)))
        client.close()
    assert set().union(*swept) == set()
    assert len(list(runs.glob("*.lock"))) == 8
    for run in made:
        run.release()
    assert list(runs.iterdir()) == []


def test_another_run_folder_is_left_alone(image, tmp_path):
    """A grader with another run folder on the same engine removes nothing of ours."""
    with DockerExecutor(runs=tmp_path / "one", sandbox_image=image) as first:
        first._areas.create("a", image, JobLimits(seconds=1, memory=MIB, output_area=MIB))
        with DockerExecutor(runs=tmp_path / "two", sandbox_image=image) as second:
            assert second.swept == ()
        assert first._areas.read("a", "x", 1) is None
        assert len(left_of(first._run.id)) == 2


def test_hostile_labels_cannot_name_another_run(docker_executor: DockerExecutor, tmp_path):
    """An image whose Dockerfile sets our labels carries ours all the same."""
    (tmp_path / "Dockerfile").write_text(
        f"FROM python:3.11-slim\nLABEL {RUN_LABEL}=other takehome.folder=other\n"
    )
    built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 300, 1 << 31))
    assert built.verdict is Verdict.OK
    assert left_of("other") == []
    assert any(built.image in (found.get("RepoTags") or []) for found in left_of(docker_executor._run.id))


def test_incident_a_container_that_cannot_be_removed_ended_the_removal(image, tmp_path, monkeypatch):
    """An engine that does not answer for one container left all others, and its error escaped every command."""
    removed = []

    def silent(container, **_):
        removed.append(container)
        raise requests.ReadTimeout("Read timed out.")

    with DockerExecutor(runs=tmp_path / "runs", sandbox_image=image) as executor:
        api = executor._engine.client.api
        monkeypatch.setattr(api, "containers", lambda **_: [{"Id": "first"}, {"Id": "second"}])
        monkeypatch.setattr(api, "remove_container", silent)
        with pytest.raises(SandboxError, match="left something in the engine"):
            remove_all(executor._engine.client, executor._run.id)
        monkeypatch.undo()
    assert removed == ["first", "second"]
