"""The numbers behind the plots agree with the recomputed figures and stay empty where nothing was measured."""

from __future__ import annotations

import numpy as np
import pytest

from grader import metrics
from grader.checks.audit import said_of
from grader.evidence.notebook import FindingClaim
from grader.figures import figures_of, outside, reported_at
from grader.truth import MonthSpan
from tests.grader.case_builder import case_of, finding, with_arrays


def test_plots_show_the_recomputed_test_rows() -> None:
    """Curve, lift and reliability are of the test rows with the issued labels."""
    case = case_of()
    shown = figures_of(case)
    assert shown.base_rate == pytest.approx(case.test.y.mean())
    assert sum(b.rows for b in shown.reliability) == sum(d.customers for d in shown.lift) == case.test.y.size
    recall = np.array([p.recall for p in shown.pr_curve])
    precision = np.array([p.precision for p in shown.pr_curve])
    assert (np.diff(recall) >= 0).all()
    assert np.sum(np.diff(recall) * precision[1:]) == pytest.approx(
        metrics.pr_auc(case.test.y, case.test.tuned), abs=0.03
    )
    assert shown.replay is not None
    assert shown.replay.submission == case.replay_pr_auc


def test_nothing_measured_is_nothing_shown() -> None:
    """Without predictions the plots are empty, not wrong."""
    empty = {f"predictions.{n}": np.empty(0) for n in ("row", "split", "y_true", "p_tuned", "p_baseline")}
    shown = figures_of(case_of(arrays={**empty, "service.replay": np.empty(0)}))
    assert (shown.reliability, shown.pr_curve, shown.lift) == ((), (), ())
    assert shown.replay is not None
    assert shown.replay.submission is None


@pytest.mark.parametrize(
    "change", [lambda p: 5 * p - 1, lambda p: 0 * p, lambda p: 0 * p + 1, lambda p: np.round(p)]
)
def test_odd_scores_break_no_plot(change) -> None:
    """Margins, constants and hard votes are drawn without an error."""
    case = case_of()
    odd = with_arrays(case, predictions__p_tuned=change(case.evidence.array("predictions.p_tuned")))
    assert len(figures_of(odd).lift) == 10


@pytest.mark.parametrize("far", [1e160, -1e300, 5.0])
def test_one_score_beyond_all_bounds_takes_no_plot(far: float) -> None:
    """A single chance of 1e160 lost the reviewer every plot and the table of plants."""
    case = case_of()
    scores = case.evidence.array("predictions.p_tuned").copy()
    scores[np.flatnonzero(case.evidence.array("predictions.split") == 3)[0]] = far
    odd = with_arrays(case, predictions__p_tuned=scores)
    shown = figures_of(odd)
    assert all(0 <= b.predicted <= 1 for b in shown.reliability)
    assert (len(shown.reliability), len(shown.lift), len(shown.plants)) == (10, 10, 5)
    assert (outside(odd), outside(case)) == (1, 0)


def test_plants_and_decoys_are_listed_with_what_was_said() -> None:
    """Found, missed, noted and mistaken are told apart."""
    claims = [finding("target_leakage", "leak"), finding("strong_predictor", "strong", status="note")]
    by_id = {line.id: line for line in figures_of(case_of(findings=claims)).plants}
    assert by_id["post_outcome_column"].found
    assert not by_id["unit_change"].found
    assert (by_id["strong_predictor"].found, by_id["strong_predictor"].credit) == (True, 1.0)
    mistaken = {
        line.id: line for line in figures_of(case_of(findings=[finding("target_leakage", "strong")])).plants
    }
    assert (mistaken["strong_predictor"].found, mistaken["strong_predictor"].credit) == (True, 0.0)


@pytest.mark.parametrize(
    ("claim", "there"),
    [
        (finding("unit_change", "strong", action="rescale"), True),
        (finding("unit_change", where={"strong": ("> 2",)}), True),
        (finding("unit_change", "strong", status="ask"), False),
        (finding("unit_change", "usage"), False),
    ],
)
def test_incident_another_defect_reported_at_a_decoy_was_said_to_be_no_report(
    claim: FindingClaim, there: bool
) -> None:
    """The reviewer reads what was reported in a decoy's column under a kind that it is no trap for."""
    case = case_of(findings=[claim])
    line = next(line for line in figures_of(case).plants if line.id == "strong_predictor")
    assert (line.found, line.credit) == (False, 0.0)
    assert line.said == (said_of(claim) if there else "")
    assert case.matching.decoy_hits == ()


def test_a_defect_reported_in_other_months_is_not_at_the_decoy() -> None:
    """A decoy of two months is left alone by what is reported a year before."""
    months = MonthSpan.model_validate({"from": "2024-06", "to": "2024-07"})
    case = case_of(findings=[finding("unit_change", "strong", from_month="2023-02", to_month="2023-05")])
    decoy = case.truth.key.decoys[0]
    assert reported_at(case.matching, decoy, case.truth.key)
    assert not reported_at(case.matching, decoy.model_copy(update={"months": months}), case.truth.key)
