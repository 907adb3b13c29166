"""A bonus that could not be determined keeps no result from being final, and every page says so alike."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from grader.batch.running import Outcome
from grader.batch.table import table_json
from grader.reports import wording
from grader.reports.exports.gradescope import render_gradescope
from grader.reports.exports.markdown import render_markdown
from grader.reports.exports.spreadsheet import render_csv
from grader.reports.feedback import candidate_view, render_feedback
from grader.reports.html import render_html
from grader.reports.write import write_reports
from grader.results import Bonus, Report
from tests.grader.reports import builders
from tests.grader.review.test_review_command import RUBRIC, WHO, run

OPEN = Bonus(
    points=0.0, max=5.0, status="pending", message="The phase build failed on our side; grade it again."
)


def report(*, final: bool) -> Report:
    """A report whose bonus alone is open."""
    return builders.report(rubric=RUBRIC, bonus=0.0, bonus_detail=OPEN, final=final)


def words(page: str) -> str:
    """A page with its white space drawn together."""
    return " ".join(page.split())


def test_incident_exports_agree_that_an_open_bonus_is_no_figure() -> None:
    """Gradescope was given 0 for a bonus that the table left blank."""
    made = report(final=True)
    assert json.loads(render_gradescope(made))["extra_data"]["bonus"] is None
    head, cells = csv.reader(io.StringIO(render_csv(made, header=True)))
    assert dict(zip(head, cells, strict=True))["bonus"] == ""
    (row,) = table_json([Outcome("ada.zip", Path("ada"), made)])
    assert row["bonus"] is None
    scored = builders.report()
    assert json.loads(render_gradescope(scored))["extra_data"]["bonus"] == scored.bonus


@pytest.mark.parametrize("page", [render_feedback, render_html, render_markdown])
def test_incident_a_final_page_says_that_the_bonus_was_not_determined(page) -> None:  # type: ignore[no-untyped-def]
    """On a final page the bonus was "pending", as if somebody were still at it."""
    assert "not determined" in words(page(report(final=True)))
    assert "not determined" not in words(page(report(final=False)))
    assert "be settled" not in candidate_view(report(final=True)).bonus_message
    assert "could not be determined" in candidate_view(report(final=False)).bonus_message


def test_incident_finalise_says_that_the_bonus_stays_open(tmp_path: Path) -> None:
    """Who declared it final was not told of the open bonus, nor that grading again settles it."""
    write_reports(report(final=False), tmp_path)
    done = run(
        tmp_path, "--set", "serving.latency=3", "--flag", "flag.errors_on_input=dismissed", "--accept-proposals",
        "--finalise", *WHO,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (line,) = [one for one in done.stdout.splitlines() if "bonus" in one]
    assert "stays open" in line
    assert "grade again" in line
    assert json.loads(run(tmp_path, "--json").stdout)["bonus"] is None


def test_a_bonus_that_is_known_needs_no_word(tmp_path: Path) -> None:
    """The line stands only where the bonus is open."""
    write_reports(builders.report(rubric=RUBRIC), tmp_path)
    assert "The bonus" not in run(tmp_path).stdout


def test_incident_final_pages_say_that_they_are_final() -> None:
    """The candidate's page only lost the word proposal, and Markdown said no more than "Final."."""
    for page in (render_feedback, render_markdown, render_gradescope):
        assert wording.FINAL in page(report(final=True))
        assert wording.PROPOSAL not in page(report(final=True))
        assert wording.PROPOSAL in page(report(final=False))
    assert "a person has reviewed" in wording.FINAL


def test_incident_no_flag_no_line_about_flags(tmp_path: Path) -> None:
    """The review offered --flag ID=confirmed where no flag was raised."""
    write_reports(builders.report(rubric=RUBRIC, red_flags=()), tmp_path)
    assert "--flag" not in run(tmp_path).stdout
    write_reports(builders.report(rubric=RUBRIC), tmp_path)
    assert "--flag" in run(tmp_path).stdout
