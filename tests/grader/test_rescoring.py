"""Scoring again gives a result folder new reports and takes nothing else away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.execution.limits import Limits
from grader.pipeline.grading import Order, grade
from grader.pipeline.progress import Silent
from grader.pipeline.units import Retry
from grader.rescoring import publish_again, score_again
from grader.review.log import NAME
from grader.rubric import load_rubric
from grader.truth import load_truth
from tests.grader.fake_executor import FakeExecutor
from tests.grader.vault_folder import write_vault


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the vault and the result of a small submission."""
    folder = tmp_path_factory.mktemp("rescoring") / "company"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / "README.md").write_text("# hello\n")
    truth = load_truth(write_vault(folder / "vault"))
    order = Order(folder / "ada", truth, load_rubric(), Limits(), folder / "result", retry=Retry(pauses=()))
    grade(order, FakeExecutor(), Silent())
    return folder


@pytest.fixture
def graded(once: Path, tmp_path: Path) -> Path:
    """A result folder that a test may change; its vault is beside."""
    return shutil.copytree(once, tmp_path / "company") / "result"


def again(result: Path, target: Path) -> None:
    """Score a result again and publish it."""
    report, _ = score_again(result, result.parent / "vault", load_rubric())
    publish_again(result, report, target)


def test_the_opened_key_stays_when_a_result_is_scored_again(graded: Path) -> None:
    """practice.html was gone without a word after `score`; so would have been whatever else lay there."""
    (graded / "practice.html").write_text("the key, opened")
    (graded / "notes").mkdir()
    (graded / "notes" / "panel.md").write_text("ours")
    (graded / "link").symlink_to("nowhere")
    (graded / ".report.json.new").write_text("half")
    before = (graded / "report.json").read_bytes()
    (graded / "report.html").write_text("an old one")
    again(graded, graded)
    assert (graded / "practice.html").read_text() == "the key, opened"
    assert (graded / "notes" / "panel.md").read_text() == "ours"
    assert (graded / "link").is_symlink()
    assert not (graded / ".report.json.new").exists()
    assert (graded / "report.json").read_bytes() == before
    assert "an old one" not in (graded / "report.html").read_text()


def test_another_result_folder_keeps_its_own_files_but_not_its_log(graded: Path) -> None:
    """What was decided in the result that is replaced was not decided about this one."""
    (graded / "practice.html").write_text("the key, opened")
    target = graded.with_name("changed")
    again(graded, target)
    assert (target / "practice.html").read_text() == "the key, opened"
    (target / "notes.md").write_text("mine")
    (target / NAME).write_text("")
    again(graded, target)
    assert (target / "notes.md").read_text() == "mine"
    assert not (target / NAME).exists()


def test_a_folder_that_is_no_result_is_not_replaced(graded: Path) -> None:
    """`score --out thesis` put the result in the place of the whole folder, and the thesis was gone."""
    thesis = graded.with_name("thesis")
    thesis.mkdir()
    (thesis / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="no result of a grading"):
        again(graded, thesis)
    assert (thesis / "thesis.txt").read_text() == "mine"
