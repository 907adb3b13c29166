"""Tests of `grader.reports.write`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.reports.write import write_reports
from grader.results import Report

from . import builders


def test_four_files_and_a_report_that_reads_back(tmp_path: Path) -> None:
    """The JSON is the report, field for field; the same report gives the same bytes."""
    report = builders.report()
    write_reports(report, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "feedback.html",
        "junit.xml",
        "report.html",
        "report.json",
    ]
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert Report.model_validate_json(text) == report
    assert text.endswith("}\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_reports(report, tmp_path)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_hostile_text_is_written(tmp_path: Path) -> None:
    """A lone surrogate in a candidate's text cannot stop the reports, and the JSON stays JSON."""
    write_reports(builders.hostile_report(), tmp_path)
    json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The caller learns which folder was expected."""
    with pytest.raises(UsageError, match="nowhere"):
        write_reports(builders.report(), tmp_path / "nowhere")


@pytest.mark.parametrize("full", ["report.html", "feedback.html", "junit.xml", "report.json"])
@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_incident_a_full_disk_left_pages_that_no_review_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str, step: str
) -> None:
    """`report.json` came first with the digest of the log, so that the old pages beside it passed for new ones."""
    write_reports(builders.report(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    plain = getattr(Path, step)

    def writing(self: Path, *given: object, **named: object) -> object:
        if self.name == f".{full}.new":
            raise OSError(28, "No space left on device")
        return plain(self, *given, **named)

    changed = builders.report(review="51aa" * 16, final=True, total=1.0)
    with monkeypatch.context() as patched:
        patched.setattr(Path, step, writing)
        with pytest.raises(OSError, match="No space"):
            write_reports(changed, tmp_path)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert after.keys() == before.keys()
    assert after["report.json"] == before["report.json"]
    if step == "write_text":
        assert after == before
    write_reports(changed, tmp_path)
    assert b"51aa" in (tmp_path / "report.json").read_bytes()
