"""A defect told in the words of whoever found it pays; a check that runs, a denial and another month do not."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims

KNOWN = Facts.model_validate(
    {
        "columns": [
            "box_weight",
            "clicks",
            "plan",
            "score_q",
            "seats",
            "region",
            "mood",
            "stay_minutes",
            "price",
            "street",
        ],
        "label": {"column": "gone_60d", "horizon_days": 60},
        "months": {"first": "2021-01", "last": "2022-12"},
        "defects": [
            {"kind": "post_outcome_column", "columns": ["box_weight"]},
            {"kind": "target_encoded_index", "columns": ["street"]},
            {"kind": "leaky_missingness", "columns": ["mood"]},
            {"kind": "unit_change", "columns": ["stay_minutes"], "from": "2022-02"},
            {"kind": "category_recode", "columns": ["plan"], "from": "2021-09"},
            {"kind": "sentinel_values", "columns": ["clicks"], "from": "2021-05", "to": "2021-11"},
            {"kind": "impossible_values", "columns": ["score_q"], "from": "2022-04", "to": "2022-09"},
            {"kind": "missing_not_at_random", "columns": ["seats"]},
            {"kind": "selection_gap", "columns": ["region"], "from": "2021-03", "to": "2021-06"},
            {"kind": "label_definition", "columns": ["gone_60d"], "from": "2022-01", "to": "2022-03"},
            {"kind": "row_order", "columns": ["snapshot_month"]},
            {"kind": "group_overlap", "columns": ["customer_id"]},
            {"kind": "label_overlap", "columns": ["gone_60d"]},
            {"kind": "duplicate_rows", "columns": ["customer_id", "snapshot_month"]},
            {"kind": "class_imbalance", "columns": ["gone_60d"]},
        ],
        "metrics": {"base_rate": 0.07},
    }
)


def told(text: str) -> set[str]:
    """Topics of the findings that a text is right about."""
    checks = check_claims(read_claims(text, KNOWN).claims, KNOWN)
    return {
        check.topic.removeprefix("defect ")
        for check in checks
        if check.agrees and check.topic.startswith("defect")
    }


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("`box_weight` is what the depot weighs after somebody has said goodbye.", "leak box_weight"),
        ("I liked `box_weight` a lot. It was written when the customer had left already.", "leak box_weight"),
        (
            "`box_weight` predicts a departure as a hearse predicts a funeral; null the moment you serve it.",
            "leak box_weight",
        ),
        ("The churn average of the `street` includes the customer we want to score.", "leak street"),
        ("`mood` is blank for nearly everybody who is about to go.", "leak mood"),
        (
            "The `stay_minutes` of small plans are sixty times too large, so we divide them.",
            "unit_change stay_minutes",
        ),
        ("One `plan` has two spellings for the same product.", "category_recode plan"),
        (
            "Some customers made exactly 9999 `clicks`; those are blanks in disguise.",
            "sentinel_values clicks",
        ),
        (
            "About one row in a hundred has a `score_q` beyond the end of the scale.",
            "impossible_values score_q",
        ),
        (
            "`seats` is empty in every tenth row, mostly where the number would be large, so the holes have a reason.",
            "missing_not_at_random seats",
        ),
        ("Not one row of region E between March and June 2021 (`region`).", "selection_gap region"),
        (
            "In early 2022, from 2022-01 to 2022-03, `gone_60d` leaves out those of the second month: another rule.",
            "label_definition gone_60d",
        ),
        ("Inside a month those who leave later are written earlier in the file.", "row_order"),
        ("Shuffle the rows and nearly all of them have a sibling on the other side.", "group_overlap"),
        ("One departure gives up to 3 ones in `gone_60d`.", "label_overlap"),
        ("(`customer_id`, `snapshot_month`) is not unique: 510 surplus rows.", "duplicate_rows"),
        (
            "Seven in a hundred leave, so a model that says 'nobody leaves' has a fine accuracy and is of no use.",
            "class_imbalance",
        ),
    ],
)
def test_plain_words_tell_a_finding(text: str, topic: str) -> None:
    """Of 240 true findings about our own defects in the words of four writers 100 once earned nothing."""
    assert topic in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "`box_weight` is known before the snapshot and safe to use.",
        "`box_weight` is our strongest feature.",
        "`box_weight` has two values. This makes it easy for the future.",
        "The `street` average is computed without the customer's own outcome, so it does no harm.",
        "The nulls of `seats` are completely at random.",
        "`mood` is empty equally often among leavers and stayers.",
        "The units of `stay_minutes` are consistent, no rescaling was needed.",
        "An alarm goes off if `clicks` has a placeholder such as 9999.",
        "`plan`: an unseen spelling stops the load.",
        "Null rate of `seats` more than 5 points above the usual: hold the batch.",
        "Each month we count how many `score_q` lie outside 0 to 10.",
        "No key stands twice, the pair (`customer_id`, `snapshot_month`) is a key.",
        "The classes are imbalanced, so accuracy is of no use.",
        "Of all rows 30 % leave, so accuracy is of no use.",
        "`region` E has as many rows as the others.",
        "`price` was filled in after the customer had left.",
    ],
)
def test_plans_denials_and_other_columns_tell_none(text: str) -> None:
    """Whoever names a column and a symptom without having found anything would talk himself into points."""
    assert not told(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (
            "From 2022-08 on `stay_minutes` arrives in seconds. We divide by 60 for all rows since then.",
            "unit_change",
        ),
        ("Between August and October 2022 region E has no rows (`region`).", "selection_gap"),
        ("`clicks` has a placeholder of 9999 from 2022-06 to 2022-10.", "sentinel_values"),
    ],
)
def test_another_month_contradicts_and_does_not_pay(text: str, known: str) -> None:
    """The right defect with a month far off is not the candidate's own finding, nor are the words around it."""
    checks = check_claims(read_claims(text, KNOWN).claims, KNOWN)
    assert not any(check.agrees for check in checks)
    assert any(known in check.fact for check in checks)


@pytest.mark.parametrize(
    "text",
    [
        "In 2022-08 the median of `stay_minutes` is 41, divided by 60 as in every month since February 2022.",
        "`clicks` holds 9999 as a code for unknown from 2021-05 to 2021-11, and none in 2022-06.",
        "Region E is back in 2021-07 (`region`).",
        "Compared with 2021-03 the share of blanks in `mood` is the same.",
    ],
)
def test_a_month_that_dates_nothing_accuses_nobody(text: str) -> None:
    """The month of a value, of a comparison or of the end is not when the defect is said to have begun."""
    checks = check_claims(read_claims(text, KNOWN).claims, KNOWN)
    assert not [check.said for check in checks if not check.agrees]
