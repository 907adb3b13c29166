"""Whether there is a model behind the numbers at all, before anything is paid for them."""

from __future__ import annotations

import numpy as np

from grader import metrics
from grader.checks.case import NEAR, Case
from grader.types import Finding, proof

SPLIT_FILE = "evaluation/predictions.parquet"
LEAST_COVERAGE = 0.1
"""Share of the rows of the test months below which test rows are hand-picked, not sampled."""
LABEL_AUC = 0.99
"""ROC-AUC on test from which the label itself was handed in; the strongest leak stays far below."""
NO_MODEL = (
    "Neither the test predictions nor the service rank churners clearly better than chance: nothing to judge."
)
LABEL_GIVEN = (
    "The test predictions repeat the label: no model of this data ranks like that, so nothing is earned."
)
FEW_ROWS = "The test rows are a small part of their months, so no figure of them can be relied on."
NOT_SERVED = (
    "The service answers with neither submitted model, so the predictions belong to nothing that would run."
)


def unusable(case: Case) -> Finding | None:
    """Return the finding for predictions that carry no model, None where there is something to judge."""
    document = case.evidence.document.predictions
    if not case.test.usable:
        told = tuple(proof(document.path or SPLIT_FILE, measured=p) for p in document.problems[:5])
        return Finding(0.0, f"No usable test predictions were read, {_why_none(case)}.", told)
    shown = document.path or SPLIT_FILE
    if case.test_coverage < LEAST_COVERAGE:
        part = proof(shown, "test rows", measured=f"{case.test_coverage:.1%} of the rows of their months")
        return Finding(0.0, FEW_ROWS, (part,))
    area = metrics.roc_auc(case.test.y, case.test.tuned) or 0.5
    if area >= LABEL_AUC:
        return Finding(0.0, LABEL_GIVEN, (proof(shown, "p_tuned on test", measured=f"ROC-AUC {area:.4f}"),))
    if not case.predicts and not case.serves_a_model:
        ap = metrics.pr_auc(case.test.y, case.test.tuned)
        base, bar = float(case.test.y.mean()), case.test_bar
        ranked = proof(
            shown,
            "test rows",
            measured=f"PR-AUC {ap:.3f}, base rate {base:.3f}, chance reaches {bar:.3f}",
        )
        return Finding(0.0, NO_MODEL, (ranked,))
    return None


def _why_none(case: Case) -> str:
    """Say what the predictions lack to be measured, in the order in which they are read."""
    document, tested = case.evidence.document.predictions, case.prediction_split == "test"
    rows, chances = int(tested.sum()), case.evidence.array("predictions.p_tuned")
    if document.path is None:
        return "as there is no predictions file"
    if not document.matched_rows:
        return f"as none of {document.rows} rows is a customer-month of the issued data"
    if not rows:
        return "as no row has the split test"
    held = int(np.isfinite(chances[tested]).sum()) if chances.size == tested.size else 0
    if held < rows:
        return f"as p_tuned is read as a number in {held} of {rows} test rows"
    return f"as {rows} test rows are too few, or all of one outcome"


def unshipped(case: Case) -> Finding | None:
    """Return the finding where the service answers with neither submitted model, None where one of them ships.

    Figures of predictions that nothing serves say nothing about what would run, however well they recompute.
    """
    if not case.serves_another:
        return None
    measured = f"{case.served_near:.0%} within {NEAR:g} of the submitted probability"
    shown = proof("service", "parity rows", measured=measured)
    return Finding(0.0, NOT_SERVED, (shown,))
