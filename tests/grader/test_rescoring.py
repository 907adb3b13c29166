"""Scoring again gives a result folder new reports and takes nothing else away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.cli
import takehome
from grader.errors import UsageError
from grader.execution.limits import Limits
from grader.pipeline.grading import Order, grade
from grader.pipeline.progress import Silent
from grader.pipeline.units import Retry
from grader.rescoring import VAULT_NOTE, publish_again, remember_vault, remembered_vault, score_again
from grader.review.log import NAME, read_log
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


def test_another_result_folder_keeps_its_own_files(graded: Path) -> None:
    """What somebody put beside a result stays when that is replaced; a log in which nobody decided is nothing."""
    (graded / "practice.html").write_text("the key, opened")
    target = graded.with_name("changed")
    again(graded, target)
    assert (target / "practice.html").read_text() == "the key, opened"
    (target / "notes.md").write_text("mine")
    (target / NAME).write_text("")
    again(graded, target)
    assert (target / "notes.md").read_text() == "mine"
    assert not (target / NAME).exists()


def decide(result: Path, level: int, reviewer: str) -> None:
    """Set a level of a result, as a person."""
    given = ["--set", f"readme.communication={level}", "--reason", "read", "--reviewer", reviewer]
    assert CliRunner().invoke(takehome.app, ["review", str(result), *given]).exit_code == 0


def everything_in(folder: Path) -> dict[Path, bytes]:
    """The bytes of all files."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_incident_score_out_destroyed_what_was_decided_about_another_candidate(graded: Path) -> None:
    """`score results/ada --out results/bob` took Bob's result away with the log of two hours of reading."""
    company, bob = graded.parent, graded.with_name("bob")
    shutil.copytree(company / "ada", company / "robert")
    (company / "robert" / "README.md").write_text("# hello from Bob\n")
    truth = load_truth(company / "vault")
    order = Order(company / "robert", truth, load_rubric(), Limits(), bob, retry=Retry(pauses=()))
    grade(order, FakeExecutor(), Silent())
    decide(bob, 3, "Grace")
    before = everything_in(bob)
    with pytest.raises(
        UsageError, match=r"bob: holds a result on which Grace decided.*expected another --out"
    ):
        again(graded, bob)
    assert everything_in(bob) == before
    again(bob, bob)
    assert len(read_log(bob)) == 1


def test_decisions_that_come_along_hinder_nobody(graded: Path) -> None:
    """Scoring twice into the same other folder goes on; what was then decided only there is not taken away."""
    target = graded.with_name("changed")
    for level in (2, 3):
        decide(graded, level, "Grace")
        again(graded, target)
        assert read_log(target) == read_log(graded)
    decide(target, 4, "Alan")
    before = everything_in(target)
    with pytest.raises(UsageError, match="Alan decided"):
        again(graded, target)
    assert everything_in(target) == before


def test_a_folder_that_is_no_result_is_not_replaced(graded: Path) -> None:
    """`score --out thesis` put the result in the place of the whole folder, and the thesis was gone."""
    thesis = graded.with_name("thesis")
    thesis.mkdir()
    (thesis / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="no result of a grading"):
        again(graded, thesis)
    assert (thesis / "thesis.txt").read_text() == "mine"


def test_score_needed_a_vault_that_the_grading_had_been_told(once: Path, tmp_path: Path) -> None:
    """`takehome score RESULT_DIR` works as the contract lists it, in place and elsewhere; reports say no path."""
    company = shutil.copytree(once, tmp_path / "company")
    given = ["grade", company / "ada", "--vault", company / "vault", "--out", company / "new", "--quiet"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TAKEHOME_PHASE_CACHE", str(tmp_path / "cache"))
        patched.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
        assert CliRunner().invoke(takehome.app, [str(one) for one in given]).exit_code == 0
    for command in (["score", company / "new"], ["score", company / "new", "--out", company / "other"]):
        done = CliRunner().invoke(takehome.app, [str(one) for one in command])
        assert done.exit_code == 0, done.output
    assert remembered_vault(company / "other") == company / "vault"
    for page in company.glob("new/*.*"):
        assert (str(company) in page.read_text(encoding="utf-8")) is (page.name == VAULT_NOTE)


def test_a_vault_that_moved_or_changed_is_asked_for(graded: Path) -> None:
    """Without a note, with one that leads nowhere, or to another variant, nothing is scored."""
    with pytest.raises(UsageError, match="--vault: expected the vault of"):
        score_again(graded, None, load_rubric())
    vault = graded.parent / "vault"
    remember_vault(graded, vault)
    score_again(graded, None, load_rubric())
    key = (vault / "key.json").read_text(encoding="utf-8")
    variant = load_truth(vault).key.variant
    (vault / "key.json").write_text(key.replace(f'"{variant}"', '"feedfeedfeed"'), encoding="utf-8")
    with pytest.raises(UsageError, match="feedfeedfeed"):
        score_again(graded, None, load_rubric())
    vault.rename(vault.with_name("moved"))
    with pytest.raises(UsageError, match=r"no key\.json is now"):
        score_again(graded, None, load_rubric())


def test_a_result_that_takes_no_note_is_still_a_result(graded: Path) -> None:
    """A full disk after hours of grading costs the note, not the grading."""
    (graded / VAULT_NOTE).mkdir()
    remember_vault(graded, graded.parent / "vault")
