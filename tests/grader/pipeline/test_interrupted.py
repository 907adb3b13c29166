"""Ctrl-C in a grading: what is said to remain is what remains."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.cli
import takehome
from grader.execution.protocol import Execution, Job
from tests.grader.fake_executor import FakeExecutor
from tests.grader.vault_folder import write_vault


class Interrupted(FakeExecutor):
    """An executor in whose job of that id a person presses Ctrl-C."""

    at = "read_tracking"

    def run(self, job: Job) -> Execution:
        """Answer, but for the one job."""
        if job.id == self.at:
            raise KeyboardInterrupt
        return super().run(job)


def files(folder: Path) -> list[str]:
    """All files below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The command that grades a small submission."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "README.md").write_text("# hi\n")
    vault = str(write_vault(tmp_path / "vault"))
    kept = ["--phase-cache", str(tmp_path / "phases")]
    return ["grade", str(tmp_path / "ada"), "--vault", vault, "--out", str(tmp_path / "out" / "ada"), *kept]


def test_incident_an_interrupted_grading_said_that_it_had_left_nothing(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finished phases were there, and whoever read that nothing was did not know that a rerun is quick."""
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: Interrupted())
    done = CliRunner().invoke(takehome.app, words)
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == (
        "takehome: interrupted; finished phases are kept; run the same command again"
    )
    assert files(tmp_path / "phases") != []
    assert files(tmp_path / "out") == []
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    assert "kept" in CliRunner().invoke(takehome.app, words).output


def test_incident_an_interruption_behind_the_result_denied_it(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the scorecard was printed said that nothing was left, beside a whole result."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    monkeypatch.setattr(grader.cli, "show", interrupt)
    done = CliRunner().invoke(takehome.app, words)
    out = tmp_path / "out" / "ada"
    assert done.stderr.splitlines()[-1] == f"takehome: interrupted; the result is in {out}"
    assert (out / "report.json").is_file()


def test_an_interrupted_local_grading_keeps_nothing(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phases of code that was not isolated are never kept, and the line on an interruption says so."""
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: Interrupted(name="local"))
    done = CliRunner().invoke(takehome.app, [*words, "--executor", "local"])
    assert done.stderr.splitlines()[-1] == (
        "takehome: interrupted; no phase is kept; run the same command again"
    )
    assert not files(tmp_path / "out")
    assert not [name for name in files(tmp_path / "phases") if name.endswith(".phase")]
