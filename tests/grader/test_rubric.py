"""A rubric that cannot be used is refused with the line that is wrong; the default one holds what is promised."""

from __future__ import annotations

import copy
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.errors import RubricError
from grader.rubric import DEFAULT, load_rubric

RAW: dict[str, Any] = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))


def refused(tmp_path: Path, content: Any) -> str:
    """The message with which a rubric is refused."""
    path = tmp_path / "rubric.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    with pytest.raises(RubricError) as caught:
        load_rubric(path)
    assert caught.value.exit_code == 2
    assert str(path) in str(caught.value)
    return str(caught.value)


def edited(place: tuple[int, int], **changed: Any) -> dict[str, Any]:
    """The default rubric with fields of one criterion changed."""
    raw = copy.deepcopy(RAW)
    raw["dimensions"][place[0]]["criteria"][place[1]].update(changed)
    return raw


def test_the_default_rubric_has_the_promised_weights() -> None:
    """25, 30, 20 and 25 points, and a bonus of 5 apart."""
    rubric = load_rubric()
    assert {d.id: d.max for d in rubric.file.dimensions} == {
        "audit": 25,
        "evaluation": 30,
        "serving": 20,
        "readme": 25,
    }
    assert rubric.max == 100
    assert rubric.file.bonus.points == 5


def test_every_check_explains_itself() -> None:
    """`takehome explain` shows the docstring, so each says in at least two sentences how it measures."""
    for name, check in load_rubric().checks.items():
        text = inspect.getdoc(check) or ""
        assert text.count(". ") + text.count(".\n") + text.endswith(".") >= 2, name


@pytest.mark.parametrize("name", ["audit.nothing", "audit", "os.system", "audit._recall", "audit.said_of", "case.Case",
                                  "audit.agrees", "evaluation.unusable", "../audit.leakage_found", ""])  # fmt: skip
def test_an_unknown_check_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    """Only functions of the check modules that judge a case may be named."""
    message = refused(tmp_path, edited((0, 1), check=name))
    assert "audit.leakage" in message
    assert "unknown check" in message


def test_points_must_add_up(tmp_path: Path) -> None:
    """Within a dimension and over all of them."""
    assert "audit: criteria add up to 26" in refused(tmp_path, edited((0, 1), points=7))
    raw = edited((0, 1), points=7)
    raw["dimensions"][0]["max"] = 26
    assert "add up to 101" in refused(tmp_path, raw)
    raw["dimensions"] = RAW["dimensions"][:3]
    assert "add up to 75" in refused(tmp_path, raw)


def test_duplicates_are_named(tmp_path: Path) -> None:
    """The same criterion or dimension twice."""
    assert "audit.reproducible: given twice" in refused(tmp_path, edited((0, 1), id="audit.reproducible"))
    raw = copy.deepcopy(RAW)
    raw["dimensions"][3] |= {"id": "audit"}
    assert "twice" in refused(tmp_path, raw)


@pytest.mark.parametrize(("changed", "place"), [
    ({"needs": ["moon"]}, "dimensions.0.criteria.1.needs.0"), ({"points": -1}, "dimensions.0.criteria.1.points"),
    ({"points": float("nan")}, "dimensions.0.criteria.1.points"), ({"weight": 1}, "dimensions.0.criteria.1.weight"),
    ({"id": "Audit Leakage"}, "dimensions.0.criteria.1.id"),
])  # fmt: skip
def test_wrong_fields_name_their_place(tmp_path: Path, changed: dict[str, Any], place: str) -> None:
    """Unknown phases and fields, and impossible points."""
    assert place in refused(tmp_path, edited((0, 1), **changed))


@pytest.mark.parametrize(("rule", "said"), [
    ({"total": 160}, "pass.total: Input should be less than or equal to 100; found 160"),
    ({"total": -6}, "pass.total"), ({"total": float("nan")}, "pass.total"), ({"lowest_level": 0}, "pass.lowest_level"),
    ({"lowest_level": 22}, "pass.lowest_level: Input should be less than or equal to 4; found 22"),
])  # fmt: skip
def test_incident_a_slip_in_the_mark_failed_everybody(
    tmp_path: Path, rule: dict[str, float], said: str
) -> None:
    """A mark that no submission can reach, or that none can miss, is refused like points that do not add up."""
    raw = copy.deepcopy(RAW)
    raw["pass"] |= rule
    assert said in refused(tmp_path, raw)


@pytest.mark.parametrize("content", ["", "[]", "a: [", "\x00", "just text"])
def test_what_is_no_rubric_is_refused(tmp_path: Path, content: str) -> None:
    """Empty, wrongly typed and unreadable files are one line of text."""
    refused(tmp_path, content)
    with pytest.raises(RubricError, match="not readable"):
        load_rubric(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("content", ['{"version": "1"', "a: [", "\x00"])
def test_a_place_in_a_broken_rubric_is_a_place_in_the_file(tmp_path: Path, content: str) -> None:
    """A broken rubric was said to be broken in "<byte string>"."""
    said = refused(tmp_path, content)
    assert "string>" not in said
    assert "line 1" in said or "position 0" in said


def test_a_reweighted_copy_is_accepted(tmp_path: Path) -> None:
    """A company may move points and drop lines as long as they add up."""
    raw = copy.deepcopy(RAW)
    audit = raw["dimensions"][0]["criteria"]
    dropped = audit.pop(0)
    audit[0]["points"] += dropped["points"]
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(raw))
    own = load_rubric(path)
    assert "audit.reproducible" not in own.criteria()
    assert own.sha256 != load_rubric().sha256
