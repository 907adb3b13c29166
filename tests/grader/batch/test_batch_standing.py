"""The table of a results folder loses no result that stands in it: other inboxes, interruptions and errors."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import grader.batch.cli
import grader.cli
import takehome
from grader.errors import SubmissionError
from grader.pipeline.grading import Order
from grader.reports.exports.spreadsheet import columns_of
from grader.reports.write import write_reports
from grader.results import PassMark, Report, RubricId
from grader.rubric import load_rubric
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault

RUBRIC = RubricId(version="1", sha256="51aa" * 16, mark=PassMark(total=60, lowest_level=2))


class Company:
    """A results folder, its vault, and a grader that fails as told by the stem of a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.failing, self.graded = folder, {}, []
        write_vault(folder / "issued" / "0123456789ab")

    def grade(self, order: Order, executor: object, progress: object) -> Report:
        """Write an example report, or fail."""
        name = order.submission.name.partition(".")[0]
        self.graded.append(name)
        if name in self.failing:
            raise self.failing[name]
        report = builders.report(
            variant=order.truth.key.variant, total=50.0 + len(name), phases=(), rubric=RUBRIC
        )
        order.out.mkdir(parents=True, exist_ok=True)
        write_reports(report, order.out)
        return report

    def batch(self, inbox: str, *names: str, more: tuple[str, ...] = ("--quiet",)) -> Result:
        """Put these archives into an inbox and run a batch over it."""
        box = self.folder / inbox
        box.mkdir(exist_ok=True)
        for name in names:
            (box / name).write_bytes(name.encode())
        words = ["batch", str(box), "--vault", str(self.folder / "issued")]
        return CliRunner().invoke(takehome.app, [*words, "--out", str(self.folder / "out"), *more])

    def rows(self) -> dict[str, dict[str, str]]:
        """The rows of batch.csv by submission."""
        with (self.folder / "out" / "batch.csv").open(newline="") as stream:
            return {row["submission"]: row for row in csv.DictReader(stream)}


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company whose grader and sandbox are simulated."""
    made = Company(tmp_path)
    monkeypatch.setattr(grader.batch.cli, "grade", made.grade)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    return made


def test_incident_another_inbox_took_finished_candidates_out_of_the_table(company: Company) -> None:
    """A second inbox into one results folder left its own rows alone; nobody was told."""
    assert company.batch("march", "ada.zip", "bobby.zip").exit_code == 0
    done = company.batch("april", "cyn.tar.gz")
    assert done.exit_code == 0, done.output
    rows = company.rows()
    assert {name: row["total"] for name, row in rows.items()} == {
        "ada.zip": "53", "bobby.zip": "55", "cyn.tar.gz": "53",
    }  # fmt: skip
    assert "of earlier batches into this folder: ada.zip, bobby.zip" in done.stderr
    record = json.loads((company.folder / "out" / "batch.json").read_text())
    assert sorted(record) == ["ada", "bobby", "cyn"]
    listed = json.loads(company.batch("april", more=("--quiet", "--json")).stdout)
    assert {one["submission"]: one["kept"] for one in listed} == dict.fromkeys(rows, True)


def test_incident_ctrl_c_left_only_the_rows_done_so_far(company: Company) -> None:
    """An interrupt in the second of three lost the rows of earlier runs, and said that nothing was left behind."""
    assert company.batch("march", "ada.zip", "bobby.zip", "cyn.zip").exit_code == 0
    company.failing = {"bobby": KeyboardInterrupt()}
    done = company.batch("march", more=("--quiet", "--again"))
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == (
        "takehome: interrupted; finished results and phases are kept; run the same command again"
    )
    assert set(company.rows()) == {"ada.zip", "bobby.zip", "cyn.zip"}
    local = company.batch("march", more=("--quiet", "--again", "--local"))
    assert "interrupted; finished results are kept; run" in local.stderr


def test_incident_a_table_of_errors_had_three_columns(company: Company) -> None:
    """An import by column broke on it: the columns were those of the first result, and there was none."""
    company.failing = {"ada": SubmissionError("ada.zip: damaged")}
    assert company.batch("march", "ada.zip").exit_code == SubmissionError.exit_code
    (row,) = company.rows().values()
    head = list(row)
    assert head == ["submission", "error", "standard_error", *columns_of(load_rubric())]
    company.failing = {}
    assert company.batch("march").exit_code == 0
    assert list(company.rows()["ada.zip"]) == head


def test_incident_an_error_displaced_a_result_that_stands(company: Company) -> None:
    """The figures of the earlier result stay in the table, with the error beside them and its exit code."""
    assert company.batch("march", "ada.zip", "bobby.zip").exit_code == 0
    company.failing = {"ada": SubmissionError("ada.zip: damaged")}
    done = company.batch("march", more=("--quiet", "--again"))
    assert done.exit_code == SubmissionError.exit_code
    row = company.rows()["ada.zip"]
    assert row["total"] == "53"
    assert row["error"].endswith("stands; now: ada.zip: damaged")
    assert row["error"].startswith("the earlier result (variant ")
    assert company.rows()["bobby.zip"]["error"] == ""
    assert "not graded: ada.zip: the earlier result" in done.stdout
    (company.folder / "march" / "ada.zip").write_bytes(b"a new hand-in")
    company.batch("march")
    assert ", of other files, stands; now: " in company.rows()["ada.zip"]["error"]


def test_incident_a_decision_left_the_table_stale_in_silence(company: Company) -> None:
    """`review` says in one line how the table is remade, and that command grades nothing and needs no vault."""
    company.batch("march", "ada.zip", "bobby.zip")
    before = company.rows()
    result = str(company.folder / "out" / "ada")
    words = ["review", result, "--set", "serving.bad_input=4", "--reviewer", "Grace", "--reason", "seen"]
    done = CliRunner().invoke(takehome.app, words)
    assert done.exit_code == 0, done.output
    (line,) = done.stderr.splitlines()
    said, _, command = line.partition("; remake it: takehome ")
    assert said.endswith("batch.csv was made before this decision")
    assert "remake" not in CliRunner().invoke(takehome.app, ["review", result]).stderr
    company.graded.clear()
    made = CliRunner().invoke(takehome.app, shlex.split(command))
    assert made.exit_code == 0, made.output
    assert company.graded == []
    after = company.rows()
    assert after["bobby.zip"] == before["bobby.zip"]
    assert after["ada.zip"]["serving.bad_input level"] == "4" != before["ada.zip"]["serving.bad_input level"]
    shutil.rmtree(company.folder / "out")
    refused = CliRunner().invoke(takehome.app, shlex.split(command))
    assert "no result of a batch in it" in refused.stderr
    for words in (["batch", "--out", "x"], ["batch", "in", "--out", "x"]):
        assert "only --table does without" in CliRunner().invoke(takehome.app, words).stderr


def test_a_result_that_was_taken_away_leaves_the_table(company: Company) -> None:
    """Rows are those of reports that are there; one that cannot be read is told, not dropped."""
    company.batch("march", "ada.zip", "bobby.zip")
    for path in (company.folder / "out" / "ada").iterdir():
        path.unlink()
    (company.folder / "out" / "bobby" / "report.json").write_text("{")
    assert company.batch("april", "cyn.zip").exit_code == 0
    rows = company.rows()
    assert set(rows) == {"bobby.zip", "cyn.zip"}
    assert "report.json" in rows["bobby.zip"]["error"]


def test_rows_of_another_rubric_are_told_apart(company: Company) -> None:
    """They stand in one table, and do not rank beside each other: whoever reads it must know."""
    company.batch("march", "ada.zip")
    path = company.folder / "out" / "ada" / "report.json"
    for sha256, told in ((load_rubric().sha256, False), ("51aa" * 16, True)):
        report = json.loads(path.read_text())
        report["grader"]["version"], report["rubric"]["sha256"] = grader.__version__, sha256
        path.write_text(json.dumps(report))
        done = company.batch("april", "cyn.zip")
        assert ("of another rubric or version than the others: ada.zip" in done.stderr) is told
