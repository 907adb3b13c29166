"""What the rows of a split say beside its months: who is on both sides, and which rows of the test months count."""

from __future__ import annotations

import numpy as np

from grader.checks.case import Case
from grader.types import Proof, proof

FITTED = ("train", "validation", "calibration")
WHOLE = 0.97
"""Share of the rows of the test months from which they are all there: a few may rightly be dropped."""
TOLD = 0.9
"""Share below which the message says so."""


def shared_customers(case: Case) -> float:
    """Return the share 0..1 of the test rows whose customer is among the fitted rows, too."""
    customer = case.truth.issued["customer_id"].to_numpy()[case.prediction_rows]
    fitted = np.isin(case.prediction_split, FITTED)
    tested = case.prediction_split == "test"
    return float(np.isin(customer[tested], customer[fitted]).mean())


def share_tested(case: Case) -> float:
    """Return the share 0..1 of the issued rows of the test months that are test rows."""
    return min(1.0, case.test.y.size / max(int(_of_test_months(case).sum()), 1))


def chosen_rows(case: Case, path: str) -> tuple[Proof, ...]:
    """Return the churn rates in and around a test that leaves out rows of its months, empty where it is whole.

    Easy rows can be chosen by hand, and nothing else of a split shows that; a person sees it here.
    """
    share = share_tested(case)
    if share >= WHOLE:
        return ()
    among = float(case.issued_label[case.test_rows].mean())
    all_rows = float(case.issued_label[_of_test_months(case)].mean())
    measured = f"churn rate {among:.4f} among them, {all_rows:.4f} among all rows of these months"
    return (proof(path, "rows left out of the test months", f"{share:.1%} tested", measured),)


def _of_test_months(case: Case) -> np.ndarray:
    tested = case.prediction_split == "test"
    return np.isin(case.issued_month, np.unique(case.prediction_month[tested]))


def rows_to_calibrate_on(case: Case, path: str) -> Proof:
    """Return what is listed that probabilities may have been fitted on; nothing shows what they were fitted on.

    Scores fitted on the test rows themselves agree better there than elsewhere, so how they agree on the listed
    rows stands beside it for a person. It pays and costs nothing (docs/decisions/0024).
    """
    split, tuned = case.prediction_split, case.evidence.array("predictions.p_tuned")
    name = next((n for n in ("calibration", "validation") if (split == n).any()), None)
    where = "rows to calibrate on"
    if name is None:
        return proof(path, where, measured="none of the split calibration or validation is listed")
    chosen = split == name
    months, rows = np.unique(case.prediction_month[chosen]), case.prediction_rows
    both = int(np.isin(rows[chosen], rows[split == "test"]).sum())
    said = f"{int(chosen.sum())} of the split {name}, {months[0]} to {months[-1]}"
    measured = f"{both} of them are test rows, too"
    scored = chosen & np.isfinite(tuned)
    if scored.any():
        mean, rate = float(tuned[scored].mean()), float(case.issued_label[rows[scored]].mean())
        measured += f"; mean probability {mean:.4f}, churn rate {rate:.4f} on them"
    return proof(path, where, said, measured)
