"""What intake would refuse is said by the check before, in the words of intake."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.contract.delivery import check_delivery
from grader.contract.looking import check_files
from grader.contract.work import look_at
from grader.errors import SubmissionError
from grader.intake.packing import pack
from tests.grader.contract import broken


@pytest.mark.parametrize(("broke", "file"), [
    (lambda work: (work / "data").symlink_to("../data"), "data"),
    (lambda work: (work / "gone.csv").symlink_to("nowhere.csv"), "gone.csv"),
    (lambda work: (work / "odd\u202ename.py").write_text("1"), "odd\\u202ename.py"),
    (lambda work: os.mkfifo(work / "pipe"), "pipe"),
])  # fmt: skip
def test_incident_the_check_kept_silent_on_what_intake_refuses(
    tmp_path: Path, broke: Callable[[Path], object], file: str
) -> None:
    """A folder with a link to the data was said to keep the contract; the grading then refused all of it."""
    work = broken.submission(tmp_path / "work")
    broke(work)
    with pytest.raises(SubmissionError) as refused:
        pack(work, tmp_path / "work.zip")
    looked = check_files(work)
    assert not looked.kept
    told = [one for one in looked.problems if not one.note]
    assert [one.file for one in told] == [file]
    assert refused.value.rule in told[0].expected
    assert "refuses the whole submission" in told[0].as_json()["expected"]


def test_what_intake_takes_or_leaves_out_is_no_problem(tmp_path: Path) -> None:
    """Links to files of the submission are kept as copies, and nobody looks into an environment or a checkout."""
    work = broken.submission(tmp_path / "work")
    (work / "src").mkdir()
    (work / "src" / "latest.py").symlink_to("../Dockerfile")
    (work / ".venv" / "bin").mkdir(parents=True)
    (work / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3")
    (work / ".venv" / "lib64").symlink_to("lib")
    (work / "._README.md").symlink_to("/etc/hostname")
    pack(work, tmp_path / "work.zip")
    assert list(check_delivery(look_at(work))) == []
