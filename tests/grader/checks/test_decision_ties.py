"""What the best threshold earns on scores that tie, as those of small trees and isotonic steps do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from grader.checks import decisions as check
from grader.evidence.modelling import ClaimedMetrics, EvaluationEvidence
from tests.grader.case_builder import served_case, with_arrays, with_document


def test_incident_the_yardstick_of_a_threshold_parted_tied_scores() -> None:
    """The best threshold there is earns all; the profit from the better half of a tie is within nobody's reach."""
    case = served_case()
    pays = case.truth.replay["true_probability"] > case.truth.business.break_even
    parts = [
        part
        for month in sorted(case.truth.replay["snapshot_month"].unique())
        for part in (
            case.truth.replay[pays & (case.truth.replay["snapshot_month"] == month)].head(40),
            case.truth.replay[~pays & (case.truth.replay["snapshot_month"] == month)].head(30),
        )
    ]
    listed = pd.concat(parts)
    rest = case.truth.replay.drop(listed.index)
    replay = pd.concat([listed, rest], ignore_index=True)
    tied = np.where(replay.index < len(listed), 0.3, 0.1 * replay["true_probability"])
    case = with_arrays(replace(case, truth=replace(case.truth, replay=replay)), service__replay=tied)
    claims = EvaluationEvidence(metrics=ClaimedMetrics(decision={"threshold": 0.2, "capacity_share": 0.10}))
    found = check.decision_pays(with_document(case, evaluation=claims))
    assert "earns 100% of what" in found.message, found.message
    assert found.credit == 1.0
