"""What is false, empty or only compared does not raise the level of grounding."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims
from grader.readme.judge import judge_readme

PLAIN = "# Plan\n\nWe look at the model from time to time and retrain it when it is needed.\n"


@pytest.mark.parametrize(
    "text",
    [
        "`refund_count_60d` does not leak. The unit of `fare_paid_eur` did not change in 2022-03.",
        "`rider_age` leaks, `trips_per_week` changed its unit in 2022-03 and `city_zone` has drifted since 2021-09.",
        "The unit of `fare_paid_eur` changed in 2021-02 and the labels from 2022-03 on are immature.",
        "Does `refund_count_60d` leak? Did the unit of `fare_paid_eur` change in 2022-03? Is `app_version` drifting?",
        "In the data of another company `refund_count_60d` leaked and `fare_paid_eur` changed. Our file is clean.",
    ],
)
def test_false_and_empty_statements_do_not_raise_the_level(facts: Facts, text: str) -> None:
    """A README that is wrong in all it says of its data is as little grounded as one that says nothing."""
    assert judge_readme(f"{PLAIN}\n{text}\n", facts).criteria[4].level == 1


@pytest.mark.parametrize(
    "text",
    [
        "PSI of `fare_paid_eur` against January to February 2022, monthly.",
        "Each month PSI of `app_version` is compared with August 2021.",
    ],
)
def test_a_reference_month_is_no_finding(facts: Facts, text: str) -> None:
    """The month that a column is held against once counted as the month in which it changed."""
    assert not check_claims(read_claims(text, facts).claims, facts)


def test_a_change_beside_a_reference_is_a_finding(facts: Facts) -> None:
    """Whoever compares and says since when it moves tells both."""
    claims = read_claims("PSI of `app_version` against training (it moves since 2021-09).", facts).claims
    assert [check.agrees for check in check_claims(claims, facts)] == [True]
