"""A whole intake: every submission finds its vault, one failure stops nobody, a second run grades nothing twice."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import grader.batch.cli
import grader.batch.inbox
import grader.cli
import takehome
from grader.batch.cli import conditions
from grader.batch.inbox import Arrived, arrived, find_vaults
from grader.batch.running import Batch, Outcome, exit_code, run
from grader.batch.table import print_shared, print_table, sharing, standard_error, table_csv, table_json
from grader.errors import SandboxError, SubmissionError, UsageError, VaultError
from grader.execution.limits import Limits
from grader.pipeline.grading import Order
from grader.reports.write import write_reports
from grader.results import Report
from grader.rubric import load_rubric
from grader.totals import MEASUREMENT_ERROR
from grader.types import PhaseRecord, Verdict
from tests.grader.fake_executor import FakeExecutor
from tests.grader.reports import builders
from tests.grader.vault_folder import write_vault


def inbox(folder: Path, *names: str) -> Path:
    """An inbox with these archives."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


def vaults(folder: Path, *places: str) -> Path:
    """Folders with a key.json each."""
    for place in places:
        (folder / place).mkdir(parents=True)
        (folder / place / "key.json").write_text("{}")
    return folder


def test_what_is_in_the_inbox(tmp_path: Path) -> None:
    """Archives and folders are submissions; hidden and other files are not."""
    box = inbox(tmp_path / "in", "ada.zip", "bob.tar.gz", "notes.txt", ".hidden.zip")
    (box / "cyn").mkdir()
    assert [one.name for one in arrived(box)] == ["ada", "bob", "cyn"]


def test_an_empty_inbox_is_refused(tmp_path: Path) -> None:
    """There is nothing to grade: the folder is the wrong one."""
    with pytest.raises(UsageError, match="no submission"):
        arrived(inbox(tmp_path / "empty"))


def test_incident_a_name_given_twice_stopped_the_whole_batch(tmp_path: Path) -> None:
    """Two submissions of one name would overwrite each other's result: neither is graded, and all others are."""
    inbox(tmp_path / "in", "ada.zip", "ada.tar.gz")
    grading = Grading()
    found = outcomes(tmp_path, grading)
    assert grading.graded == ["bobby", "cyn"]
    assert [(one.submission, one.report is None) for one in found] == [
        ("ada", True), ("bobby.zip", False), ("cyn.zip", False),
    ]  # fmt: skip
    assert "more than once (ada.tar.gz, ada.zip)" in found[0].error
    assert exit_code(found) == UsageError.exit_code


def test_incident_a_folder_of_vaults_that_is_not_there_was_told_as_one_without_a_key(tmp_path: Path) -> None:
    """A slip in a path is told as one, as `grade` does."""
    with pytest.raises(VaultError, match="missing: no such folder"):
        find_vaults(tmp_path / "missing", None)


def test_a_submission_finds_its_vault_by_name(tmp_path: Path) -> None:
    """The folder it was issued into, the variant's id, or a pseudonym in the file's name."""
    root = vaults(tmp_path / "issued", "ada/vault/aaaaaaaaaaaa", "candidate-7/vault/bbbbbbbbbbbb")
    found = find_vaults(root, None)
    assert found.of("ada").name == "aaaaaaaaaaaa"
    assert found.of("final-bbbbbbbbbbbb").name == "bbbbbbbbbbbb"
    assert found.of("candidate-7").name == "bbbbbbbbbbbb"
    with pytest.raises(VaultError, match="--list"):
        found.of("zoe")


def test_where_the_name_does_not_tell_the_contract_does(tmp_path: Path) -> None:
    """A name that fits is never overruled and opens nothing; one that fits two is told apart; a list stands."""
    root = vaults(tmp_path / "issued", "ada/vault/aaaaaaaaaaaa", "bob/vault/bbbbbbbbbbbb")
    found = find_vaults(root, None)

    def stated() -> frozenset[str]:
        return frozenset({"bbbbbbbbbbbb", "cccccccccccc"})

    def unasked() -> frozenset[str]:
        raise AssertionError

    assert found.of("take-home", stated).name == "bbbbbbbbbbbb"
    assert found.of("ada-and-bob", stated).name == "bbbbbbbbbbbb"
    assert found.of("ada", unasked).name == "aaaaaaaaaaaa"
    listed = tmp_path / "list.csv"
    listed.write_text("submission,variant\nzoe.zip,dddddddddddd\n")
    with pytest.raises(VaultError, match="--list"):
        find_vaults(root, listed).of("zoe", unasked)


