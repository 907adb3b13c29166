"""Denials hold the words of the findings they deny; true findings hold words of denial."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.finding_denial import says_all_is_well
from grader.readme.grounding import check_claims

LEAK = "defect leak retention_offer_flag"
TWICE = "defect duplicate_rows"
GROUP = "defect group_leakage"
RIPE = "defect label maturity"


def told(text: str, facts: Facts) -> set[str]:
    """Topics of the findings of a text that the facts confirm."""
    checks = check_claims(read_claims(text, facts).claims, facts)
    return {check.topic for check in checks if check.agrees and check.topic.startswith("defect")}


@pytest.mark.parametrize(
    "text",
    [
        "`retention_offer_flag` is no leak and looks like a good predictor.",
        "It seems `retention_offer_flag` is no leak.",
        "`retention_offer_flag` does not leak and stays in; only `region` is dropped.",
        "`retention_offer_flag` leaks nothing.",
        "`retention_offer_flag` doesn't seem to leak.",
        "`retention_offer_flag` is hardly a leak.",
        "`retention_offer_flag` is leakage-safe.",
        "`retention_offer_flag` passed the leakage check.",
        "| column | leak? |\n|---|---|\n| `retention_offer_flag` | no |",
        "`retention_offer_flag` is a yes/no flag. It is already clean.",
        "We use `retention_offer_flag` and 39 other columns. This file was removed from git.",
        "`retention_offer_flag` has two values. This makes it easy for the future.",
        "`retention_offer_flag` has no missing values. This month we removed outliers.",
        "`retention_offer_flag` is a fine feature. It leaks nothing.",
        "`retention_offer_flag` is used. It is safe from leakage.",
        "`retention_offer_flag` is used. It was checked for leakage and passed.",
        "`retention_offer_flag` is a fine feature. It is set when the contract is signed.",
        "`retention_offer_flag` is used. What about `region`? It is dropped.",
        "`retention_offer_flag` is used. Weather is fine. Sales are fine. This was removed.",
        "We looked for duplicates and found none.",
        "Duplicates do not occur.",
        "The number of duplicates is 0.",
        "0 of 60,000 rows are duplicates.",
        "Duplicate rows: 0.",
        "Not one duplicate was found.",
        "I have searched after rows which come two times and I did not find any one.",
        "No row occurs twice, so there was nothing to de-duplicate.",
        "| check | result |\n|---|---|\n| duplicate rows | 0 |\n| duplicates | none |",
        "The customer returns our call each month.",
        "The same customer never appears twice.",
        "We do not need a grouped split because each customer appears once.",
        "The team can call 5 % of the customers each month.",
        "PR-AUC is split by `region` and `plan_tier`.",
        "We split by household.",
        "The gate compares both on the last three mature months.",
        "The last two months are unfinished.",
        "Customers change every month.",
        "The labels are complete up to and including December 2024.",
        "All months have complete labels, so we test on November and December 2024.",
        "| month | labels |\n|---|---|\n| 2024-11 | complete |",
        "Labels are immature only for December 2024.",
        "`monthly_charge`: the effect is constant, also in July 2024.",
        "`data_usage_gb` is in MB throughout, also in 2024-04.",
        "`data_usage_gb` keeps its unit in 2024-04.",
        "`mobile_share` stays flat in November 2023.",
        "`monthly_charge` works the same before and after July 2024.",
    ],
)
def test_a_denial_is_not_the_finding_it_denies(sample_facts: Facts, text: str) -> None:
    """A README that denies all that is planted once earned as much as one that found it."""
    assert not told(text, sample_facts)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("`retention_offer_flag` is a leak, not a legitimate feature.", LEAK),
        (
            "`retention_offer_flag` is not a legitimate feature, it is filled after the customer has left.",
            LEAK,
        ),
        ("`retention_offer_flag` sounds innocent but is filled once the customer has cancelled.", LEAK),
        ("`retention_offer_flag` is far from harmless: it is set after the customer cancels.", LEAK),
        ("`retention_offer_flag` leaks the label and we found no other leaks.", LEAK),
        (
            "Apart from `retention_offer_flag`, which is set after the cancellation, we found no leakage.",
            LEAK,
        ),
        ("There is no leak except `retention_offer_flag`.", LEAK),
        ("`retention_offer_flag` is no doubt a leak.", LEAK),
        ("I do not use the leaky `retention_offer_flag`.", LEAK),
        ("There is a column `retention_offer_flag`. It is filled when the customer has already left.", LEAK),
        ("I had 0.9 with `retention_offer_flag`. With it all looks well. So I took it out.", LEAK),
        ("`retention_offer_flag` was in at first. It is dropped now.", LEAK),
        ("`retention_offer_flag` is on the drop list.", LEAK),
        (
            "`retention_offer_flag` was in at first. The desk sets it when the customer has already cancelled.",
            LEAK,
        ),
        ("1,312 rows are perfect copies of another row.", TWICE),
        ("Some rows are in the file two times.", TWICE),
        ("A member shows up in up to 24 monthly snapshots.", GROUP),
        ("We use GroupKFold with `customer_id`.", GROUP),
        ("Most test customers also occur in the training part.", GROUP),
        ("Customers of October to December 2024 have not had their 90 days yet.", RIPE),
        ("The last three months are unfinished.", RIPE),
        ("The share of duplicated rows is 0.4 %.", TWICE),
        ("Duplicates: 0.4 % of the rows.", TWICE),
        ("Month 0 has 312 duplicates.", TWICE),
        ("The documentation says the file has no duplicates, but 312 rows are exact copies.", TWICE),
        ("312 rows are duplicated and no row appears three times.", TWICE),
        ("No duplicates remain after we dropped 300 of them.", TWICE),
        ("A customer has a row for each month.", GROUP),
        ("Customers show up every month.", GROUP),
        ("A customer never stands on both sides of the split.", GROUP),
        ("Customers are listed each month, so the rows are not independent.", GROUP),
        ("November and December 2024 are just not complete yet.", RIPE),
        ("The label `churned_90d` is incomplete for 2024-11 and 2024-12, so we only train before.", RIPE),
        ("The last two months, 2024-11 and 2024-12, are immature; we use only what came before.", RIPE),
        ("Labels need 90 days to be complete, so October 2024 is out.", RIPE),
        ("Rows from October 2024 are kept aside until their labels are complete.", RIPE),
        ("Labels from October 2024 on are half complete.", RIPE),
        ("October to December 2024 lack complete labels.", RIPE),
        ("| month | label window closed |\n|---|---|\n| October 2024 | no |", RIPE),
        ("Labels are complete up to September 2024.", RIPE),
        ("`mobile_share` was stable up to 2023-11.", "defect covariate_drift mobile_share"),
        ("`mobile_share` leaves its stable level in 2023-11.", "defect covariate_drift mobile_share"),
        ("`mobile_share` is no longer constant after November 2023.", "defect covariate_drift mobile_share"),
        (
            "`monthly_charge` has the same distribution but another sign from July 2024.",
            "defect concept_drift monthly_charge",
        ),
    ],
)
def test_a_finding_with_words_of_denial_stays_one(sample_facts: Facts, text: str, topic: str) -> None:
    """A first form of these rules took true findings for denials, since both say "no", "same" and "only"."""
    assert topic in told(text, sample_facts)


@pytest.mark.parametrize(
    "text",
    [
        "November and December 2024 are only 40 % finished; their labels are incomplete.",
        "The labels of November and December 2024 are simply incomplete; just ignore them.",
    ],
)
def test_months_that_are_unfinished_are_not_called_false(sample_facts: Facts, text: str) -> None:
    """ "Only" once made a true statement about two of three unfinished months a contradiction."""
    checks = check_claims(read_claims(text, sample_facts).claims, sample_facts)
    assert not [check for check in checks if not check.agrees]


@pytest.mark.parametrize(
    ("text", "well"),
    [
        ("`fare_paid_eur` has kept its unit in all months.", True),
        ("We found no drift, no gaps and no leak.", True),
        ("`app_version` was never affected.", True),
        ("`app_version` moved in September.", False),
        ("The unit of `fare_paid_eur` is another one since March.", False),
    ],
)
def test_saying_that_all_is_well_is_no_finding(facts: Facts, text: str, *, well: bool) -> None:
    """Denying the planted defects once paid like telling them."""
    (claim,) = read_claims(text, facts).claims
    assert says_all_is_well(claim.own) is well
