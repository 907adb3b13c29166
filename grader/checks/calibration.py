"""Whether the tuned probabilities agree with the frequencies of the test rows."""

from __future__ import annotations

import numpy as np

from grader.checks.case import Case
from grader.checks.plots import find_plot, shown_plot
from grader.checks.split_rows import rows_to_calibrate_on
from grader.checks.worth import SPLIT_FILE, unshipped, unusable
from grader.types import Finding, proof


def probabilities_calibrated(case: Case) -> Finding:
    """Tuned probabilities agree with frequencies on the test rows, beyond what sampling customers explains.

    Ten equal-count bins; the null resamples customers, since rows of one customer share label windows. 85 %
    of the credit: full where the p-value is at least 0.05 or the excess of the calibration error over its
    null is at most 5 % of the base rate, none from 40 %. 15 % for a picture of a reliability plot, by its name or
    as one of several figures of a notebook; what it shows is not read. Whether they were fitted on data apart from
    test is not measured; the rows listed for it are shown.
    """
    missing = unusable(case) or unshipped(case)
    if missing:
        return missing
    test = case.test
    path = case.evidence.document.predictions.path or SPLIT_FILE
    low, high = float(test.tuned.min()), float(test.tuned.max())
    if low < 0 or high > 1:
        outside = proof(path, "p_tuned on test", measured=f"from {low:.4g} to {high:.4g}")
        return Finding(0.0, "The tuned scores are no probabilities: some lie outside 0 to 1.", (outside,))
    if not case.predicts:
        flat = proof(path, "p_tuned on test", measured=f"from {low:.4g} to {high:.4g}, no ranking")
        return Finding(
            0.0, "Scores that do not rank are calibrated by the base rate alone: nothing earned.", (flat,)
        )
    measured, base = case.calibration, float(test.y.mean())
    excess, agreement = calibration_excess(case), calibration_agreement(case)
    plot = find_plot(case, ("calib", "kalib", "reliab"))
    credit = 0.85 * agreement + (0.15 if plot and agreement > 0 else 0.0)
    proofs = (
        proof(
            path,
            "p_tuned on test",
            f"mean probability {float(test.tuned.mean()):.4f}",
            f"churn rate {base:.4f}; calibration error {measured.ece:.4f}, {measured.null_ece:.4f} by sampling "
            f"alone, p = {measured.p_value:.3f}",
        ),
        *shown_plot(case, plot, "evaluation/calibration.png"),
        rows_to_calibrate_on(case, path),
    )
    if measured.p_value >= 0.05:
        message = "The probabilities agree with the frequencies on the test months."
    elif agreement == 1:
        message = (
            f"The probabilities stray by {excess:.1%} of the base rate beyond sampling, too little to matter."
        )
    else:
        message = f"The probabilities miss the frequencies by {excess:.0%} of the base rate beyond sampling."
    return Finding(round(credit, 6), message, proofs)


def calibration_agreement(case: Case) -> float:
    """Return how far the tuned test scores agree with frequencies, 0..1; 1 within what sampling explains.

    Scores outside 0 to 1 are no probabilities and agree with nothing.
    """
    if case.test.tuned.min() < 0 or case.test.tuned.max() > 1:
        return 0.0
    if case.calibration.p_value >= 0.05:
        return 1.0
    return float(np.clip((0.40 - calibration_excess(case)) / 0.35, 0, 1))


def calibration_excess(case: Case) -> float:
    """Return the calibration error on test beyond what sampling alone gives, over the base rate; at least 0."""
    measured = case.calibration
    return max(0.0, measured.ece - measured.null_ece) / float(case.test.y.mean())
