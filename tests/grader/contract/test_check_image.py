"""The image part of the check: what the sandbox says is passed on, and a missing engine fails nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.contract.image import check_image
from grader.errors import SandboxError
from grader.execution.limits import Limits
from grader.execution.protocol import Build, Executor
from grader.types import Verdict
from tests.grader.contract import broken
from tests.grader.fake_executor import QUIET, FakeExecutor, answer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A submission that keeps the contract."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    return broken.submission(tmp_path / "work")


def no_engine() -> Executor:
    """No engine answers."""
    raise SandboxError("no Docker engine answers")


def test_without_an_engine_the_image_is_left_out(folder: Path) -> None:
    """That is said with the reason, and the contract can still be kept."""
    looked = check_image(folder, no_engine, Limits())
    assert looked.kept
    assert "no Docker engine" in looked.left["image"]


def test_what_the_questions_find_is_a_problem(folder: Path) -> None:
    """A trouble told by the probe in the sandbox fails the check with its remedy."""
    trouble = {
        "place": "GET /health",
        "found": "no answer",
        "expected": "200",
        "remedy": "listen",
        "note": False,
    }
    told = {**QUIET, "first_answers": answer({"port": None, "troubles": [trouble]})}
    executor = FakeExecutor(told)
    looked = check_image(folder, lambda: executor, Limits())
    assert [one.place for one in looked.problems] == ["GET /health"]
    assert not looked.kept


def test_a_failed_build_shows_its_last_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the build's log is where its reason is."""
    executor = FakeExecutor(QUIET)
    failed = Build(Verdict.BUILD_FAIL, None, "", "step 1\nno such file: model.bin\n", 1.0)
    monkeypatch.setattr(executor, "build", lambda request: failed)
    (only,) = check_image(folder, lambda: executor, Limits()).problems
    assert "model.bin" in only.found


def test_what_intake_refuses_is_told_before_anything_is_built(folder: Path) -> None:
    """A link out of the folder is refused by the grader, so the check says it first."""
    (folder / "outside").symlink_to("/etc/passwd")
    (only,) = check_image(folder, no_engine, Limits()).problems
    assert "outside" in only.found


def test_the_stated_context_is_built_and_the_stated_port_asked_first(folder: Path) -> None:
    """The check builds what the grading builds, so that a kept contract is no failed build."""
    (folder / "service").mkdir()
    (folder / "service" / "app.py").write_text("")
    (folder / "Dockerfile").rename(folder / "service.docker")
    stated = "dockerfile: service.docker\ncontext: service\nport: 9123\n"
    (folder / "submission.yaml").write_text(stated)
    executor = FakeExecutor({**QUIET, "first_answers": answer({"port": 9123})})
    check_image(folder, lambda: executor, Limits())
    (build,) = executor.builds
    assert (build.dockerfile, build.folder) == ("service.docker", "service")
    assert executor.jobs[-1].arguments[1:] == ("9123", "8000")


def test_a_health_check_that_asks_nothing_is_noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as none in the grading, so the check names it; it fails nothing."""
    executor = FakeExecutor({**QUIET, "first_answers": answer({"port": 8000}), "passes_idle": b"yes"})
    real = executor.build
    monkeypatch.setattr(executor, "build", lambda request: replace(real(request), healthcheck=True))
    looked = check_image(folder, lambda: executor, Limits())
    assert [one.found for one in looked.problems if "HEALTHCHECK" in one.found]
    assert looked.kept
