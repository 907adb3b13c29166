"""The bands of what is issued."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from data_generator import acceptance, yardstick
from data_generator.schema import LABEL
from data_generator.variant import Variant
from data_generator.yardstick import Measured, blind_cost

ROOT = Path(__file__).parents[2]


def test_bands_are_as_wide_as_asked_for_at_full_size() -> None:
    """The limits of decisions hold to the digit at 200,000 rows and above; fewer rows widen them."""
    for rows in (200_000, 20_000_000):
        assert acceptance.PR_AUC.objection(0.22, rows) is None
        assert acceptance.PR_AUC.objection(0.2199, rows) == (
            "PR-AUC of the yardstick on the replay 0.2199, expected 0.2200 to 0.3000"
        )
    assert acceptance.PR_AUC.objection(0.2, 20_000) is None
    assert acceptance.PR_AUC.objection(0.1, 20_000) is not None


def test_each_reason_is_given(variant: Variant, measured: Measured) -> None:
    """A variant is rejected for a defect that does not show, a wrong base rate, and for every figure."""
    odd = replace(
        variant,
        rows=200_000,
        unmeasurable=("duplicate_rows",),
        public=variant.public.assign(**{LABEL: 1}),
    )
    reasons = acceptance.objections_to_data(odd)
    assert any("churn rate of mature months 1.0000" in reason for reason in reasons)
    assert "duplicate_rows does not show by its own statistic" in reasons
    flattered = measured.naive.model_copy(update={"random_split_pr_auc": 0.5, "replay_pr_auc": 0.2})
    easy = replace(measured, naive=flattered, blind_cost=0.05)
    assert acceptance.objections_to_models(variant, easy)[-2:] == [
        "naive random split over replay 2.50, expected at least 3.0",
        "filling the call list costs 5.0% of the attainable profit, expected at least 10%",
    ]


def test_blind_cost_by_hand() -> None:
    """Of four on the lists two pay 60 p − 12 = 18 and 6, two lose 6: calling all loses half of 24."""
    probability = np.array([0.5, 0.1, *[0.01] * 18, 0.3, 0.1, *[0.01] * 18])
    month = np.repeat([0, 1], 20)
    assert blind_cost(probability, probability, month) == pytest.approx(0.5)
    assert blind_cost(np.full(40, 0.1), probability, month) == 1.0


def test_costs_are_those_of_the_brief() -> None:
    """The measured profit is the one that candidates are told."""
    business = yaml.safe_load((ROOT / "assignment" / "contract.yaml").read_text())["business"]
    assert business == {
        "call_cost_eur": yardstick.CALL_COST,
        "save_rate": yardstick.SAVE_RATE,
        "kept_value_eur": yardstick.KEPT_VALUE,
        "capacity_share": yardstick.CAPACITY_SHARE,
    }
