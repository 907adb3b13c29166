"""Archives are unpacked apart from the host, within limits, and their verdicts are intake's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.execution.limits import MIB, JobLimits, Limits
from grader.execution.local import LocalExecutor
from grader.execution.protocol import Executor, Job
from grader.intake.opening import Submission, open_submission
from grader.pipeline.unpacking import unpack_with
from grader.probes.unpack.rules import EntryRules
from tests.docker_engine import open_docker_executor
from tests.grader.archives import FILES, opened, zipped


@pytest.fixture(params=[pytest.param("docker", marks=pytest.mark.docker), "local"], scope="module")
def executor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    """Each executor in turn."""
    folder = tmp_path_factory.mktemp("executor")
    if request.param == "docker":
        with open_docker_executor(folder / "runs") as docker:
            yield docker
        return
    with LocalExecutor(folder=folder) as local:
        yield local


def unpacked(executor: Executor, path: Path, target: Path, limits: Limits | None = None) -> Submission:
    """Open a submission as a grading does."""
    limits = limits or Limits()
    return open_submission(path, target, unpack_with(executor, limits), limits.entries)


def test_an_archive_is_unpacked_in_a_job(executor: Executor, tmp_path: Path) -> None:
    """What comes out is what opening it here would give, whoever may read the archive on the host."""
    path = zipped(tmp_path / "a.zip", {**FILES, ".venv/x": b"", "big": bytes(3 * MIB)}, {"copy": "README.md"})
    path.chmod(0o600)
    found = unpacked(executor, path, tmp_path / "out")
    assert found.sha256 == opened(path, tmp_path / "here").sha256
    assert (found.skipped, found.files["copy"]) == ((".venv",), 5)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "here", "out"]


def test_a_refusal_comes_through_with_its_rule(executor: Executor, tmp_path: Path) -> None:
    """Entry and rule are named, also where a file was refused in its middle."""
    for name, rule, rules in (
        ("../evil", "leaves-tree", EntryRules()),
        ("zeros", "compression-ratio", EntryRules(ratio_from_bytes=1000)),
    ):
        path = zipped(tmp_path / f"{rule}.zip", {name: bytes(3 * MIB)})
        with pytest.raises(SubmissionError, match=name.strip("./")) as caught:
            unpacked(executor, path, tmp_path / f"out-{rule}", Limits(entries=rules))
        assert caught.value.rule == rule


def test_unpacking_ends_at_its_limits(
    executor: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that takes too long, or memory without end, is refused within the limit plus 30 seconds."""
    path = zipped(tmp_path / "a.zip", FILES)
    run = executor.run
    # On a busy machine the mere start of a job takes seconds: what must come to something else has time for it.
    for name, text, rule, seconds in (
        ("slow", "import time; time.sleep(900)", "too-slow", 3),
        (
            "large",
            "import time\nx = []\nfor _ in range(99): x.append(bytearray(b'1') * (8 << 20))\ntime.sleep(900)",
            "too-large",
            90,
        ),
        ("endless", "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))", "too-large", 90),
        ("broken", "raise SystemExit(9)", "damaged", 90),
    ):
        script = tmp_path / f"{name}.py"
        script.write_text(text)

        def instead(job: Job, script: Path = script) -> object:
            return run(Job(job.id, script, job.limits, saved=job.saved))

        monkeypatch.setattr(executor, "run", instead)
        limits = Limits(
            unpack=JobLimits(seconds=seconds, memory=128 * MIB),
            entries=EntryRules(total_bytes=20 * MIB, entries=100),
        )
        begun = time.monotonic()
        with pytest.raises(SubmissionError) as caught:
            unpacked(executor, path, tmp_path / f"out-{name}", limits)
        assert caught.value.rule == rule, name
        assert time.monotonic() - begun < seconds + 30
