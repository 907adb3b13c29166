"""Red flags are raised by what was measured, only raised, and not by honest work."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.case import Case
from grader.evidence.document import TextFile
from grader.evidence.modelling import ClaimedMetrics, EvaluationEvidence
from grader.flags import raise_flags
from grader.results import CriterionResult
from grader.rubric import load_rubric
from grader.scoring import score
from tests.grader.case_builder import claimed_figures, served_case, with_arrays, with_document


@pytest.fixture(scope="module")
def good() -> Case:
    """A served submission with honest claims."""
    case = served_case()
    return with_document(case, evaluation=EvaluationEvidence(metrics=claimed_figures(case)))


def flags(case: Case, results: dict[str, CriterionResult] | None = None) -> set[str]:
    """Ids of the flags raised on a case."""
    found = raise_flags(case, results or {})
    assert {flag.state for flag in found} <= {"raised"}
    return {flag.id for flag in found}


def line(name: str, level: int | None) -> CriterionResult:
    """A README line at a level."""
    status = "scored" if level else "pending"
    return CriterionResult(id=name, title="", points=0, max=5, level=level, status=status, message="")


def test_honest_work_raises_nothing(good: Case) -> None:
    """No flag without a reason."""
    assert flags(good) == set()


def test_a_served_model_that_uses_the_leak_is_flagged(good: Case) -> None:
    """Predictions that move with the leak, by a model that is one."""
    moved = with_arrays(good, service__leak_changed=good.evidence.array("service.parity") + 0.1)
    assert flags(moved) == {"model_uses_leak"}
    assert flags(with_arrays(moved, service__replay=np.full(2100, 0.1))) == set()


def test_another_served_model_is_flagged(good: Case) -> None:
    """Most answers farther than 0.01 from what was submitted."""
    other = with_arrays(
        good,
        **{f"service__{n}": good.evidence.array(f"service.{n}") * 0.5 for n in ("parity", "leak_changed")},
    )
    assert flags(other) == {"served_is_not_evaluated"}


def test_labels_written_into_the_tuned_predictions_are_flagged_though_the_baseline_is_near(
    good: Case,
) -> None:
    """A baseline within 0.01 of what is served once passed for the served model, and hid the invented one."""
    served = good.evidence.array("service.parity")
    rows = good.evidence.array("service.parity_rows").astype(int)
    near = np.full(len(good.truth.issued), np.nan)
    near[rows] = served + 0.004
    y = good.evidence.array("predictions.y_true")
    mixed = with_arrays(
        good,
        predictions__p_baseline=np.nan_to_num(near[good.prediction_rows], nan=0.1),
        predictions__p_tuned=0.05 + 0.6 * y,
    )
    assert mixed.served_model == "tuned"
    assert "served_is_not_evaluated" in flags(mixed)


def test_claims_that_do_not_recompute_are_flagged(good: Case) -> None:
    """Through the whole scoring: the evidence of the line raises the flag."""
    edited = with_document(good, evaluation=EvaluationEvidence(metrics=claimed_figures(good, pr_auc=0.1)))
    rubric = load_rubric()
    assert "figures_do_not_recompute" in {
        f.id for f in score(edited.evidence, rubric, edited.truth).red_flags
    }
    assert "figures_do_not_recompute" not in {
        f.id for f in score(good.evidence, rubric, good.truth).red_flags
    }


def test_no_baseline_is_flagged(good: Case) -> None:
    """Neither claimed nor predicted."""
    rows = good.evidence.array("predictions.row").size
    bare = with_arrays(good, predictions__p_baseline=np.full(rows, np.nan))
    bare = with_document(bare, evaluation=EvaluationEvidence(metrics=ClaimedMetrics()))
    assert flags(bare) == {"no_baseline"}


def test_no_monitoring_needs_both_lines_at_level_one(good: Case) -> None:
    """One line that says something, or one that is pending, raises nothing."""
    names = ("readme.monitoring_inputs", "readme.monitoring_outcomes")
    assert flags(good, {n: line(n, 1) for n in names}) == {"no_monitoring"}
    for levels in ((1, 2), (1, None)):
        assert flags(good, {n: line(n, v) for n, v in zip(names, levels, strict=True)}) == set()


GERMAN = """# Betrieb

Wir überwachen `usage` jede Woche mit dem PSI gegen die Trainingsmonate; über 0,2 an zwei Wochen wird der Besitzer der
Daten gerufen und die Werte werden nicht benutzt. Die Labels reifen nach 90 Tagen, und dann berechnen wir PR-AUC und
die Präzision der Liste nach Monat und Segment.
"""
ENGLISH = "# Running it\n\nThe model is good and we are proud of it. It will be of use to the team.\n"


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        (GERMAN, set()),
        (ENGLISH, {"no_monitoring"}),
        (f"{ENGLISH}<!-- {GERMAN} {GERMAN} -->", {"no_monitoring"}),
    ],
)
def test_a_german_plan_was_said_to_name_no_monitoring(good: Case, text: str, raised: set[str]) -> None:
    """What is not read is not accused; foreign words that nobody sees excuse nothing."""
    written = with_document(good, readme=TextFile(path="README.md", text=text))
    names = ("readme.monitoring_inputs", "readme.monitoring_outcomes")
    assert flags(written, {n: line(n, 1) for n in names}) == raised
