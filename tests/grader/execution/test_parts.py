"""The pure parts of execution: captured output, verdicts, requirement lines, public bases, engine messages."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SandboxError
from grader.execution import engine, images
from grader.execution.build_client import STEP
from grader.execution.capture import Capture, flood_limit
from grader.execution.limits import MIB, JobLimits
from grader.execution.public_bases import is_public_base
from grader.execution.regular_file import REFUSALS, read_regular
from grader.execution.requirements_gate import check_requirements
from grader.execution.runs import open_run
from grader.execution.verdicts import Ending, verdict_of
from grader.probes.shared import host
from grader.types import Verdict

LIMITS = JobLimits(seconds=5, memory=100 * MIB)


@given(st.lists(st.binary(max_size=50), max_size=30), st.integers(2, 60))
def test_capture_keeps_head_and_tail_of_any_chunks(chunks, limit):
    """However the stream is cut, what is kept is its head and tail, and short output is kept whole."""
    whole = b"".join(chunks)
    capture = Capture(limit)
    for chunk in chunks:
        capture.write(chunk)
    assert capture.total == len(whole)
    assert capture.truncated == (len(whole) > limit)
    if len(whole) <= limit:
        assert capture.value() == whole
    else:
        assert capture.head() == whole[: limit - limit // 2]
        assert capture.tail() == whole[-(limit // 2) :]
        assert b"%d bytes left out" % (len(whole) - limit) in capture.value()


def test_flood_limit_lies_between_twice_and_fifty_times():
    """Small outputs may overflow fifty-fold, large ones not beyond a bound."""
    assert flood_limit(1000) == 50_000
    assert flood_limit(64 * MIB) == 256 * MIB
    assert flood_limit(1024 * MIB) == 2048 * MIB


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (Ending(0), Verdict.OK),
        (Ending(0, pids_refused=True), Verdict.OK),
        (Ending(0, oom_killed=True), Verdict.OOM),
        (Ending(137, peak_memory=99 * MIB), Verdict.OOM),
        (Ending(137, peak_memory=10 * MIB), Verdict.CRASH),
        (Ending(137, oom_killed=True, peak_memory=10 * MIB), Verdict.OOM),
        (Ending(137, oom_killed=True, peak_memory=10 * MIB, limit_untouched=True), Verdict.INFRA_ERROR),
        (Ending(3, oom_killed=True, peak_memory=10 * MIB, host_short=True), Verdict.INFRA_ERROR),
        (Ending(137, peak_memory=10 * MIB, host_short=True), Verdict.INFRA_ERROR),
        (Ending(137, oom_killed=True, host_short=True), Verdict.OOM),
        (Ending(137, oom_killed=True, peak_memory=99 * MIB, host_short=True), Verdict.OOM),
        (Ending(1, peak_memory=10 * MIB, host_short=True), Verdict.CRASH),
        (Ending(None, timed_out=True, peak_memory=99 * MIB), Verdict.TIMEOUT_JOB),
        (Ending(None, timed_out=True, held_up="busy"), Verdict.INFRA_ERROR),
        (Ending(1, held_up="busy"), Verdict.CRASH),
        (Ending(3, oom_killed=True, peak_memory=80 * MIB, peak_exact=True), Verdict.INFRA_ERROR),
        (Ending(3, oom_killed=True, peak_memory=99 * MIB, peak_exact=True), Verdict.OOM),
        (Ending(3, oom_killed=True, peak_memory=80 * MIB), Verdict.OOM),
        (
            Ending(
                None,
                timed_out=True,
                held_up="busy",
                stderr_tail=b"[Errno 11] Resource temporarily unavailable",
            ),
            Verdict.INFRA_ERROR,
        ),
        (Ending(None, timed_out=True, held_up="busy", pids_refused=True), Verdict.PIDS),
        (Ending(None, timed_out=True, pids_refused=True), Verdict.PIDS),
        (Ending(137, flooded=True), Verdict.OUTPUT_LIMIT),
        (Ending(1, stderr_tail=b"OSError: [Errno 28] No space left on device"), Verdict.DISK_LIMIT),
        (Ending(0, stderr_tail=b"OSError: [Errno 28] No space left on device"), Verdict.OK),
        (Ending(1, stderr_tail=b"RuntimeError: can't start new thread"), Verdict.PIDS),
        (Ending(1, stderr_tail=b"ValueError: no"), Verdict.CRASH),
    ],
)
def test_verdict_follows_from_facts(ending, verdict):
    """Each way to end has its one verdict; what a job prints never turns failure into success."""
    assert verdict_of(ending, LIMITS)[0] is verdict


@pytest.mark.parametrize(
    "line",
    [
        "-i http://x",
        "--index-url=http://x",
        "-r other.txt",
        "-e .",
        "--no-binary :all:",
        "pkg @ http://x/p.whl",
        "git+https://x/y",
        "http://x/p.whl",
        "./local.whl",
        "/abs/local.whl",
        "a --config-settings=x=y",
        "pkg ; python_version < '3' @ http://x",
        "pkg \\\n --global-option=x",
        "${HOME}",
    ],
)
def test_requirements_that_steer_pip_are_refused(line):
    """No option, address or path of a candidate reaches pip."""
    assert check_requirements(f"pandas==2.2.3\n{line}\n") is not None


def test_ordinary_requirements_pass():
    """What pip freeze and people write is let through."""
    text = (
        "# tools\npandas>=2,<3  # tables\nuvicorn[standard]==0.30.*\nscikit-learn ~= 1.5\n\n"
        "tomli==2.0.1 ; python_version < '3.11' and sys_platform == 'linux'\n"
        f"six==1.16.0 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n"
    )
    assert check_requirements(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "python:",
        "python@sha256:1",
        "takehome/image:latest",
        "python:3.11-slim ",
        "../python",
        "docker.io/evil",
    ],
)
def test_odd_references_are_not_public(name):
    """Only whole, well-formed references are looked up in the list."""
    assert not is_public_base(name)


def test_no_engine_is_said_plainly(monkeypatch):
    """Where nothing answers, the message names the address and both ways on."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(
        SandboxError, match=r"no Docker engine answers at unix:///nonexistent.*make engine.*local"
    ):
        engine.connect()


