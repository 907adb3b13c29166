"""The hire rule: an average of 3.0 or more, no confirmed flag, the practical test passed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from grader.errors import UsageError
from grader.interview.cli import register
from grader.interview.guide import make_guide
from grader.interview.kit import load_kit
from grader.interview.panel import Sheet, blank_sheet, decide, load_sheet
from grader.reports.read import read_report
from grader.reports.write import write_reports
from grader.results import PassMark, RedFlag, Report, RubricId
from grader.review.cli import record_defended
from grader.review.log import NAME
from tests.grader.reports import builders

KIT = load_kit()


def sheet(levels: tuple[int | None, int | None, int | None] = (3, 3, 3), **given: object) -> Sheet:
    """A sheet with one question of each area."""
    names = ("leakage", "incident", "growth")
    ratings = [{"question": n, "level": lv} for n, lv in zip(names, levels, strict=True)]
    return Sheet.model_validate({"candidate": "ada", "practical": "pass", "ratings": ratings, **given})


def final(**changes: object) -> Report:
    """A report that a person finalised, without flags."""
    return builders.report(final=True, red_flags=(), **changes)


@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ((3, 3, 3), "hire"), ((4, 3, 2), "hire"), ((3, 3, 2), "no hire"), ((4, 4, None), "undecided"),
        ((2, 2, 4), "no hire"),
    ],
)  # fmt: skip
def test_the_average_of_the_three_areas_decides(levels: tuple[int | None, ...], outcome: str) -> None:
    """Exactly 3.0 is enough; without a rating in every area there is no decision."""
    assert decide(sheet(levels), None, KIT).outcome == outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "outcome"), [("raised", "undecided"), ("confirmed", "no hire"), ("dismissed", "hire")]
)
def test_only_confirmed_flags_count(state: str, outcome: str) -> None:
    """A raised flag must be decided first; a dismissed one does not count. The panel can decide it."""
    flag = RedFlag.model_validate({"id": "no_baseline", "state": state, "message": "m"})
    report = final().model_copy(update={"red_flags": (flag,)})
    rated = sheet(practical=None, result="x")
    assert decide(rated, report, KIT).outcome == outcome
    cleared = sheet(practical=None, result="x", red_flags=[{"id": "no_baseline", "state": "dismissed"}])
    assert decide(cleared, report, KIT).outcome == "hire"


def flagged(state: str) -> Report:
    """A final report with one flag in a state."""
    flag = RedFlag.model_validate({"id": "no_baseline", "state": state, "message": "m"})
    return final().model_copy(update={"red_flags": (flag,)})


@pytest.mark.parametrize("printed", ["raised", "confirmed", "dismissed"])
@pytest.mark.parametrize(
    ("later", "outcome"), [("raised", "undecided"), ("confirmed", "no hire"), ("dismissed", "hire")]
)
def test_incident_a_sheet_printed_earlier_overrode_what_was_decided_since(
    printed: str, later: str, outcome: str
) -> None:
    """The blank sheet stated each flag as it then was: "hire" for a candidate whose flag was confirmed later."""
    made = yaml.safe_load(blank_sheet(make_guide(flagged(printed), KIT, "mid"), "x"))
    assert [flag["id"] for flag in made["red_flags"]] == ["no_baseline"]
    for rating in made["ratings"]:
        rating["level"] = 4
    assert decide(Sheet.model_validate(made), flagged(later), KIT).outcome == outcome
    made["red_flags"][0]["state"] = "confirmed"
    assert decide(Sheet.model_validate(made), flagged(later), KIT).outcome == "no hire"


def test_a_flag_without_a_state_needs_a_report_that_gives_it_one() -> None:
    """On a sheet without a result it waits for a person; in a report that no longer raises it, it is gone."""
    named = [{"id": "no_baseline", "state": None}]
    assert decide(sheet(red_flags=named), None, KIT).outcome == "undecided"
    assert decide(sheet(practical=None, result="x", red_flags=named), final(), KIT).outcome == "hire"


@pytest.mark.parametrize(
    ("verdict", "is_final", "outcome"),
    [
        ("pass", True, "hire"), ("pass", False, "undecided"), ("fail", True, "no hire"),
        ("fail", False, "undecided"), ("borderline", True, "undecided"), ("incomplete", False, "undecided"),
    ],
)  # fmt: skip
def test_the_practical_test_must_be_passed_and_final(verdict: str, is_final: bool, outcome: str) -> None:
    """A proposal decides nothing, neither way."""
    report = builders.report(red_flags=(), verdict=verdict, final=is_final)
    assert decide(sheet(practical=None, result="x"), report, KIT).outcome == outcome


def test_questions_weigh_the_same_however_many_rated_them() -> None:
    """Three interviewers on one question do not outvote one on another; disagreement is pointed at."""
    ratings = [{"question": "leakage", "level": lv} for lv in (4, 4, 1)] + [
        {"question": "calibration", "level": 1}
    ]
    made = decide(sheet(ratings=ratings), None, KIT)
    assert made.areas["technical"] == 2.0
    assert made.to_discuss == ("leakage: levels 1 to 4",)


def test_evidence_and_defence_stand_side_by_side() -> None:
    """For each technical answer the levels of what it follows up are shown."""
    (one,) = decide(sheet(practical=None, result="x"), final(), KIT).defended
    assert (one.question, one.defended, one.evidence["audit.leakage"]) == ("leakage", 3, 3)


def test_questions_of_the_panel_need_an_area() -> None:
    """A question outside the kit counts where its area is given, and is refused else."""
    own = {"question": "whiteboard", "area": "technical", "level": 2}
    assert decide(sheet(ratings=[own]), None, KIT).areas["technical"] == 2
    with pytest.raises(UsageError, match="whiteboard"):
        decide(sheet(ratings=[{"question": "whiteboard", "level": 2}]), None, KIT)


def run(*arguments: object) -> Result:
    """Run one of the two commands."""
    app = typer.Typer()
    register(app, record_defended)
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_from_the_guide_to_the_decision(tmp_path: Path) -> None:
    """The sheet that `interview` writes, filled in, is what `panel` reads; it is never overwritten."""
    folder = tmp_path / "results" / "ada"
    folder.mkdir(parents=True)
    write_reports(final(), folder)
    path, guide = tmp_path / "panel.yaml", tmp_path / "guide.md"
    done = run("interview", folder, "--seniority", "senior", "--out", guide, "--sheet", path)
    assert done.exit_code == 0, done.output
    assert "## Questions from the evidence" in guide.read_text(encoding="utf-8")
    assert json.loads(run("panel", path, "--json").stdout)["outcome"] == "undecided"
    filled = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert len(filled["ratings"]) == 9
    for one in filled["ratings"]:
        one["level"] = 3
    path.write_text(yaml.safe_dump(filled))
    shown = run("panel", path)
    assert shown.stdout.startswith("candidate-7f3c21: HIRE"), shown.output
    assert run("interview", folder, "--sheet", path).exit_code == 2
    assert "'level': 3" in str(yaml.safe_load(path.read_text()))


def test_a_filled_sheet_was_printed_and_kept_nowhere(tmp_path: Path) -> None:
    """Candidates are promised the level they defended; the panel's command keeps it with who recorded it."""
    folder, path = tmp_path / "ada", tmp_path / "panel.yaml"
    folder.mkdir()
    mark = RubricId(version="1", sha256="51aa" * 16, mark=PassMark(total=60, lowest_level=2))
    write_reports(builders.report(rubric=mark), folder)
    levels = {"leakage": (2, 3), "drift_kinds": (2,), "calibration": (4,), "growth": (1,)}
    ratings = [{"question": name, "level": level} for name, given in levels.items() for level in given]
    path.write_text(yaml.safe_dump({"candidate": "ada", "result": "ada", "ratings": ratings}))
    assert "--reviewer" in run("panel", path, "--record").stderr
    assert run("panel", path).exit_code == 0
    assert not (folder / NAME).exists()
    done = run("panel", path, "--record", "--reviewer", "Grace")
    assert "recorded as defended: audit level 2, evaluation level 4" in done.stdout, done.output
    heard = {part.id: part.defended for part in read_report(folder).dimensions}
    assert heard["audit"] is not None
    assert (heard["audit"].level, heard["audit"].reviewer) == (2, "Grace")
    assert heard["audit"].reason == "panel: leakage 2.5, drift_kinds 2.0"
    assert heard["serving"] is None
    told = json.loads(run("panel", path, "--record", "--reviewer", "Grace", "--json").stdout)
    assert told["recorded"] == {"audit": 2, "evaluation": 4}


