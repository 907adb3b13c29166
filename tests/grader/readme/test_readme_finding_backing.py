"""Words that fit any column of any data tell no finding; those that show a look at it do."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims
from grader.readme.judge import judge_readme

KNOWN = Facts.model_validate(
    {
        "columns": ["box_weight", "mood_last", "seats_used", "rate_open", "plan_kind", "gap_calls"],
        "label": {"column": "gone_60d", "horizon_days": 60},
        "months": {"first": "2021-01", "last": "2022-12"},
        "defects": [
            {"kind": "post_outcome_column", "columns": ["box_weight"]},
            {"kind": "leaky_missingness", "columns": ["mood_last"]},
            {"kind": "missing_not_at_random", "columns": ["seats_used"]},
            {"kind": "unit_change", "columns": ["rate_open"], "from": "2022-05"},
            {"kind": "missingness_shift", "columns": ["gap_calls"], "from": "2021-04", "to": "2021-09"},
            {"kind": "identifier_leak", "columns": ["customer_id"]},
            {"kind": "group_overlap", "columns": ["customer_id"]},
            {"kind": "class_imbalance", "columns": ["gone_60d"]},
            {"kind": "label_immaturity", "columns": ["gone_60d"], "from": "2022-11"},
        ],
        "metrics": {"base_rate": 0.06},
    }
)


def told(text: str) -> bool:
    """Whether a text tells a finding."""
    checks = check_claims(read_claims(text, KNOWN).claims, KNOWN)
    return any(check.agrees and check.topic.startswith("defect") for check in checks)


@pytest.mark.parametrize(
    "text",
    [
        "Missing `seats_used` is imputed with the median.",
        "Pydantic accepts null for `mood_last`.",
        "`seats_used` is never null.",
        "`mood_last` has hardly any nulls.",
        "The unit of `rate_open` is a share.",
        "`box_weight` was removed because it has low importance.",
        "Suppose `mood_last` is blank when a customer has left.",
        "Open question: `box_weight` - leak or not.",
        "We reach an accuracy of 94 %.",
        "The same customer appears in many months, that does no harm and we split by rows.",
        "In spring 2021 `rate_open` was written in percent instead of a share.",
        "`gap_calls` is empty since 2022-04.",
        "The labels before 2022-11 are immature.",
        "In 2022-05 a column changed.",
    ],
)
def test_words_of_a_finding_alone_tell_none(text: str) -> None:
    """Of 753 texts by somebody who had not looked at the data 495 once paid."""
    assert not told(text)


@pytest.mark.parametrize(
    "text",
    [
        "`seats_used` is null in every tenth row, mostly in large accounts.",
        "`mood_last` is null for most of those who leave.",
        "`rate_open` is written in percent instead of a share since May 2022.",
        "In spring 2022 `rate_open` became a hundred times larger.",
        "`box_weight` is written after the goodbye, so it was dropped.",
        "Accuracy is of no use, since only 6 % leave.",
    ],
)
def test_whoever_has_looked_tells_one(text: str) -> None:
    """The rules that take words back leave the plain findings."""
    assert told(text)


def test_what_follows_from_the_brief_is_level_two_at_most() -> None:
    """A paragraph that holds of any such data made the highest level in four of five variants."""
    text = (
        "# Data\n\nCustomers repeat over months, so we split by customer_id. The last two months have immature "
        "labels and are left out. Accuracy is of no use since about 6 in 100 leave. These figures hold for the test "
        "months only.\n"
    )
    found = next(c for c in judge_readme(text, KNOWN).criteria if c.id == "grounded_in_this_work")
    assert found.level == 2
