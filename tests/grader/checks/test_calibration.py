"""Calibration: probabilities that agree with frequencies earn, and a plot alone does not."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.calibration import probabilities_calibrated
from grader.checks.case import Case
from grader.checks.evaluation import curves_recompute
from grader.evidence.modelling import SPLITS
from tests.grader.case_builder import PLOTS, case_of, claimed, split_of, with_arrays, with_document

CALIBRATION = SPLITS.index("calibration")


@pytest.fixture(scope="module")
def good() -> Case:
    """A submission without fault, with its claims, lift table and plots."""
    return claimed(case_of())


def test_doubled_probabilities_are_not_calibrated(good: Case) -> None:
    """A ranking can be right while the probabilities are twice too high."""
    doubled = with_arrays(
        good, predictions__p_tuned=np.clip(2 * good.evidence.array("predictions.p_tuned"), 0, 1)
    )
    assert probabilities_calibrated(doubled).credit == 0.0


@pytest.mark.parametrize("change", [lambda p: p * 3 - 1, lambda p: np.log(p / (1 - p))])
def test_scores_outside_zero_to_one_are_no_probabilities(good: Case, change) -> None:
    """Margins and other scores are said to be no probabilities, and break nothing."""
    scores = with_arrays(good, predictions__p_tuned=change(good.evidence.array("predictions.p_tuned")))
    assert probabilities_calibrated(scores).credit == 0.0


def test_rows_to_calibrate_on_are_shown_and_pay_nothing(good: Case) -> None:
    """What a fit was made on cannot be measured, so what is listed for it neither earns nor costs."""
    none = probabilities_calibrated(good)
    assert none.proofs[-1].measured == "none of the split calibration or validation is listed"
    months = good.truth.issued["snapshot_month"]
    codes = split_of(months)
    codes[((months >= "2024-02") & (months <= "2024-04")).to_numpy()] = CALIBRATION
    listed = probabilities_calibrated(claimed(case_of(split=codes)))
    assert listed.credit == none.credit == 1
    shown = listed.proofs[-1]
    assert "of the split calibration, 2024-02 to 2024-04" in shown.said
    assert shown.measured.startswith("0 of them are test rows, too; mean probability 0.")


def test_a_reliability_plot_alone_earns_nothing(good: Case) -> None:
    """The plot is worth its share only where the probabilities are any good, and its absence costs."""
    bare = with_document(good, evaluation=good.evidence.document.evaluation.model_copy(update={"plots": ()}))
    assert probabilities_calibrated(bare).credit == 0.85
    assert curves_recompute(bare).credit == 0.65


def test_incident_why_a_plot_was_not_read_was_not_told(good: Case) -> None:
    """Whoever hands in a plot as PDF reads in both criteria that it was found, and in which forms it would count."""
    told = "evaluation/pr_curve.pdf: found PDF, which is not read; expected PNG, JPEG, WebP or SVG"
    bare = good.evidence.document.evaluation.model_copy(update={"plots": (), "problems": (told,)})
    case = with_document(good, evaluation=bare)
    for finding in (curves_recompute(case), probabilities_calibrated(case)):
        shown = {(one.file, one.measured) for one in finding.proofs}
        assert ("evaluation/pr_curve.pdf", f"not read: {told.partition(': ')[2]}") in shown


def test_incident_a_reliability_plot_under_its_german_name_was_none(good: Case) -> None:
    """The words that a name is searched for are spelled with a k elsewhere."""
    plots = (PLOTS[0].model_copy(update={"path": "evaluation/Kalibrierung.png"}),)
    evaluation = good.evidence.document.evaluation.model_copy(update={"plots": plots})
    assert probabilities_calibrated(with_document(good, evaluation=evaluation)).credit == pytest.approx(1.0)
