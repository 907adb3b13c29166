"""What an old engine or client cannot build is no failure of the Dockerfile."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from grader.execution.docker import DockerExecutor
from grader.execution.limits import GIB
from grader.execution.old_engine import LONG, too_old
from grader.execution.protocol import BuildRequest
from grader.types import Verdict

LLB = "failed to solve with frontend dockerfile.v0: failed to create LLB definition: "
CLASSIC = "Error response from daemon: "
NEWER = "ERROR: failed to solve: "
PRINTED = "dockerfile parse error line 2: Unknown flag: link"


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        (f"{LLB}dockerfile parse error line 2: Unknown flag: link", True),
        (f"{CLASSIC}dockerfile parse error line 9: Unknown flag: start-interval", True),
        (f"{NEWER}dockerfile parse error on line 3: unknown flag: --parents", True),
        (
            "the --chmod option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn",
            True,
        ),
        (LLB + "failed to process \"${A#a}\": missing ':' in substitution", True),
        (f"{LLB}dockerfile parse error line 2: Unknown flag: nosuch", False),
        (f"{LLB}dockerfile parse error line 2: unknown instruction: LINK", False),
        (LLB + 'failed to process "${X:?need}": X: need', False),
        (f"executor failed running [/bin/sh -c echo '{PRINTED}'; exit 1]: exit code: 1", False),
        (f"{NEWER}process \"/bin/sh -c echo '{PRINTED}'; exit 1\" did not complete successfully", False),
        (f"The command '/bin/sh -c echo {PRINTED}; exit 1' returned a non-zero code: 1", False),
    ],
)
def test_only_a_builder_that_reads_the_dockerfile_says_so(reason: str, ours: bool) -> None:
    """The words of engines and clients, old and new, are known; a command that holds them is not believed."""
    assert (too_old(reason, "20.10", "FROM scratch\n") is not None) is ours


@pytest.mark.parametrize(
    ("line", "flag", "ours"),
    [
        ("COPY --link . /x", "link", True),
        ("ONBUILD COPY --Link . /x", "link", True),
        ("RUN --security=sandbox true", "security", True),
        ("COPY --mount=type=bind . /x", "mount", False),
        ("RUN --link true", "link", False),
        ("COPY --start-interval=5s . /x", "start-interval", False),
        ("RUN --device=none true", "device", False),
    ],
)
def test_incident_a_flag_out_of_its_place_made_every_engine_too_old(line: str, flag: str, ours: bool) -> None:
    """No builder knows it there, old or new, so grading again with a newer one would wait for ever."""
    reason = f"{CLASSIC}dockerfile parse error line 2: Unknown flag: {flag}"
    assert (too_old(reason, "20.10", f"FROM scratch\n{line}\n") is not None) is ours


BROKEN = "exit 1 #\ndockerfile parse error line 2: unknown flag: link"


@pytest.mark.docker
@pytest.mark.parametrize("buildkit", [True, False])
def test_incident_a_command_that_broke_the_last_line_made_every_engine_too_old(
    docker_executor: DockerExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buildkit: bool
) -> None:
    """Builders repeat a command that failed as it is, lines of its own included, so its end may say anything."""
    builder = dataclasses.replace(docker_executor._builder(), buildkit=buildkit)
    monkeypatch.setattr(docker_executor, "_found_builder", builder)
    command = json.dumps(["sh", "-c", BROKEN])
    (tmp_path / "Dockerfile").write_text(f"FROM python:3.11-slim\nRUN {command}\n")
    built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 120, GIB))
    assert built.verdict is Verdict.BUILD_FAIL, built.detail


def test_a_command_too_long_for_the_log_excuses_nothing() -> None:
    """Where the log may have lost the beginning of the command, its end is not believed either."""
    assert too_old(PRINTED, "20.10", "FROM scratch\n", "Step 1/1 : FROM scratch\n") is not None
    assert too_old(PRINTED, "20.10", "FROM scratch\n" + "#" * LONG, "Step 1/1 : FROM scratch\n") is None


@pytest.mark.docker
@pytest.mark.parametrize(
    ("line", "classic_only"),
    [
        ("COPY --link Dockerfile /x", False),
        ("HEALTHCHECK --start-interval=5s CMD true", False),
        ("COPY --chmod=755 Dockerfile /x", True),
    ],
)
@pytest.mark.parametrize("buildkit", [True, False])
def test_incident_a_flag_that_our_engine_was_too_old_for_cost_the_service(
    docker_executor: DockerExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    classic_only: bool,
    buildkit: bool,
) -> None:
    """The official syntax line is dropped for the builder that is here, which knew no flag of later years."""
    builder = dataclasses.replace(docker_executor._builder(), buildkit=buildkit)
    monkeypatch.setattr(docker_executor, "_found_builder", builder)
    (tmp_path / "Dockerfile").write_text(f"FROM python:3.11-slim\n{line}\n")
    built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 120, GIB))
    if docker_executor._engine.heredocs and (buildkit or not classic_only):
        # A new engine may know the flag; it costs nothing either way.
        assert built.verdict in (Verdict.OK, Verdict.INFRA_ERROR), built.detail
    else:
        known = buildkit and classic_only
        assert built.verdict is (Verdict.OK if known else Verdict.INFRA_ERROR), built.detail
        assert known or "newer" in built.detail
    for wrong in ("COPY --nosuch Dockerfile /x", "COPY --start-interval=5s Dockerfile /x"):
        (tmp_path / "Dockerfile").write_text(f"FROM python:3.11-slim\n{wrong}\n")
        built = docker_executor.build(BuildRequest(tmp_path, "Dockerfile", 120, GIB))
        assert built.verdict is Verdict.BUILD_FAIL, built.detail
