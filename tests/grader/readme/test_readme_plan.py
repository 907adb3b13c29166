"""A column that does not exist is no named feature of a plan."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.judge import judge_readme
from grader.readme.plan import names_no_feature

LIMIT = "PSI against January to June 2022 each month, above 0.2 for two months opens a ticket."


@pytest.mark.parametrize(
    "names", ["`call_minutes`", "`sms_sent`, `roaming_days`", "household_income and credit_class"]
)
def test_a_check_of_made_up_columns_stays_general(facts: Facts, names: str) -> None:
    """Checks of columns that nobody delivers once passed for a plan that a team could carry out."""
    text = f"# Plan\n\n- {names}: {LIMIT}\n"
    assert all(names_no_feature(claim, facts) for claim in read_claims(text, facts).claims)
    assert judge_readme(text, facts).criteria[0].level <= 2


@pytest.mark.parametrize(
    "names",
    [
        "`trips_per_week`",
        "`trips_per_weeks` (misspelt)",
        "`fare_per_trip`, made of two columns",
        "all features (job `nightly_psi_check`)",
        "`call_minutes` is not delivered, so `rider_age`",
    ],
)
def test_a_real_column_or_one_made_of_it_is_a_feature(facts: Facts, names: str) -> None:
    """Derived and misspelt names, and the names of jobs and series, are nothing made up."""
    assert not any(names_no_feature(c, facts) for c in read_claims(f"- {names}: {LIMIT}", facts).claims)


@pytest.mark.parametrize(
    ("names", "most"),
    [
        ("every feature", 2),
        ("all 40 model inputs", 2),
        ("`trips_per_week` and every other feature", 3),
        ("rider age and fares", 3),
    ],
)
def test_every_feature_is_no_named_one(facts: Facts, names: str, most: int) -> None:
    """The rubric asks for features of this data; a plan out of a textbook, fit for any data, reached level 3."""
    text = (
        f"# Inputs\n\nEach month we compute the PSI of {names} against the training months January to June 2022. "
        "Above 0.2 for two months in a row opens a ticket for the data team. Nulls and new levels are counted too.\n"
    )
    inputs = judge_readme(text, facts).criteria[0]
    assert inputs.level == most
    assert ("missing: named features" in inputs.message) == (most == 2)
