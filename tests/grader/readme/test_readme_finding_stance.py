"""Questions, guesses and findings in other data are no findings in these."""

import pytest

from grader.readme.claims import Claim, read_claims
from grader.readme.facts import Facts
from grader.readme.finding_stance import (
    clauses,
    is_of_other_data,
    may_be_known,
    tells_no_finding,
)
from grader.readme.grounding import check_claims


def claim_of(text: str, facts: Facts) -> Claim:
    """The single claim of a text."""
    (claim,) = read_claims(text, facts).claims
    return claim


@pytest.mark.parametrize(
    "text",
    [
        "Did the unit of `fare_paid_eur` change in 2022-03?",
        "Maybe `refund_count_60d` leaks, perhaps `fare_paid_eur` changed its unit in 2022-03.",
        "Possible leaks: `refund_count_60d`, `rider_age`.",
        "`app_version` may have drifted since 2021-09.",
        "I wondered whether the unit of `fare_paid_eur` changed in 2022-03.",
        "In another data set `fare_paid_eur` switched to cents in 2022-03.",
        "At my former employer `refund_count_60d` leaked.",
        "A column like `refund_count_60d` leaked in that competition.",
    ],
)
def test_what_is_asked_guessed_or_told_of_other_data_is_no_finding(facts: Facts, text: str) -> None:
    """Six guesses or six questions with the right names once earned what a finding earns."""
    claim = claim_of(text, facts)
    assert tells_no_finding(claim)
    assert not check_claims((claim,), facts)


@pytest.mark.parametrize(
    "text",
    [
        "`refund_count_60d` probably leaks: it is set when the rider has left.",
        "Perhaps `refund_count_60d` leaks, so I drop it.",
        "In May 2022 we saw that `fare_paid_eur` is in cents since March 2022.",
        "As in another project of mine, `refund_count_60d` leaks here too.",
        "In the second table `fare_paid_eur` switched from euros to cents in 2022-03.",
        "`app_version` moves since 2021-09, and perhaps we retrain twice a year.",
    ],
)
def test_a_careful_finding_stays_one(facts: Facts, text: str) -> None:
    """Whoever looked and says it carefully, or names other data beside these, tells a finding."""
    claim = claim_of(text, facts)
    assert not tells_no_finding(claim)
    assert any(check.agrees for check in check_claims((claim,), facts))


def test_each_clause_has_its_own_subject(facts: Facts) -> None:
    """The month of one statement once made another statement of the same sentence true."""
    claim = claim_of(
        "The unit of `fare_paid_eur` changed in 2021-02 and the labels from 2022-03 on are immature.", facts
    )
    assert [clause.columns for clause in clauses(claim, facts)] == [("fare_paid_eur",), ()]
    assert {check.agrees for check in check_claims((claim,), facts)} == {False}
    one = claim_of("`fare_paid_eur` was in euros until 2022-02, and in cents from 2022-03.", facts)
    assert len(tuple(clauses(one, facts))) == 1


def test_other_data_beside_these_are_told_apart(facts: Facts) -> None:
    """A new data set is not another one, and "of course" is no course."""
    for text in (
        "The unit of `fare_paid_eur` changed in 2022-03, of course.",
        "On new data `app_version` drifts.",
    ):
        assert not is_of_other_data(claim_of(text, facts))


@pytest.mark.parametrize(
    "text",
    [
        "`rider_age` was delivered in months instead of years from 2022-07 on, so we divide it by twelve.",
        "In March 2021 `city_zone` was mostly empty.",
        "`fare_paid_eur` switched to cents in 2021-07.",
        "In June 2021 the feed had a gap.",
    ],
)
def test_a_finding_about_another_column_or_month_is_not_known(facts: Facts, text: str) -> None:
    """An invented finding that nothing contradicts once earned what a true one earns."""
    assert not may_be_known(claim_of(text, facts), facts)


@pytest.mark.parametrize(
    "text",
    [
        "`fare_paid_eur` switched to cents in 2022-03.",
        "`refund_count_60d` knows the answer.",
        "From September 2021 on the app is another one.",
        "The last two months say too little.",
    ],
)
def test_a_finding_that_fits_a_defect_may_be_known(facts: Facts, text: str) -> None:
    """A true finding in words that no check understands still earns something."""
    assert may_be_known(claim_of(text, facts), facts)


def test_without_a_key_every_finding_may_be_known() -> None:
    """Whoever judges a README without the defects is not told that all its findings are invented."""
    facts = Facts(columns=("rider_age",))
    assert may_be_known(claim_of("`rider_age` came in months from 2022-07 on.", facts), facts)
