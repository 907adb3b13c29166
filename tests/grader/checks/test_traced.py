"""Which tracked figure stands for what is served."""

from __future__ import annotations

import pytest

from grader.checks.case import Case
from grader.checks.evaluation import recomputed_figures
from grader.checks.traced import holds_the_figure
from grader.evidence.modelling import TrackedRun
from grader.probes.evaluation.vocabulary import PR_AUC
from grader.probes.shared.text import word
from tests.grader.case_builder import served_case


@pytest.fixture(scope="module")
def good() -> Case:
    """A served submission."""
    return served_case()


def held(case: Case, name: str, *, traced: bool = True, elsewhere: bool = False) -> bool:
    """Whether the recomputed PR-AUC counts under a name, in the traced run or in a run beside it."""
    figure = {name: recomputed_figures(case, "tuned")["pr_auc"]}
    runs = [
        TrackedRun(run_id=letter * 32, metrics=figure if (letter == "b") == elsewhere else {"loss": 0.2})
        for letter in "ab"
    ]
    return holds_the_figure(case, runs, runs[0] if traced else None) == 1.0


def test_incident_any_figure_of_any_run_was_the_served_models(good: Case) -> None:
    """A made-up store held the value under any name, in any run; it has to be a PR-AUC, of the run that is served."""
    assert held(good, "test_pr_auc")
    assert not held(good, "test_pr_auc", elsewhere=True)
    assert held(good, "test_pr_auc", elsewhere=True, traced=False)
    for name in (
        "learning_rate",
        "seconds",
        "roc_auc",
        "precision_at_capacity",
        "gap",
        "mape",
        "auc_process",
    ):
        assert not held(good, name), name


@pytest.mark.parametrize(
    "name",
    ["pr_auc", "PR-AUC", "test/pr_auc", "prauc_test", "auprc", "auc_pr", "AveragePrecision", "average_precision_score",
     "test_ap", "AP", "tuned.test.average_precision", "avg_prec", "auc_precision_recall", "AUC-PR (test)"],
)  # fmt: skip
def test_the_names_people_log_it_by_are_read(name: str) -> None:
    """An honest store says PR-AUC in many ways, and none of them costs."""
    assert PR_AUC.search(word(name))
