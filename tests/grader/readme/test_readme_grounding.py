"""What is false, empty or only compared does not raise the level of grounding."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Defect, Facts
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


@pytest.fixture
def known(facts: Facts) -> Facts:
    """The facts with repeated rows and riders as well."""
    more = [Defect(kind="duplicate_rows"), Defect(kind="group_leakage", columns=("rider_id",))]
    return facts.model_copy(update={"defects": (*facts.defects, *more)})


@pytest.mark.parametrize(
    "text",
    [
        "`refund_count_60d` is no leak: it is known well before the rider decides, so we keep it.",
        "I kept `refund_count_60d` because it is not a leak but a good predictor.",
        "`refund_count_60d` is harmless and can remain among the features; there is no leakage of any kind.",
        "There are no duplicate rows in the file.",
        "`df.duplicated().sum()` returns 0.",
        "The team can call one in ten customers each month.",
        "The labels are complete up to and including December 2022.",
        "Only December 2022 has incomplete labels.",
        "`fare_paid_eur` is the same before and after 2022-03.",
    ],
)
def test_a_denied_defect_is_no_finding(known: Facts, text: str) -> None:
    """ "No duplicates", "no leak" and "customers each month" once were taken for the findings whose words they hold."""
    assert not [check for check in check_claims(read_claims(text, known).claims, known) if check.agrees]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("There is no leak any more since `refund_count_60d` is out.", "defect leak refund_count_60d"),
        ("`refund_count_60d` may never come back.", "defect leak refund_count_60d"),
        (
            "The file has a column `refund_count_60d`. It is filled when the rider has left.",
            "defect leak refund_count_60d",
        ),
        ("I had 0.9 with `refund_count_60d`. So I took it out.", "defect leak refund_count_60d"),
        ("No duplicates remain after we dropped 300 of them.", "defect duplicate_rows"),
        ("The same customers stand in the file every month.", "defect group_leakage"),
        ("Labels are complete up to October 2022.", "defect label maturity"),
        ("November and December 2022 aren't finished.", "defect label maturity"),
        (
            "From 2022-03 `fare_paid_eur` is not the same any more, it is in cents.",
            "defect unit_change fare_paid_eur",
        ),
    ],
)
def test_a_true_finding_beside_a_denial_stays_one(known: Facts, text: str, topic: str) -> None:
    """Words of denial also stand in true findings, and a leak is often told in the sentence after its column."""
    checks = check_claims(read_claims(text, known).claims, known)
    assert topic in {check.topic for check in checks if check.agrees}


def test_a_leak_is_not_told_of_the_column_of_another_paragraph(known: Facts) -> None:
    """ "It is filled when ..." speaks of the column before it, not of one further up."""
    text = "We have `refund_count_60d`.\n\nIt is filled when the rider has left.\n"
    assert not check_claims(read_claims(text, known).claims, known)
