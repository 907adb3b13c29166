"""The grader as an instrument: a sample of the mutants; `python -m tests.discrimination` takes them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.rubric import load_rubric
from tests.conftest import Graded
from tests.discrimination.grading import read_report
from tests.discrimination.judging import judge_mutant
from tests.end_to_end import tools
from tests.mutants import ARCHETYPES, EQUIVALENTS, MUTANTS
from tests.mutants.recipe import Mutant
from tests.mutants.work import Work, findings_of, record_findings

SAMPLE = (
    "notebook-raises", "seeded-leak-unreported", "statistics-wrong", "random-split", "claimed-pr-auc-higher",
    "invented-predictions", "fails-on-null", "readme-emptied",
)  # fmt: skip
"""At least one a dimension; each takes ten to thirty seconds on an idle machine."""


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.id in SAMPLE], ids=lambda m: m.id)
def test_mutant_loses_its_own_points_and_no_others(mutant: Mutant, graded: Graded, tmp_path: Path) -> None:
    """A defect is seen where it is, and does not colour the judgment of the rest."""
    folder = tools.copy_of(graded.submission, tmp_path / "submission")
    work = Work(folder, graded.data / "bundle", tools.key_of(graded.data))
    if not mutant.real_notebook:
        record_findings(work, findings_of(work))
    mutant.apply(work)
    report = tools.grade(folder, graded.data, tmp_path / "result")
    verdict = judge_mutant(mutant, read_report(graded.report), read_report(report))
    assert verdict.killed, verdict
    assert not verdict.spilled, verdict
    assert report["total"] < graded.report["total"]


def test_every_criterion_has_a_mutant() -> None:
    """No line of the rubric ships without a proof that its points can be lost."""
    proved = {mutant.criterion for mutant in MUTANTS}
    assert set(load_rubric().criteria()) <= proved


def test_the_suite_is_whole() -> None:
    """As many recipes as were promised, under different names."""
    assert len(MUTANTS) >= 45
    assert len(EQUIVALENTS) >= 12
    assert [a.id for a in ARCHETYPES] == [
        "empty", "starter", "keyword-stuffer", "leaderboard-chaser", "solid-junior", "solid-senior", "the-reference",
    ]  # fmt: skip
    names = [one.id for one in (*MUTANTS, *EQUIVALENTS, *ARCHETYPES)]
    assert len(names) == len(set(names))
