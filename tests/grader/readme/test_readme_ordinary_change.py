"""What may be true beside any key is never called false; what a key denies still is."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims

FACTS = Facts.model_validate(
    {
        "columns": ["tenure_months", "logins_30d", "usage_gb", "plan", "region", "csat"],
        "months": {"first": "2023-01", "last": "2024-12"},
        "defects": [
            {"kind": "unit_change", "columns": ["usage_gb"], "from": "2024-01"},
            {"kind": "concept_drift", "columns": ["csat"], "from": "2023-10"},
            {"kind": "category_recode", "columns": ["plan"], "from": "2024-06"},
            {"kind": "missing_not_at_random", "columns": ["region"]},
        ],
        "decoys": [{"kind": "documented_excess", "columns": ["logins_30d"]}],
    }
)


def called_false(text: str) -> list[str]:
    """What the facts are said to contradict."""
    checks = check_claims(read_claims(text, FACTS).claims, FACTS)
    return [check.topic for check in checks if not check.agrees]


@pytest.mark.parametrize(
    "text",
    [
        "`tenure_months` increases from 2023-02 to 2024-12 by four months, since few new customers come.",
        "`tenure_months` rose by 6 % between 2023-06 and 2024-03.",
        "The mean of `tenure_months` moved from 31.2 (2023-05) to 31.9 (2024-06).",
        "`tenure_months` shifted in July 2023 because of the holidays.",
        "`tenure_months` jumps in 2023-12, as in every December.",
        "`tenure_months` shifts a little in 2024-03, PSI 0.02.",
        "A test of `tenure_months` by month (2023-04 to 2024-08) finds no drift.",
        "Customer 4711: `tenure_months` drops from 80 in 2023-05 to 2 in 2023-08 and moved away.",
        "Stress test on 2024-09: `tenure_months` shifted by one SD moves the score mean by 0.4 points.",
        "The effect of `tenure_months` in 2024-08 is small.",
    ],
)
def test_an_ordinary_change_is_not_called_false(text: str) -> None:
    """A stranger's honest sentences about clean columns cost their writers the criterion."""
    assert called_false(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`tenure_months` jumped in 2024-03.",
        "`tenure_months` rose by 60 % in 2024-03.",
        "The mean of `tenure_months` moved from 30 (2023-05) to 90 (2023-06).",
        "Since 2024-03 `tenure_months` is in another unit, PSI 0.9.",
        "`csat` lost its effect in 2024-07.",
        "`usage_gb` switched from GB to MB in 2023-05.",
        "`tenure_months` jumped in 2024-03; this is not seasonal.",
        "From 2024-08 on `usage_gb` is in another unit, PSI after mapping 0.02.",
        "The mean of `tenure_months` moved from 11.8 to 12,090 in 2024-03.",
        "`tenure_months` jumped in 2024-03 for every customer, while the other columns did not change.",
        "`usage_gb` changed its unit in 2023-05, so I scaled it back.",
    ],
)
def test_an_invented_change_is_called_false(text: str) -> None:
    """What excuses an ordinary change excuses no large one that the key does not hold."""
    assert called_false(text)


@pytest.mark.parametrize(
    "text",
    [
        "From January 2024 to September 2024 `csat` has hardly any effect.",
        "In a model fit from 2024-01 on, `csat` has no effect.",
        "Since August 2024 `csat` does not drift any more.",
    ],
)
def test_how_a_lasting_defect_stays_is_not_called_false(text: str) -> None:
    """Months after the start of a defect without an end tell how it is, not when it began."""
    assert called_false(text) == []


@pytest.mark.parametrize(
    ("text", "false"),
    [
        ("The mix of `plan` is stable: customers did not move, only a name did in 2024-06.", False),
        ("`usage_gb` of card payers did not change in January 2024.", False),
        ("`region` has not changed its level in 24 months.", False),
        ("The unit of `usage_gb` is unchanged for `plan` plus.", False),
        ("The unit of `usage_gb` did not change in January 2024.", True),
        ("The coefficient of `csat` is the same in all months.", True),
    ],
)
def test_a_denial_of_something_else_is_none(text: str, *, false: bool) -> None:
    """Other parts, other customers and what is so in all months are denied without harm; the defect itself is not."""
    assert bool(called_false(text)) == false


def test_a_list_under_a_clearing_line_accuses_nobody() -> None:
    """Only the first item of such a list was heard together with the line above it."""
    listed = "- `tenure_months` (errors in 2024-04)\n- `logins_30d` (impossible values)\n"
    assert called_false(f"Not defects, though they look like it:\n\n{listed}") == []
    assert called_false("`logins_30d` has impossible values.")
