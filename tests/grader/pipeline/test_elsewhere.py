"""Other variants' keys are read where they are at hand; none of them can spoil a grading, and none is needed again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import grader.cli
import takehome
from grader.checks.case import Case
from grader.evidence.document import load_evidence, save_evidence
from grader.pipeline import elsewhere
from grader.pipeline.elsewhere import keys_below, with_other_variants
from grader.reports.write import write_reports
from grader.results import Report
from grader.rubric import load_rubric
from grader.scoring import score
from tests.grader.checks.test_copied import COPIED, case, key
from tests.grader.fake_executor import FakeExecutor
from tests.grader.vault_folder import write_vault


def vaults(folder: Path) -> Path:
    """A folder with the vault of a submission, one of another variant, and two that cannot be read."""
    own = write_vault(folder / "0123456789ab")
    for name, text in (("bad", "{"), ("old", '{"schema_version": 0}')):
        (folder / name).mkdir()
        (folder / name / "key.json").write_text(text)
    other = folder / "ffffffffffff"
    shutil.copytree(own, other)
    changed = json.loads((own / "key.json").read_text()) | {"variant": "ffffffffffff"}
    (other / "key.json").write_text(json.dumps(changed))
    return folder


def compared() -> Case:
    """A copied submission after the comparison with the variant it is copied from."""
    copied = case(*COPIED)
    return Case(with_other_variants(copied.evidence, copied.truth, (key(),), print), copied.truth)


def report(found: Case) -> Report:
    """Its report."""
    return score(found.evidence, load_rubric(), found.truth)


def test_a_broken_key_is_said_and_left_out(tmp_path: Path) -> None:
    """Of this candidate nothing is wrong."""
    said: list[str] = []
    assert [one.variant for one in keys_below(vaults(tmp_path), said.append)] == [
        "0123456789ab",
        "ffffffffffff",
    ]
    assert len(said) == 2
    assert all("not compared" in line for line in said)


def test_only_so_many_keys_are_read_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of ten thousand vaults must not delay a grading unnoticed."""
    monkeypatch.setattr(elsewhere, "MOST", 1)
    said: list[str] = []
    assert len(keys_below(vaults(tmp_path), said.append)) == 1
    assert "4 vaults" in said[0]


def test_a_comparison_that_fails_costs_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our fault: it is said, and the evidence stays as it was."""

    def raising(*_: object) -> None:
        raise RuntimeError("odd key")

    monkeypatch.setattr(elsewhere, "compare_with", raising)
    copied, said = case(*COPIED), []
    assert with_other_variants(copied.evidence, copied.truth, (key(),), said.append) is copied.evidence
    assert "odd key" in said[0]


def test_scoring_again_needs_no_other_vault(tmp_path: Path) -> None:
    """What was found is in the evidence, and the same report comes from it; evidence without it raises nothing."""
    found = compared()
    save_evidence(found.evidence, tmp_path)
    again = Case(load_evidence(tmp_path), found.truth)
    assert report(again) == report(found)
    assert "copied_findings" in {flag.id for flag in report(again).red_flags}
    document = json.loads((tmp_path / "evidence.json").read_text())
    del document["other_variants"]
    (tmp_path / "evidence.json").write_text(json.dumps(document))
    old = Case(load_evidence(tmp_path), found.truth)
    assert "copied_findings" not in {flag.id for flag in report(old).red_flags}


def test_candidates_are_told_nothing_of_the_other_variant(tmp_path: Path) -> None:
    """The reviewer's page names it and nothing planted there; the candidate's page not even that."""
    write_reports(report(compared()), tmp_path)
    assert "ffffffffffff" not in (tmp_path / "feedback.html").read_text()
    shown = (tmp_path / "report.html").read_text()
    assert "5 of 6 findings fit variant ffffffffffff and not this one." in shown
    assert "2024-02" not in json.dumps([f.model_dump() for f in report(compared()).red_flags])


def test_grade_compares_with_every_vault_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the command line, broken neighbours and all."""
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    submission = tmp_path / "ada"
    submission.mkdir()
    (submission / "README.md").write_text("# hello\n")
    folder = vaults(tmp_path / "vaults")
    words = ["grade", str(submission), "--vault", str(folder), "--variant", "0123456789ab"]
    out = tmp_path / "out"
    result = CliRunner().invoke(takehome.app, [*words, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "findings are not compared with it" in result.output
    assert load_evidence(out / "evidence").document.other_variants.compared == 1
