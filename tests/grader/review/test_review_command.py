"""`takehome review` as a reviewer uses it."""

from __future__ import annotations

import io
import json
import shlex
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from grader.reports import wording
from grader.reports.exports.audience import Audience, for_audience
from grader.reports.exports.markdown import render_markdown
from grader.reports.read import read_report
from grader.reports.terminal import print_scorecard
from grader.reports.write import write_reports
from grader.results import PassMark, RubricId
from grader.review import cli
from grader.review.log import NAME, last_digest, read_log
from tests.grader.reports import builders

WHO = ("--reviewer", "Grace <b>", "--reason", "the list <i>was</i> there")
RUBRIC = RubricId(version="1", sha256="51aa" * 16, mark=PassMark(total=60, lowest_level=2))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result folder."""
    write_reports(builders.report(rubric=RUBRIC), tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    """Run the command among others, as in the product."""
    app = typer.Typer()
    cli.register(app)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["review", str(folder), *arguments])


def test_what_waits_is_listed(folder: Path) -> None:
    """Pending criteria, README proposals and flags are named, what needs nobody is not; nothing is written."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shown = run(folder).stdout
    for expected in ("serving.latency", "readme.communication", "flag.errors_on_input", "--finalise"):
        assert expected in shown
    assert "audit.drift" not in shown
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    listed = json.loads(run(folder, "--json").stdout)
    assert listed["open"][0] | {"message": ""} == {
        "id": "serving.latency", "why": "pending", "level": None, "points": 0.0, "max": 3.0, "confidence": 1.0,
        "message": "",
    }  # fmt: skip


def test_a_decision_is_in_every_report(folder: Path) -> None:
    """JSON, page and terminal show the person's level and the program's; candidates do not see the reason."""
    done = run(folder, "--set", "serving.bad_input=3", *WHO)
    assert done.exit_code == 0, done.output
    report = read_report(folder)
    one = report.dimensions[2].criteria[3]
    assert one.person is not None
    assert (one.level, one.person.program.level) == (3, 1)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "program: level 1" in page
    assert "Grace &lt;b&gt;" in page
    assert "<i>was</i>" not in page
    out = io.StringIO()
    print_scorecard(report, Console(file=out, width=200))
    assert "level 3 by Grace <b>, program: level 1" in out.getvalue()
    assert "was</i> there" not in (folder / "feedback.html").read_text(encoding="utf-8").replace("&lt;", "<")


def test_the_brief_promised_a_level_that_no_report_held(folder: Path) -> None:
    """The level defended in the talk stands beside that of the files in every report, for candidates without words."""
    names = ("report.html", "feedback.html")
    assert not [name for name in names if "Defended" in (folder / name).read_text(encoding="utf-8")]
    done = run(folder, "--defended", "audit=2", *WHO)
    assert (done.exit_code, "audit level 2 by Grace" in " ".join(done.stdout.split())) == (0, True)
    for name in names:
        page = (folder / name).read_text(encoding="utf-8")
        assert page.count("Defended: level 2") == 2
        assert wording.DEFENDED in page
        assert ("Grace &lt;b&gt;" in page) is (name == "report.html")
    report = read_report(folder)
    out = io.StringIO()
    print_scorecard(report, Console(file=out, width=200))
    assert "defended in the talk: level 2" in out.getvalue()
    shown = for_audience(report, Audience.candidate)
    assert "(defended in the talk: 2)" in render_markdown(shown)
    assert "Grace" not in shown.model_dump_json()
    assert json.loads(run(folder, "--json").stdout)["defended"]["audit"]["level"] == 2


def test_from_raised_flags_to_final(folder: Path) -> None:
    """The usual way: levels, flags, final; `final` is true only then, and not any more after a change."""
    assert run(folder, "--finalise", *WHO).exit_code == 2
    assert (
        run(folder, "--set", "serving.latency=3", "--flag", "flag.errors_on_input=dismissed", *WHO).exit_code
        == 0
    )
    assert not read_report(folder).final
    refused = run(folder, "--finalise", "--reviewer", "Grace")
    assert refused.exit_code == 2
    assert "--accept-proposals" in refused.stderr
    assert "6 levels wait for a person" in (folder / "report.html").read_text(encoding="utf-8")
    done = run(folder, "--accept-proposals", "--finalise", "--reviewer", "Grace")
    assert (done.exit_code, "accepted as proposed" in done.stdout) == (0, True)
    assert read_report(folder).final
    assert "wait for a person" not in (folder / "report.html").read_text(encoding="utf-8")


