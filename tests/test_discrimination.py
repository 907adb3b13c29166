"""The grader as an instrument: each mutant of the reference loses what it broke and nothing else of note."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Graded
from tests.end_to_end import tools
from tests.mutants.recipes import MUTANTS, Mutant

pytestmark = [pytest.mark.docker, pytest.mark.slow]

SPILL = 0.05
"""Share of its points that a criterion outside the declared set may lose."""
TIMING = frozenset({"serving.latency"})
"""Judged on a shared machine; not compared between two gradings."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_mutant_loses_its_own_points_and_no_others(mutant: Mutant, graded: Graded, tmp_path: Path) -> None:
    """A defect is seen where it is, and does not colour the judgment of the rest."""
    submission = tools.copy_of(graded.submission, tmp_path / "submission")
    mutant.apply(submission, graded.data / "bundle")
    report = tools.grade(submission, graded.data, tmp_path / "result")
    before, after = tools.criteria(graded.report), tools.criteria(report)
    lost = {name: (before[name]["points"] - line["points"]) / line["max"] for name, line in after.items()}
    for name, least in mutant.must_lose.items():
        had, has = before[name]["points"], after[name]["points"]
        assert has <= (1 - least) * had + 1e-9, (name, had, has, after[name]["message"])
    declared = set(mutant.must_lose) | mutant.may_lose | TIMING
    spilled = {name: (share, after[name]["message"]) for name, share in lost.items() if abs(share) > SPILL}
    assert not {k: v for k, v in spilled.items() if k not in declared}
    assert report["total"] < graded.report["total"]
    assert (report["bonus"] == 0) == mutant.loses_bonus
