"""Who denies a defect that is in the data says something false, and tells no finding."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims
from grader.readme.judge import judge_readme


@pytest.fixture
def known(facts: Facts) -> Facts:
    """The invented facts with a changed effect and repeated rows."""
    more = (
        {"kind": "concept_drift", "columns": ["trips_per_week"], "from": "2022-06"},
        {"kind": "duplicate_rows", "columns": []},
    )
    return Facts.model_validate(
        {**facts.model_dump(by_alias=True), "defects": [*facts.model_dump(by_alias=True)["defects"], *more]}
    )


def verdicts(text: str, facts: Facts) -> list[bool]:
    """Whether each checked statement of a text agrees."""
    return [check.agrees for check in check_claims(read_claims(text, facts).claims, facts)]


@pytest.mark.parametrize(
    "text",
    [
        "`refund_count_60d` does not leak.",
        "There is no sign of leakage in `refund_count_60d`.",
        "The unit of `fare_paid_eur` did not change in 2022-03.",
        "The file is clean: no unit change in `fare_paid_eur`.",
        "`app_version` has never drifted.",
        "The effect of `trips_per_week` remained constant from June 2022.",
        "Labels of 2022-11 are complete.",
        "There are no duplicate rows in the file.",
    ],
)
def test_a_denied_defect_is_a_contradiction(known: Facts, text: str) -> None:
    """A denial of what is in the data once earned as much as the finding itself."""
    assert verdicts(text, known) == [False]
    assert judge_readme(text, known).criteria[4].level == 1


@pytest.mark.parametrize(
    "text",
    [
        "`trips_per_week` does not leak: it is known when the month ends.",
        "`refund_count_60d` does not leak any more because it is dropped.",
        "The definition of churn did not change after the fix in 2022-03.",
        "The unit of `fare_paid_eur` did not change before 2022-03.",
        "Labels of 2022-08 are complete.",
        "Labels of 2022-11 are complete in January 2023.",
        "Drift in `app_version` is not a reason to retrain.",
        "`app_version` drifts since 2021-09 and the hits did not move.",
        "The usage behind `fare_paid_eur` did not jump; its unit changed in 2022-03.",
        "`trips_per_week` did not drift in June 2022, but it works differently.",
        "Each load must have no duplicate rows.",
        "If the unit of `fare_paid_eur` has not changed, score.",
    ],
)
def test_an_honest_denial_contradicts_nothing(known: Facts, text: str) -> None:
    """What is not so, not any more, not yet, or not of this kind may be denied."""
    assert False not in verdicts(text, known)


def test_a_denial_is_shown_beside_its_fact(facts: Facts) -> None:
    """Whoever reads the judgment sees what was said and what is so."""
    (claim,) = (
        judge_readme("The unit of `fare_paid_eur` did not change in 2022-03.", facts).criteria[4].claims
    )
    assert claim.agrees is False
    assert (claim.said, claim.fact) == (
        "fare_paid_eur did not change",
        "unit_change in fare_paid_eur from 2022-03",
    )
