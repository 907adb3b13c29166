"""What a second run of a batch keeps, and where it may write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.batch.cli
import grader.cli
import takehome
from grader.errors import UsageError
from grader.pipeline.grading import Order
from grader.reports.write import write_reports
from grader.results import Report
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault


def inbox(folder: Path, name: str) -> Path:
    """An inbox with this archive."""
    folder.mkdir()
    (folder / name).write_bytes(name.encode())
    return folder


def test_incident_a_corrected_list_left_the_result_of_another_variant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was graded against the wrong key was kept for ever: only the bytes and the rubric were compared."""
    used: list[str] = []

    def graded(order: Order, executor: object, progress: object) -> Report:
        used.append(order.truth.key.variant)
        report = builders.report(variant=used[-1], phases=())
        order.out.mkdir(parents=True, exist_ok=True)
        write_reports(report, order.out)
        return report

    monkeypatch.setattr(grader.batch.cli, "grade", graded)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    first, second = "0123456789a0", "0123456789a1"
    for name in (first, second):
        key = write_vault(tmp_path / "issued" / name) / "key.json"
        key.write_text(json.dumps(json.loads(key.read_text()) | {"variant": name}))
    words = ["batch", str(inbox(tmp_path / "in", f"{first}.zip")), "--vault", str(tmp_path / "issued")]
    words += ["--out", str(tmp_path / "out"), "--quiet"]
    listed = tmp_path / "list.csv"
    listed.write_text(f"submission,variant\n{first},{second}\n")
    for more in ([], [], ["--list", str(listed)], ["--list", str(listed)]):
        done = CliRunner().invoke(takehome.app, [*words, *more])
        assert done.exit_code == 0, done.output
    assert used == [first, second]
    listed.write_text(f"submission,variant\n{first},dddddddddddd\n")
    assert CliRunner().invoke(takehome.app, [*words, "--list", str(listed)]).exit_code != 0


def test_results_inside_the_inbox_are_refused(tmp_path: Path) -> None:
    """The second run took the folder of results for somebody's submission."""
    box = inbox(tmp_path / "in", "ada.zip")
    write_vault(tmp_path / "issued" / "0123456789ab")
    words = ["batch", str(box), "--vault", str(tmp_path / "issued"), "--out", str(box / "results")]
    done = CliRunner().invoke(takehome.app, words)
    assert done.exit_code == UsageError.exit_code
    assert not (box / "results").exists()


def test_incident_submissions_that_grade_opens_were_missing_from_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever `grade` takes or refuses by name has a line of the table, and files beside it are named."""
    seen: list[str] = []

    def graded(order: Order, executor: object, progress: object) -> Report:
        seen.append(order.submission.name)
        report = builders.report(phases=())
        order.out.mkdir(parents=True, exist_ok=True)
        write_reports(report, order.out)
        return report

    monkeypatch.setattr(grader.batch.cli, "grade", graded)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    write_vault(tmp_path / "issued" / "0123456789ab")
    box = inbox(tmp_path / "in", "ada.tar.xz")
    for name in ("ben.TAR.BZ2", "cyn.rar", "dan.7z", "eve.ipynb", "Thumbs.db", ".DS_Store"):
        (box / name).write_bytes(b"x")
    (box / "__MACOSX").mkdir()
    words = ["batch", str(box), "--vault", str(tmp_path / "issued"), "--out", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(takehome.app, [*words, "--quiet"])
    assert done.exit_code == 0, done.output
    assert seen == ["ada.tar.xz", "ben.TAR.BZ2", "cyn.rar", "dan.7z"]
    assert done.stderr.splitlines() == ["taken for no submission: eve.ipynb"]
    assert [one["submission"] for one in json.loads(done.stdout)] == seen
    assert (tmp_path / "out" / "ben").is_dir()