def test_the_pseudonym_of_the_zip_that_was_sent_names_the_vault(tmp_path: Path) -> None:
    """A submission called like the zip we sent, or the folder in it, fitted no vault: the vault holds no pseudonym."""
    root = vaults(tmp_path / "issued", "ada/vault/aaaaaaaaaaaa", "bob/vault/bbbbbbbbbbbb")
    (root / "ada" / "cab7016390434.zip").write_bytes(b"")
    (root / "bob" / "notes.zip").write_bytes(b"")
    found = find_vaults(root, None)
    assert found.of("cab7016390434").name == "aaaaaaaaaaaa"
    assert found.of("takehome-cab7016390434").name == "aaaaaaaaaaaa"
    for other in ("cab7016390435", "notes"):
        with pytest.raises(VaultError, match="its pseudonym"):
            found.of(other)


def test_a_name_with_umlauts_from_a_mac_is_the_same_name(tmp_path: Path) -> None:
    """Macs write an umlaut as two signs: neither folders nor lists fitted names that were typed elsewhere."""
    typed, mac = "J\u00fcrgen", "Ju\u0308rgen"
    for here, there in ((typed, mac), (mac, typed)):
        root = vaults(tmp_path / here, f"{here}/vault/aaaaaaaaaaaa", "zoe/vault/bbbbbbbbbbbb")
        assert find_vaults(root, None).of(there).name == "aaaaaaaaaaaa"
        assert find_vaults(root, None).of(f"{there}-final").name == "aaaaaaaaaaaa"
        listed = tmp_path / "list.csv"
        listed.write_text(f"submission,variant\n{here}-2.zip,bbbbbbbbbbbb\n", encoding="utf-8")
        assert find_vaults(root, listed).of(f"{there}-2").name == "bbbbbbbbbbbb"


def test_a_copy_of_a_vault_is_the_same_vault_and_another_key_is_refused(tmp_path: Path) -> None:
    """`batch` searches like `grade` and `score`: copies count once, a variant with two keys is told."""
    root = vaults(tmp_path / "issued", "ada/vault/aaaaaaaaaaaa", "old/ada/vault/aaaaaaaaaaaa", "bbbbbbbbbbbb")
    found = find_vaults(root, None)
    assert found.of("ada") == root / "ada/vault/aaaaaaaaaaaa"
    (root / "old/ada/vault/aaaaaaaaaaaa/key.json").write_text('{"rows": 1}')
    with pytest.raises(VaultError, match="two different keys"):
        found.of("ada")


def test_a_list_says_which_vault(tmp_path: Path) -> None:
    """Names that tell nothing are told by a file; a file without the columns is refused."""
    root = vaults(tmp_path / "issued", "aaaaaaaaaaaa", "bbbbbbbbbbbb")
    listed = tmp_path / "list.csv"
    listed.write_text("submission,variant\nzoe.zip,bbbbbbbbbbbb\n")
    assert find_vaults(root, listed).of("zoe").name == "bbbbbbbbbbbb"
    listed.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="submission"):
        find_vaults(root, listed)
    listed.write_text("submission,variant\nzoe.zip,bbbbbbbbbbbb\nZoe,aaaaaaaaaaaa\n")
    with pytest.raises(UsageError, match="zoe: two variants"):
        find_vaults(root, listed)


class Grading:
    """Grades by name: writes an example report, or fails as told."""

    def __init__(self, **failing: Exception) -> None:
        self.failing, self.graded, self.phases = failing, [], ()

    def __call__(self, one: Arrived, result: Path) -> Report:
        """Grade one."""
        self.graded.append(one.name)
        if one.name in self.failing:
            raise self.failing[one.name]
        report = builders.report(total=50.0 + len(one.name), phases=self.phases)
        result.mkdir(parents=True, exist_ok=True)
        write_reports(report, result)
        return report


def outcomes(tmp_path: Path, grading: Grading, conditions: str = "c", again: bool = False) -> list[Outcome]:
    """Run a batch over three submissions."""
    box = inbox(tmp_path / "in", "ada.zip", "bobby.zip", "cyn.zip")
    batch = Batch(tmp_path / "out", conditions, grading, lambda text: None, again)
    return list(run(batch, arrived(box)))


