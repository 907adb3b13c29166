"""Accuracy or ROC-AUC alone is raised; whoever hands in a figure for a rare outcome anywhere is left in peace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks.case import Case
from grader.checks.rare_outcome import called_great, praise
from grader.evidence.document import TextFile
from grader.evidence.modelling import (
    ClaimedMetrics,
    EvaluationEvidence,
    LiftRow,
    LiftTable,
    PlotFile,
    SegmentRow,
    SegmentTable,
    TrackedRun,
    TrackingEvidence,
)
from grader.evidence.notebook import NotebookEvidence
from grader.flags import raise_flags
from grader.types import CellOutput, PhaseRecord, Verdict
from tests.grader.case_builder import case_of, served_case, with_arrays, with_document

ALONE = ClaimedMetrics(path="evaluation/metrics.json", baseline={"accuracy": 0.93}, tuned={"accuracy": 0.94})
PRAISE = "The model reaches an excellent accuracy of 94 % on the test months.\n"


def evaluation(**parts: Any) -> EvaluationEvidence:
    """An evaluation that claims accuracy alone, beside what is given."""
    return EvaluationEvidence(**{"metrics": ALONE, "suited": "", **parts})


def submission(readme: str = "", **parts: Any) -> Case:
    """A submission that claims accuracy alone unless told otherwise."""
    given = {"evaluation": evaluation(), "readme": TextFile(path="README.md", text=readme), **parts}
    return case_of(document=given)


def claims(**tuned: float) -> EvaluationEvidence:
    """An evaluation with these figures of the tuned model."""
    return evaluation(metrics=ClaimedMetrics(path="evaluation/metrics.json", tuned=tuned))


def test_accuracy_alone_is_shown_beside_what_calling_nobody_reaches() -> None:
    """The reviewer sees the claim, the trivial figure, and the PR-AUC that the predictions have."""
    found = submission()
    (shown,) = called_great(found)
    assert (shown.file, shown.said) == ("evaluation/metrics.json", "accuracy 0.94")
    assert f"reaches an accuracy of {1 - found.test.y.mean():.3f} on the test rows" in shown.measured
    assert "PR-AUC recomputed is 0." in shown.measured
    assert "accuracy_called_great" in {flag.id for flag in raise_flags(found, {})}


@pytest.mark.parametrize(
    "tuned",
    [{"roc_auc": 0.8}, {"roc_auc": 0.8, "accuracy": 0.94, "base_rate": 0.06}, {"test_acc": 0.94, "brier": 0.05},
     {"accuracy_score": 0.94, "train_seconds": 8}],
)  # fmt: skip
def test_figures_that_flatter_alone_are_raised(tuned: dict[str, float]) -> None:
    """In other spellings and beside what ranks nobody, too."""
    assert called_great(submission(evaluation=claims(**tuned)))


@pytest.mark.parametrize(
    "name",
    ["pr_auc", "precision_at_capacity", "recall", "f1", "f1_score", "lift_at_10", "ap", "balanced_accuracy", "mcc",
     "precision@10%", "top_decile_churn_rate", "profit_eur", "auc_pr", "PRAUC", "capture_10"],
)  # fmt: skip
def test_one_figure_that_suits_a_rare_outcome_is_enough(name: str) -> None:
    """Whatever else is claimed beside it."""
    assert (
        called_great(submission(PRAISE, evaluation=claims(accuracy=0.94, roc_auc=0.8, **{name: 0.3}))) == ()
    )


def shown(text: str = "", code: str = "") -> NotebookEvidence:
    """A notebook with one cell."""
    return NotebookEvidence(outputs=(CellOutput(cell=1, code=code, text=text),))


SEGMENT = SegmentRow(column="region", level="A", pr_auc=0.2)
RUN = TrackedRun(run_id="a", metrics={"val_average_precision": 0.27})


@pytest.mark.parametrize(
    "where",
    [
        {"evaluation": evaluation(lift=LiftTable(path="lift.csv", rows=(LiftRow(decile=1, lift=3.0),)))},
        {"evaluation": evaluation(suited="reports/other.ipynb")},
        {"evaluation": evaluation(plots=(PlotFile(path="plots/pr_curve.png", width=9, height=9, ink=0.1),))},
        {"evaluation": evaluation(segments=SegmentTable(path="s.csv", rows=(SEGMENT,)))},
        {"tracking": TrackingEvidence(path="mlflow.db", runs=(RUN,))},
        {"notebook": shown(text="PR-AUC on the test months: 0.271")},
        {"notebook": shown(code="print(average_precision_score(y, p))")},
        {"notebook": NotebookEvidence(statements=("Precision of the list is 0.33.",))},
        {"files": {"figures/precision_recall.svg": 10}},
        {"readme": f"{PRAISE}\nAverage precision is 0.27."},
        {"readme": f"{PRAISE}\n| model | PR\u2011AUC | ROC |\n|---|---|---|\n| ours | 0.27 | 0.8 |"},
        {"readme": f"{PRAISE}\nOf the 10 % on the call list, 26 % leave."},
        {"readme": f"{PRAISE}\nWe catch 40 % of all churners."},
    ],
)  # fmt: skip
def test_a_figure_that_stands_in_one_other_place_only_is_enough(where: dict[str, Any]) -> None:
    """Tables, curves, tracked runs, notebooks and texts: nobody is accused for where a figure stands."""
    assert called_great(submission(**where)) == ()


def test_nothing_claimed_raises_nothing() -> None:
    """An empty submission has other troubles."""
    assert called_great(submission(evaluation=EvaluationEvidence(suited=""))) == ()
    assert called_great(submission("We monitor accuracy.", evaluation=claims(base_rate=0.06))) == ()


def test_praise_alone_is_raised_and_a_hidden_figure_saves_nobody() -> None:
    """What a reader sees counts."""
    for text in (PRAISE, f"{PRAISE}<!-- PR-AUC 0.27 -->"):
        (found,) = called_great(submission(text, evaluation=EvaluationEvidence(suited="")))
        assert (found.file, found.said) == ("README.md", PRAISE.strip())


@pytest.mark.parametrize(
    "text",
    [
        "Never calling anybody reaches a high accuracy of 94 % too.",
        "An accuracy of 0.94 looks great but says little.",
        "The column courier_distance_km reaches a very high ROC-AUC of 0.97.",
        "`score` alone has an excellent AUC of 0.9 and is a leak.",
        "If accuracy falls under 0.9 in a month of high load, page the owner.",
        "An accuracy of 0.94 isn't an excellent result.",
        "ROC-AUC is 0.81 on the test months.",
        "A strong predictor is tenure; accuracy is watched.",
    ],
)
def test_who_weighs_a_figure_or_speaks_of_something_else_praises_nothing(text: str) -> None:
    """A column, a limit, a doubt, a plain report."""
    assert praise(text) == []


def test_what_was_not_read_through_our_fault_accuses_nobody() -> None:
    """A figure may stand in what the probes did not bring."""
    failed = (PhaseRecord(id="probes", verdict=Verdict.INFRA_ERROR),)
    assert called_great(submission(phases=failed)) == ()


def test_without_predictions_the_issued_rows_give_the_trivial_figure() -> None:
    """There is nothing to recompute, and the flag stands."""
    found = with_arrays(
        submission(),
        **{f"predictions__{n}": np.empty(0) for n in ("row", "split", "p_tuned", "p_baseline", "y_true")},
    )
    (one,) = called_great(found)
    assert one.measured == f"never calling anybody reaches an accuracy of {1 - found.issued_label.mean():.3f}"


def test_the_usual_submission_is_not_raised() -> None:
    """The figures that the contract asks for."""
    case = with_document(
        served_case(), evaluation=claims(pr_auc=0.27, roc_auc=0.8, precision_at_capacity=0.3)
    )
    assert called_great(case) == ()


def test_incident_evidence_from_before_anyone_looked_accused_who_was_scored_again() -> None:
    """What was not looked for is not missing."""
    assert called_great(submission(evaluation=evaluation(suited=None))) == ()