def test_a_decision_took_a_final_result_back_without_a_word(folder: Path) -> None:
    """Who decides after the end is told whose finality ended, then and at the next look."""
    every = ("--set", "serving.latency=3", "--flag", "flag.errors_on_input=dismissed", "--accept-proposals")
    assert "No longer final" not in run(folder, *every, "--finalise", *WHO).stdout
    shown = run(folder, "--set", "audit.drift=4", "--reviewer", "Heidi", "--reason", "found later")
    assert shown.exit_code == 0
    assert "No longer final: Grace <b> declared it final" in " ".join(shown.stdout.split())
    assert not read_report(folder).final
    assert json.loads(run(folder, "--json").stdout)["was_final"]["reviewer"] == "Grace <b>"


def test_commands_to_copy_broke_at_a_space(tmp_path: Path) -> None:
    """What is printed to be copied works in a shell."""
    folder = tmp_path / "results of  Ada"
    folder.mkdir()
    write_reports(builders.report(rubric=RUBRIC), folder)
    lines = [line for line in run(folder).stdout.splitlines() if line.startswith("  takehome review")]
    assert [shlex.split(line)[2] for line in lines] == [str(folder)] * 3


@pytest.mark.parametrize("how", ["edited", "removed", "all removed"])
def test_the_last_line_of_the_log_could_be_changed_by_hand(folder: Path, how: str) -> None:
    """The reports keep the digest of the last line, so a changed, cut or missing log is refused."""
    for level in ("1", "2"):
        assert run(folder, "--set", f"audit.drift={level}", *WHO).exit_code == 0
    log = folder / NAME
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = lines[-1].replace('"level":2', '"level":4')
    assert changed != lines[-1]
    log.write_text("".join({"edited": [lines[0], changed], "removed": lines[:1], "all removed": []}[how]))
    for arguments in ((), ("--set", "audit.drift=3", *WHO)):
        done = run(folder, *arguments)
        assert (done.exit_code, "report.json was published with" in done.stderr) == (2, True)
    log.write_text("".join(lines), encoding="utf-8")
    assert run(folder).exit_code == 0


def test_a_decision_whose_reports_failed_is_published_at_the_next_look(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between log and reports loses nothing, on the first decision and on a later one."""

    def crash(*_: object) -> None:
        raise OSError("killed")

    for level in (1, 2):
        with monkeypatch.context() as patched:
            patched.setattr(cli, "write_reports", crash)
            assert run(folder, "--set", f"audit.drift={level}", *WHO).exit_code == 1
        assert len(read_log(folder)) == level
        assert run(folder).exit_code == 0
        assert read_report(folder).dimensions[0].criteria[2].level == level
        assert read_report(folder).review == last_digest(folder)


def test_incident_a_full_disk_did_not_say_that_the_decision_was_recorded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever read only "No space left" decided the same again; the pages follow once there is room."""
    plain = Path.write_text

    def full(self: Path, *given: Any, **named: Any) -> int:
        if self.name == ".feedback.html.new":
            self.touch()
            raise OSError(28, "No space left on device")
        return plain(self, *given, **named)

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        done = run(folder, "--set", "audit.drift=2", *WHO)
    assert done.exit_code == 4
    assert "the decision is recorded in review.jsonl" in done.stderr
    assert f"No space left on device; make room, and the next `takehome review {folder}`" in done.stderr
    assert len(read_log(folder)) == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != NAME} == before
    assert run(folder).exit_code == 0
    for page in ("report.html", "report.json"):
        assert "<i>was</i> there" in unescape((folder / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_behind_the_log_records_nothing_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The other case, in which the same decision must be given again; the log is what it was."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    assert run(folder, "--set", "audit.drift=2", *WHO).exit_code == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(f"grader.review.log.os.{call}", full)
        done = run(folder, "--set", "audit.drift=1", *WHO)
    assert (done.exit_code, "the disk is full; nothing was recorded" in done.stderr) == (2, True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--set", "audit.drift=4"), "--reviewer"),
        (("--set", "audit.drift=4", "--reviewer", "Grace"), "--reason"),
        (("--set", "audit.drift=9", *WHO), "level 1 to 4"),
        (("--reason", "because"), "nothing to decide"),
    ],
)
def test_a_refused_decision_leaves_no_trace(folder: Path, arguments: tuple[str, ...], expected: str) -> None:
    """One line on standard error, exit code 2, no log."""
    done = run(folder, *arguments)
    assert done.exit_code == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / NAME).exists()


def test_no_result_no_traceback(tmp_path: Path) -> None:
    """A wrong folder, an empty one and a damaged report are each one line."""
    assert "no such folder" in run(tmp_path / "nowhere").stderr
    assert "report.json" in run(tmp_path).stderr
    (tmp_path / "report.json").write_text('{"schema_version": 1}')
    done = run(tmp_path)
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)