def test_one_failure_stops_nobody(tmp_path: Path) -> None:
    """The others are graded, the failed one is told with its reason, and the exit code says so."""
    grading = Grading(ada=SubmissionError("ada.zip: damaged"))
    found = outcomes(tmp_path, grading)
    assert grading.graded == ["ada", "bobby", "cyn"]
    assert [one.report is not None for one in found] == [False, True, True]
    assert exit_code(found) == 3
    assert exit_code([*found, Outcome("x", tmp_path, None, "engine gone", SandboxError.exit_code)]) == 4
    assert exit_code(found[1:]) == 0


def test_incident_an_error_nobody_foresaw_ended_the_whole_batch(tmp_path: Path) -> None:
    """A result folder that could not be written stopped everybody after it: only our own errors were caught."""
    grading = Grading(ada=PermissionError(13, "cannot write"))
    found = outcomes(tmp_path, grading)
    assert [one.report is not None for one in found] == [False, True, True]
    assert "on our side: PermissionError" in found[0].error
    assert exit_code(found) == SandboxError.exit_code


def test_a_submission_that_cannot_be_read_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no hash, so no earlier result of it is kept."""

    def refused(path: Path) -> str:
        raise PermissionError(13, "no", str(path))

    monkeypatch.setattr(grader.batch.inbox, "file_digest", refused)
    assert [one.digest for one in arrived(inbox(tmp_path / "in", "ada.zip"))] == [""]
    for _ in range(2):
        grading = Grading()
        outcomes(tmp_path, grading)
        assert grading.graded == ["ada", "bobby", "cyn"]


def test_incident_an_upgrade_mixed_two_graders_in_one_ranking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results of another version, or of other sources of the same one, are graded again."""
    given = (load_rubric(), Limits(), False, tmp_path, False)
    now = conditions(*given)
    assert conditions(*given[:-1], True) != now  # built with and without network
    assert conditions(*given) == now
    with monkeypatch.context() as changed:
        changed.setattr(grader, "__version__", "99.0")
        assert conditions(*given) != now
    monkeypatch.setattr(grader.batch.cli, "whole_hash", lambda: "edited")
    assert conditions(*given) != now


def test_a_second_run_grades_only_what_is_new_or_failed(tmp_path: Path) -> None:
    """An interrupted batch goes on; other bytes, other conditions or --again grade again."""
    outcomes(tmp_path, Grading(ada=SubmissionError("damaged")))
    second = Grading()
    found = outcomes(tmp_path, second)
    assert second.graded == ["ada"]
    assert [one.kept for one in found] == [False, True, True]
    (tmp_path / "in" / "cyn.zip").write_bytes(b"other bytes")
    third = Grading()
    box = arrived(tmp_path / "in")
    list(run(Batch(tmp_path / "out", "c", third, lambda text: None), box))
    assert third.graded == ["cyn"]
    changed, forced = Grading(), Grading()
    outcomes(tmp_path, changed, conditions="another rubric")
    assert len(changed.graded) == 3
    outcomes(tmp_path, forced, conditions="another rubric", again=True)
    assert len(forced.graded) == 3


@pytest.mark.parametrize(
    "ours",
    [
        PhaseRecord(id="service", verdict=Verdict.SERVICE_DOWN, ours=True),
        PhaseRecord(id="service", verdict=Verdict.INFRA_ERROR),
    ],
)
def test_what_was_pending_through_us_is_graded_again(tmp_path: Path, ours: PhaseRecord) -> None:
    """A result with a fault of ours in it is no result to keep; a host out of memory was taken for the candidate's."""
    first, second = Grading(), Grading()
    first.phases = (*builders.report().phases[:1], ours)
    outcomes(tmp_path, first)
    outcomes(tmp_path, second)
    assert len(second.graded) == 3


def test_what_is_finished_is_recorded_before_the_next_begins(tmp_path: Path) -> None:
    """Ctrl-C in the second submission loses nothing of the first."""
    with pytest.raises(KeyboardInterrupt):
        outcomes(tmp_path, Grading(bobby=KeyboardInterrupt()))  # type: ignore[arg-type]
    after = Grading()
    outcomes(tmp_path, after)
    assert after.graded == ["bobby", "cyn"]


def test_the_standard_error_grows_with_doubt_and_shrinks_with_review() -> None:
    """Sure levels leave the test-retest deviation; a level that a person set is no doubt any more."""
    report = builders.report()
    assert standard_error(report) >= MEASUREMENT_ERROR / 2
    sure = report.model_copy(
        update={
            "dimensions": tuple(
                part.model_copy(
                    update={
                        "criteria": tuple(c.model_copy(update={"confidence": 1.0}) for c in part.criteria)
                    }
                )
                for part in report.dimensions
            )
        }
    )
    assert math.isclose(standard_error(sure), MEASUREMENT_ERROR / 2)


