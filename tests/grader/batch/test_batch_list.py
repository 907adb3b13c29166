"""What is wrong with a list of submissions and variants is told with its line, and costs no result that stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import grader.batch.cli
import grader.cli
import takehome
from grader.batch.inbox import find_vaults, read_list
from grader.errors import SubmissionError, UsageError, VaultError
from grader.pipeline.grading import Order
from grader.reports.write import write_reports
from grader.results import Report
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault

ADA, BEN = "0123456789a0", "0123456789a1"


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An inbox with ada, her vault and Ben's; the rows of every submission are of her variant."""

    def graded(order: Order, executor: object, progress: object) -> Report:
        if order.truth.key.variant != ADA:
            raise SubmissionError("predictions.csv: 0 of 900 rows (WRONG_VARIANT)", "wrong-variant")
        report = builders.report(variant=ADA, total=50.0, phases=())
        order.out.mkdir(parents=True, exist_ok=True)
        write_reports(report, order.out)
        return report

    monkeypatch.setattr(grader.batch.cli, "grade", graded)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    for person, name in (("ada", ADA), ("ben", BEN)):
        key = write_vault(tmp_path / "issued" / person / "vault" / name) / "key.json"
        key.write_text(json.dumps(json.loads(key.read_text()) | {"variant": name}))
    for person in ("ada", "zoe"):
        (tmp_path / "in" / person).mkdir(parents=True)
    (tmp_path / "in" / "ada" / "README.md").write_text("# mine\n")
    (tmp_path / "in" / "zoe" / "contract.yaml").write_text(f"variant: {ADA}\n")
    return tmp_path


def batch(company: Path, *lines: str) -> Result:
    """Run a batch with these lines of a list."""
    (company / "list.csv").write_text("\n".join(["submission,variant", *lines, ""]))
    words = ["batch", str(company / "in"), "--vault", str(company / "issued"), "--out", str(company / "out")]
    return CliRunner().invoke(
        takehome.app, [*words, "--list", str(company / "list.csv"), "--quiet", "--json"]
    )


def test_incident_a_wrong_line_of_the_list_cost_a_good_result(company: Path) -> None:
    """Given Ben's variant, ada's figures stay, and the line, her variant and what speaks for it are told."""
    assert batch(company, f"ada,{ADA}").exit_code == 0
    done = batch(company, f"ada,{BEN}", f"zoe,{BEN}")
    assert done.exit_code == SubmissionError.exit_code
    rows = {row["submission"]: row for row in json.loads(done.stdout)}
    assert rows["ada"]["total"] == 50.0
    assert rows["ada"]["error"] == (
        f"the earlier result (variant {ADA}) stands; now: predictions.csv: 0 of 900 rows (WRONG_VARIANT); "
        f"correct {company / 'list.csv'}, line 2 of --list; its name speaks for variant {ADA}"
    )
    assert f"its contract.yaml speaks for variant {ADA}" in rows["zoe"]["error"]
    corrected = batch(company, f"ada,{ADA}")
    assert corrected.exit_code == 0
    assert all(row["kept"] and not row["error"] for row in json.loads(corrected.stdout))


def test_incident_lines_of_nobody_were_passed_over_in_silence(company: Path) -> None:
    """A name with a slip of the pen sent its submission to another way of finding a vault, without a word."""
    done = batch(company, f"ada,{ADA}", f"nobody.zip,{BEN}")
    assert done.exit_code == 0, done.output
    told = f"--list {company / 'list.csv'}, line 3: nobody.zip: no submission of the inbox goes by this name"
    assert done.stderr.splitlines() == [told]
    shutil.rmtree(company / "in" / "ada")  # one list for many inboxes: she came with an earlier one
    done = batch(company, f"ada,{ADA}", f"zoe,{ADA}")
    assert "of earlier batches into this folder: ada" in done.stderr
    assert "no submission of the inbox" not in done.stderr


def test_incident_a_variant_that_nobody_has_was_told_as_a_name_that_fits_nothing(company: Path) -> None:
    """The message spoke of the submission's name; the mistake was the variant in line 3 of the list."""
    (company / "list.csv").write_text("submission,variant\n\nada,zzz\n")
    with pytest.raises(
        VaultError, match=r"list\.csv, line 3: ada: .* alone goes by 'zzz'; correct this line"
    ):
        find_vaults(company / "issued", company / "list.csv").of("ada")


@pytest.mark.parametrize(
    "text",
    [
        "submission;variant\r\nada.zip;aa\r\n",
        " submission , variant \nada.zip , aa\n\n,\n",
        "\ufeffvariant,who,submission\naa,x,ada.zip\n",
    ],
)
def test_incident_a_list_as_spreadsheets_write_it_was_refused_or_fitted_nobody(
    tmp_path: Path, text: str
) -> None:
    """Semicolons, blanks around names and other columns change nothing."""
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8", newline="")
    ((name, line),) = read_list(path).items()
    assert (name, line.submission, line.variant) == ("ada", "ada.zip", "aa")


def test_incident_a_list_in_latin_1_was_refused_without_a_way_out(tmp_path: Path) -> None:
    """The message was a decoder's; what helps is to save the file as UTF-8."""
    path = tmp_path / "list.csv"
    path.write_bytes("submission,variant\nHäna,aa\n".encode("latin-1"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        read_list(path)


def test_half_a_line_is_told_where_it_matters(company: Path) -> None:
    """Without a submission a line can mean nobody; without a variant it is that submission's error alone."""
    done = batch(company, f",{ADA}")
    assert done.exit_code == UsageError.exit_code
    assert "line 2: names no submission" in done.stderr
    done = batch(company, "zoe,", f"ada,{ADA}")
    assert done.exit_code == VaultError.exit_code
    errors = {row["submission"]: row["error"] for row in json.loads(done.stdout)}
    assert errors["ada"] is None
    assert "line 2: zoe: not one of the 2 vaults" in errors["zoe"]
