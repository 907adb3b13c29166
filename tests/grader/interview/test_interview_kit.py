"""The kit is whole, its plans fit 45 minutes, and what cannot be used is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import grader.flags
from grader.errors import UsageError
from grader.interview.kit import AREAS, DEFAULT, SENIORITIES, WHOLE, Seniority, load_kit
from grader.rubric import load_rubric

FLAGGED = re.compile(r'_flag\(\s*"([a-z_]+)"')


def test_the_kit_is_whole() -> None:
    """15 technical, 7 behavioural and 5 role-fit questions; every criterion of the rubric is followed up."""
    kit = load_kit()
    assert [len(kit.area(area)) for area in AREAS] == [15, 7, 5]
    asked = {name for area in AREAS for one in kit.area(area) for name in one.criteria}
    assert {name for one in kit.technical for name in one.criteria} == set(load_rubric().criteria())
    assert asked <= set(load_rubric().criteria())


def test_every_flag_of_the_grader_is_in_the_kit() -> None:
    """A flag that the program raises is explained to interviewers and opens a question."""
    kit = load_kit()
    raised = set(FLAGGED.findall(Path(grader.flags.__file__).read_text(encoding="utf-8")))
    assert len(raised) >= 5
    assert raised <= {flag.id for flag in kit.red_flags}
    assert raised & {flag.id for flag in kit.red_flags} <= {
        name for one in kit.technical for name in one.flags
    }


@pytest.mark.parametrize("seniority", SENIORITIES)
def test_a_weak_result_or_a_flag_had_no_question_below_senior(seniority: Seniority) -> None:
    """Latency and container were asked of seniors only, nine criteria and two flags of nobody junior."""
    fair = load_kit().fair("technical", seniority)
    assert {name for one in fair for name in one.criteria} == set(load_rubric().criteria())
    raised = set(FLAGGED.findall(Path(grader.flags.__file__).read_text(encoding="utf-8")))
    assert raised <= {name for one in fair for name in one.odd}


@pytest.mark.parametrize("seniority", SENIORITIES)
def test_plans_can_be_filled_and_fit(seniority: str) -> None:
    """There are enough fair questions for each seniority, and they fit the time."""
    kit = load_kit()
    plan = kit.plans[seniority]  # type: ignore[index]  # one of its keys
    for area in AREAS:
        assert len(kit.fair(area, seniority)) >= max(getattr(plan, area), 5 if area == "technical" else 0)  # type: ignore[arg-type]
    assert 35 <= kit.planned_minutes(seniority) <= WHOLE  # type: ignore[arg-type]


def test_anchors_say_different_things() -> None:
    """Each question has four anchors in full sentences, and titles and questions are not repeated."""
    questions = [one for area in AREAS for one in load_kit().area(area)]
    for one in questions:
        assert len(set(one.levels.lines())) == 4
        assert all(text.endswith(".") for text in one.levels.lines()[1:])
        assert one.ask.endswith(("?", "."))
    assert len({one.title for one in questions}) == len(questions)


@pytest.mark.parametrize(
    "what", ["unknown key", "missing level", "twice", "too long", "unknown flag", "no yaml"]
)
def test_a_kit_that_cannot_be_used_is_refused(tmp_path: Path, what: str) -> None:
    """A company's own kit is checked as strictly as ours, and the error names the file."""
    kit = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    if what == "unknown key":
        kit["technical"][0]["hint"] = "x"
    elif what == "missing level":
        del kit["role_fit"][0]["levels"][4]
    elif what == "twice":
        kit["behavioural"][0]["id"] = kit["technical"][0]["id"]
    elif what == "too long":
        kit["minutes"]["technical"] = 9
    elif what == "unknown flag":
        kit["technical"][0]["flags"] = ["smell"]
    path = tmp_path / "kit.yaml"
    path.write_text("{" if what == "no yaml" else yaml.safe_dump(kit))
    with pytest.raises(UsageError, match=r"kit\.yaml"):
        load_kit(path)