def test_incident_a_level_was_kept_with_answers_it_does_not_rest_on(tmp_path: Path) -> None:
    """A candidate read "evaluation level 3" beside the answers about the audit, and could not follow the mean."""
    path = tmp_path / "panel.yaml"
    mark = RubricId(version="1", sha256="51aa" * 16, mark=PassMark(total=60, lowest_level=2))
    write_reports(builders.report(rubric=mark), tmp_path)
    levels = {"leakage": 4, "drift_kinds": 3, "calibration": 2, "growth": 1}
    ratings = [{"question": name, "level": level} for name, level in levels.items()]
    path.write_text(yaml.safe_dump({"candidate": "ada", "result": ".", "ratings": ratings}))
    assert run("panel", path, "--record", "--reviewer", "Grace").exit_code == 0
    kept = [json.loads(line) for line in (tmp_path / NAME).read_text(encoding="utf-8").splitlines()]
    assert {one["dimension"]: one["reason"] for one in kept} == {
        "audit": "panel: leakage 4.0, drift_kinds 3.0",
        "evaluation": "panel: calibration 2.0",
    }


def test_nothing_to_record_is_said(tmp_path: Path) -> None:
    """A sheet without a rating, and one without a result, cannot be recorded."""
    write_reports(builders.report(), tmp_path)
    path = tmp_path / "panel.yaml"
    for given, expected in (
        ({"result": "."}, "no technical question"),
        ({"practical": "pass"}, "result folder"),
    ):
        path.write_text(yaml.safe_dump({"candidate": "ada", "ratings": [], **given}))
        done = run("panel", path, "--record", "--reviewer", "Grace")
        assert (done.exit_code, expected in done.stderr) == (2, True)


