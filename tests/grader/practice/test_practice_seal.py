"""The sealed key is found from the work, opened only whole, and an issued key stays shut until people decided."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.cli
import takehome
from grader.errors import UsageError, VaultError
from grader.practice.cli import refuse_unless_open
from grader.practice.lessons import Opened
from grader.practice.seal import OPENED, SEALED, find_sealed, unseal
from grader.practice.vault import practice_vault
from grader.reports.pages import render_page
from grader.truth import load_truth
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault


def seal(folder: Path, names: dict[str, str]) -> Path:
    """Write a sealed key of these entries."""
    with zipfile.ZipFile(folder / SEALED, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return folder / SEALED


def test_it_is_found_from_the_work_below_it(tmp_path: Path) -> None:
    """Grading `.` in the submission's folder needs no path to the key."""
    work = tmp_path / "submission" / "src"
    work.mkdir(parents=True)
    sealed = seal(tmp_path, {"key.json": "{}"})
    assert find_sealed(work) == sealed


def test_nothing_found_says_what_was_expected(tmp_path: Path) -> None:
    """A folder that is no practice folder is refused with the way to make one."""
    with pytest.raises(UsageError, match="takehome practice"):
        find_sealed(tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil"])
def test_entries_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """A sealed key that was tampered with writes nothing elsewhere."""
    sealed = seal(tmp_path, {"key.json": "{}", name: "x"})
    with pytest.raises(VaultError):
        unseal(sealed, tmp_path / "in" / "key")
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("content", [b"no zip at all", b"PK\x03\x04broken"])
def test_a_damaged_seal_is_named(tmp_path: Path, content: bytes) -> None:
    """What is no zip is said in one line."""
    (tmp_path / SEALED).write_bytes(content)
    with pytest.raises(VaultError, match=SEALED):
        unseal(tmp_path / SEALED, tmp_path / "key")


def test_the_key_appears_only_after_the_grading(tmp_path: Path) -> None:
    """A grading that fails leaves the seal whole; one that ends leaves the opened key."""
    (tmp_path / "submission").mkdir()
    seal(tmp_path, {"key.json": "{}"})
    with pytest.raises(RuntimeError), practice_vault(tmp_path / "submission"):
        raise RuntimeError("the grading failed")
    assert sorted(p.name for p in tmp_path.iterdir()) == [SEALED, "submission"]
    with practice_vault(tmp_path / "submission") as found:
        assert not (tmp_path / OPENED).exists()
        assert (found.folder / "key.json").is_file()
    assert (tmp_path / OPENED / "key.json").is_file()
    with practice_vault(tmp_path / "submission") as again:
        assert again.folder == tmp_path / OPENED


def test_a_seal_inside_the_submission_is_refused(tmp_path: Path) -> None:
    """The key must not be handed to the candidate's own code with the submission."""
    seal(tmp_path, {"key.json": "{}"})
    with pytest.raises(UsageError, match="inside the submission"), practice_vault(tmp_path):
        pass


def test_an_issued_key_stays_shut_until_the_result_is_final(tmp_path: Path) -> None:
    """A company opens a candidate's key after the decision, not before."""
    truth = load_truth(write_vault(tmp_path / "vault", origin="issued"))
    report = builders.report(variant=truth.key.variant, final=False)
    with pytest.raises(UsageError, match="not final"):
        refuse_unless_open(report, truth)
    refuse_unless_open(report.model_copy(update={"final": True}), truth)


def test_incident_a_graded_practice_could_not_be_scored_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A practice result knows its opened key, and its page does not call points of that day those of today."""
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    monkeypatch.setattr(grader.cli, "write_practice", lambda report, truth, result: result / "practice.html")
    work = tmp_path / "practice" / "submission"
    work.mkdir(parents=True)
    (work / "README.md").write_text("# hello\n")
    vault = write_vault(tmp_path / "vault")
    with zipfile.ZipFile(tmp_path / "practice" / SEALED, "w") as archive:
        for path in sorted(one for one in vault.rglob("*") if one.is_file()):
            archive.write(path, path.relative_to(vault).as_posix())
    for words in (
        ["grade", str(work), "--practice", "--quiet"],
        ["score", str(work.parent / "result"), "--dry-run"],
    ):
        done = CliRunner().invoke(takehome.app, words)
        assert done.exit_code == 0, done.output
    page = render_page(
        "page_practice.html", opened=Opened("x", "v", 0, True, (), ()), report=builders.report()
    )
    assert "Points when opened" in page
