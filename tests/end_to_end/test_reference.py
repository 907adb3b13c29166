"""The reference through the whole pipeline in real containers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Graded
from tests.end_to_end import tools

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def test_reference_scores_at_least_ninety_with_the_bonus(graded: Graded) -> None:
    """The worked solution is recognised as one; otherwise the scale means nothing."""
    assert graded.report["total"] >= 90, {k: v["points"] for k, v in tools.criteria(graded.report).items()}
    assert graded.report["bonus"] == 5
    assert graded.report["verdict"] == "pass"
    assert graded.report["executor"] == "docker"
    assert graded.report["pending"] == 0


def test_the_reference_is_known_for_what_it_is(graded: Graded) -> None:
    """Anybody can hand it in, so nothing but its being public stands against it, and that is said."""
    (flag,) = graded.report["red_flags"]
    assert flag["id"] == "published_reference"
    assert int(flag["message"].split("%")[0]) >= 90
    assert {"audit/leakage.py", "README.md"} & {proof["file"] for proof in flag["evidence"]}


def test_every_phase_ended_well(graded: Graded) -> None:
    """The reference meets no limit and no fault."""
    assert {p["id"]: p["verdict"] for p in graded.report["phases"]} == dict.fromkeys(
        ("intake", "notebook", "probes", "build", "service", "latency"), "OK"
    )


def test_result_folder_is_whole(graded: Graded) -> None:
    """Everything the contract promises is there, and nothing half-written is left beside it."""
    names = {p.name for p in graded.result.iterdir()}
    assert {"report.json", "report.html", "feedback.html", "junit.xml", "evidence"} <= names
    assert [p.name for p in graded.result.parent.iterdir()] == ["result"]


def test_grading_twice_gives_the_same_scores(graded: Graded, tmp_path: Path) -> None:
    """A second grading of the same submission gives the same points for everything but speed."""
    again = tools.criteria(tools.grade(graded.submission, graded.data, tmp_path / "again", "--fresh"))
    first = tools.criteria(graded.report)
    assert {k: v["points"] for k, v in again.items() if k != "serving.latency"} == {
        k: v["points"] for k, v in first.items() if k != "serving.latency"
    }


def test_scoring_saved_evidence_again_is_byte_identical(graded: Graded, tmp_path: Path) -> None:
    """Scores are a pure function of evidence, rubric and vault."""
    vault = graded.data / "vault"
    tools.takehome("score", graded.result, "--vault", vault, "--out", tmp_path / "again")
    assert (tmp_path / "again" / "report.json").read_bytes() == (graded.result / "report.json").read_bytes()


def test_feedback_names_no_planted_column(graded: Graded) -> None:
    """The candidate's page does not open the key."""
    key = json.loads((tools.vault_of(graded.data) / "key.json").read_text(encoding="utf-8"))
    page = (graded.result / "feedback.html").read_text(encoding="utf-8")
    hosts = {c for plant in key["plants"] if plant["family"] != "quality" for c in plant["columns"]}
    assert hosts
    text = tools.visible_text(page)
    assert "Audit" in text
    assert not [column for column in hosts if column in text]