def test_the_whole_kit_can_be_printed() -> None:
    """All 27 questions, without a result."""
    assert run("interview", "--pool").stdout.count("**Ask:**") == 27
    assert len(json.loads(run("interview", "--pool", "--json").stdout)["technical"]) == 15


@pytest.mark.parametrize(
    "text",
    ["candidate: ada", "candidate: ada\npractical: pass\nratings: [{question: leakage, level: 5}]",
     "candidate: ada\nratings: []", "candidate: ada\nresult: x\npractical: pass\nratings: []", "{", "\tx: ["],
)  # fmt: skip
def test_a_sheet_that_cannot_be_read_is_one_line(tmp_path: Path, text: str) -> None:
    """Missing, wrong and unreadable fields are named with the file."""
    path = tmp_path / "sheet.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"sheet\.yaml"):
        load_sheet(path)
    done = run("panel", path)
    assert (done.exit_code, len(done.stderr.strip().splitlines())) == (2, 1)


def test_without_result_or_pool_the_way_is_shown() -> None:
    """The error names both ways to call it."""
    assert "--pool" in run("interview").stderr


def test_incident_a_slip_in_a_sheet_was_told_without_its_file(tmp_path: Path) -> None:
    """Somebody with a sheet for each candidate learns which one to mend."""
    path = tmp_path / "panel-ada.yaml"
    ratings = [{"question": "grwth", "level": 3}]
    path.write_text(yaml.safe_dump({"candidate": "ada", "practical": "pass", "ratings": ratings}))
    done = run("panel", path)
    assert done.exit_code == 2
    assert "panel-ada.yaml: ratings: grwth: not in the kit" in " ".join(done.stderr.split())
