"""The right column and month pay for what is known of them, and for nothing else."""

import pytest

from grader.readme.facts import Facts
from grader.readme.validation.statements import EMPTY, grounded

FACTS = Facts.model_validate(
    {
        "columns": ["usage_gb", "csat", "plan", "visits", "flag", "charge"],
        "label": {"column": "churned_90d", "horizon_days": 90},
        "months": {"first": "2023-01", "last": "2024-12"},
        "defects": [
            {"kind": "unit_change", "columns": ["usage_gb"], "from": "2024-04"},
            {"kind": "category_recode", "columns": ["plan"], "from": "2024-06"},
            {"kind": "post_outcome_column", "columns": ["flag"]},
        ],
        "decoys": [
            {"kind": "strong_predictor", "columns": ["visits"]},
            {"kind": "price_rise", "columns": ["charge"], "from": "2024-03"},
        ],
    }
)


def level(text: str) -> int:
    """The level of a README that says nothing but this."""
    return grounded(f"{EMPTY}\n\n{text}\n", FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "The jump of `usage_gb` in April 2024 is real usage: a film service was launched.",
        "`usage_gb` in April 2024: unremarkable.",
        "The higher `usage_gb` from April 2024 is the success of the new app.",
        "`plan` is missing for a quarter of the customers since June 2024.",
        "`plan` has -999 in 2 rows of a hundred from 2024-06 on.",
        "- `flag`: x60 since 2024-08. Rescaled.",
        "`flag` drifted from 2024-03, PSI 0.4 against 2023.",
        "`visits` moved in June 2024, when logging was rebuilt.",
        "`charge` drifted from 2024-11 onwards, a second break after the one of spring.",
    ],
)
def test_what_is_not_known_of_a_column_earns_nothing(text):
    """Seventy-nine of 196 invented findings raised a README, most of them by a true column and month."""
    assert level(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`usage_gb` is in megabytes from April 2024 on; divided by 1000.",
        "`usage_gb` looks like real growth from April 2024, but it is a unit: values are a thousand times larger.",
        "`plan` has new names from June 2024, mapped to the old ones.",
        "`flag` is filled after the customer has left, so it is dropped.",
        "`charge` rises in March 2024 with the announced price list, which is no defect.",
    ],
)
def test_what_is_known_of_it_still_does(text):
    """A finding told as what it is pays as before."""
    assert level(text) >= 2
