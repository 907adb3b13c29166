"""`takehome review` as a reviewer uses it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from grader.reports.read import read_report
from grader.reports.terminal import print_scorecard
from grader.reports.write import write_reports
from grader.results import PassMark, RubricId
from grader.review import cli
from grader.review.log import NAME, read_log
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


def test_from_raised_flags_to_final(folder: Path) -> None:
    """The usual way: levels, flags, final; `final` is true only then, and not any more after a change."""
    assert run(folder, "--finalise", *WHO).exit_code == 2
    assert (
        run(folder, "--set", "serving.latency=3", "--flag", "flag.errors_on_input=dismissed", *WHO).exit_code
        == 0
    )
    assert not read_report(folder).final
    assert run(folder, "--finalise", "--reviewer", "Grace").exit_code == 0
    assert read_report(folder).final
    assert run(folder, "--set", "audit.drift=4", *WHO).exit_code == 0
    assert not read_report(folder).final
    assert len(read_log(folder)) == 4


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