def test_missing_docker_folder_is_said_plainly(tmp_path):
    """Outside a checkout there is no sandbox image to build, and that is what is said."""
    with pytest.raises(SandboxError, match=r"sandbox\.Dockerfile: not found"):
        images.sandbox_tag(tmp_path)


def test_sandbox_tag_follows_its_files(tmp_path):
    """A changed Dockerfile or lock gives another image."""
    (tmp_path / "sandbox.Dockerfile").write_text("FROM a")
    (tmp_path / "sandbox-requirements.lock").write_text("a==1")
    first = images.sandbox_tag(tmp_path)
    (tmp_path / "sandbox-requirements.lock").write_text("a==2")
    assert images.sandbox_tag(tmp_path) != first


def test_run_folder_that_cannot_be_made_is_our_error(tmp_path):
    """A run folder that is a file is named in the message."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="file"):
        open_run(tmp_path / "file")


def test_regular_file_is_read_without_following_links(tmp_path):
    """Links, FIFOs, folders and large files below an area are not read."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("ok")
    (tmp_path / "out").symlink_to("/etc")
    os.mkfifo(tmp_path / "fifo")
    assert read_regular(str(tmp_path), "sub/a", 2) == b"ok"
    for name in ("sub/a/b", "sub", "out/passwd", "fifo", "../x", ".", ""):
        assert read_regular(str(tmp_path), name, 100) is None
    assert read_regular(str(tmp_path), "sub/a", 1) is None


def test_a_person_who_waits_is_told_the_steps_of_a_build_only() -> None:
    """Hundreds of lines of a package manager drown what matters; the log keeps them."""
    assert STEP.match("#8 [4/6] RUN pip install")
    assert STEP.match("#8 [build 2/5] COPY . .")
    assert STEP.match("Step 3/9 : RUN true")
    assert not STEP.match("#8 68.79 Installed kernelspec")
    assert not STEP.match("#1 [internal] load build definition")


def test_a_program_that_stands_alone_knows_the_same_refusals():
    """What a machine refuses is a list in two files, one of which may import nothing of ours: they say the same."""
    assert frozenset(REFUSALS) == host.REFUSALS