def test_the_table_ranks_and_is_inert(tmp_path: Path) -> None:
    """The highest total first, failures last, and a hostile file name is plain text in all three forms."""
    hostile = Outcome('=HYPERLINK("x")\x1b[31m.zip', tmp_path, None, "[bold]no[/bold]", 3)
    found = [hostile, *outcomes(tmp_path, Grading())]
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    print_table(found, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in shown
    assert "[bold]no" in shown
    rows = list(csv.reader(io.StringIO(table_csv(found, load_rubric()))))
    assert rows[1][0] == "bobby.zip"
    assert rows[-1][0].startswith("'=")
    assert len({len(row) for row in rows}) == 1
    assert table_json(found)[0]["submission"] == "bobby.zip"


def test_a_line_of_what_waits_shows_no_zero(tmp_path: Path) -> None:
    """Where our engine stopped, the table said a total and a bonus of 0 at level 1."""
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    print_table([Outcome("ada", tmp_path, builders.pending_report())], console)
    cells = console.file.getvalue().splitlines()[1].split()  # type: ignore[attr-defined]
    assert [cells[place] for place in (1, 3, 5)] == ["–", "–", "–"]


def test_submissions_of_one_variant_are_told(tmp_path: Path) -> None:
    """Somebody's whole work under another name is graded against that person's key: the company must see it."""
    ada, bobby, cyn = outcomes(tmp_path, Grading())
    assert ada.report is not None
    other = replace(cyn, report=ada.report.model_copy(update={"variant": "another"}))
    shared = sharing([bobby, other, ada, Outcome("zoe.zip", tmp_path, None, "no", 3)])
    assert shared == {ada.report.variant: ["ada.zip", "bobby.zip"]}
    console = Console(file=io.StringIO(), width=40, force_terminal=False)
    print_shared({"v": ["ada.zip", "\x1b[31mzoe.zip"]}, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "ada.zip" in shown
    assert "\x1b" not in shown
    rows = {row["submission"]: row["same_variant"] for row in table_json([ada, bobby, other], shared)}
    assert rows == {"ada.zip": ["bobby.zip"], "bobby.zip": ["ada.zip"], "cyn.zip": []}


@pytest.mark.parametrize(("vaults_there", "told"), [(1, False), (2, True)])
def test_a_company_with_one_variant_for_all_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vaults_there: int, told: bool
) -> None:
    """With a single vault everybody shares it; with several, sharing one is news."""

    def graded(order: Order, executor: object, progress: object, **_: object) -> Report:
        return Grading()(Arrived(order.submission, "ada", ""), order.out)

    monkeypatch.setattr(grader.batch.cli, "grade", graded)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    for number in range(vaults_there):
        write_vault(tmp_path / "issued" / f"ada{number or ''}" / "vault" / f"0123456789a{number}")
    box = inbox(tmp_path / "in", "ada.zip", "late-ada.zip")
    words = [
        "batch",
        str(box),
        "--vault",
        str(tmp_path / "issued"),
        "--out",
        str(tmp_path / "out"),
        "--quiet",
    ]
    done = CliRunner().invoke(takehome.app, words)
    assert done.exit_code == 0, done.output
    assert ("one variant" in done.output) is told


def test_kept_phases_are_taken_from_where_grade_takes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`batch` ran everything again where `grade` took kept phases: it did not look at TAKEHOME_PHASE_CACHE."""
    used: list[Path] = []

    def graded(order: Order, executor: object, progress: object) -> Report:
        assert order.cache is not None
        used.append(order.cache.folder)
        return Grading()(Arrived(order.submission, "ada", ""), order.out)

    monkeypatch.setattr(grader.batch.cli, "grade", graded)
    monkeypatch.setattr(grader.cli, "open_executor", lambda *_: FakeExecutor())
    write_vault(tmp_path / "issued" / "vault" / "0123456789ab")
    box = inbox(tmp_path / "in", "ada.zip")
    words = [
        "batch",
        str(box),
        "--vault",
        str(tmp_path / "issued"),
        "--out",
        str(tmp_path / "out"),
        "--again",
    ]
    for more, name in ((["--phase-cache", str(tmp_path / "given")], "given"), ([], "set")):
        monkeypatch.setenv("TAKEHOME_PHASE_CACHE", str(tmp_path / "set"))
        done = CliRunner().invoke(takehome.app, [*words, *more])
        assert done.exit_code == 0, done.output
        assert used.pop() == tmp_path / name
