"""What is announced or documented is told rightly as it is, and wrongly as a defect."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.grounding import check_claims

KNOWN = Facts.model_validate(
    {
        "columns": ["fee", "channel", "visits", "seats", "hours", "weight"],
        "months": {"first": "2021-01", "last": "2022-12"},
        "defects": [
            {"kind": "post_outcome_column", "columns": ["weight"]},
            {"kind": "category_recode", "columns": ["channel"], "from": "2022-01"},
        ],
        "decoys": [
            {"kind": "price_rise", "columns": ["fee"], "from": "2022-04"},
            {"kind": "measured_since", "columns": ["hours"], "from": "2021-01", "to": "2021-05"},
            {"kind": "strong_predictor", "columns": ["visits"]},
            {"kind": "documented_excess", "columns": ["seats"]},
        ],
    }
)


def verdicts(text: str) -> set[bool]:
    """Whether what a text says of these data agrees with them, or contradicts them."""
    return {check.agrees for check in check_claims(read_claims(text, KNOWN).claims, KNOWN)}


@pytest.mark.parametrize(
    "text",
    [
        "`fee` rises by 10 % in 2022-04 with the new price list; nothing to repair.",
        "The step in `fee` from April 2022 is real money and stays.",
        "`hours` is null until 2021-05, before they were measured.",
    ],
)
def test_an_announced_change_is_a_finding(text: str) -> None:
    """Once, a candidate who explained the price rise was told that no change of the column was known."""
    assert verdicts(text) == {True}


@pytest.mark.parametrize(
    "text",
    [
        "`visits` looks like a leak and quacks like a leak, but it only counts what was before the snapshot.",
        "`visits` looks too good. It is not cheating, people who have lost interest come less.",
        "I checked `visits` for hindsight and found none.",
        "`seats` above the number paid for is no error: guests count, says the dictionary.",
        "I nearly reported `hours` as broken, then I read the change log.",
        "Since 2022-09 the PSI of `fee` has not moved any more.",
        "`fee` grew by another 1 % in 2022-10.",
    ],
)
def test_whoever_explains_it_is_not_accused(text: str) -> None:
    """A suspicion that was looked into, and what is said of a column that is explained, contradicts nothing."""
    assert False not in verdicts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Since 2022-04 the billing export is broken: `fee` has a bug, values corrected.",
        "`visits` is a leak, it contains the outcome.",
        "`visits` is measured after the customer has cancelled. We removed it.",
        "Where `seats` is larger than what was paid for the data is corrupt.",
        "`hours` was lost by a fault until 2021-05.",
    ],
)
def test_a_decoy_taken_for_a_defect_contradicts(text: str) -> None:
    """The audit holds a false alarm against a candidate; the README may not earn by the same one."""
    assert verdicts(text) == {False}


def test_a_column_with_a_defect_too_is_judged_by_that() -> None:
    """The dictionary may explain one thing of a column while another is wrong with it."""
    both = KNOWN.model_copy(
        update={"decoys": (*KNOWN.decoys, KNOWN.decoys[0].model_copy(update={"columns": ("channel",)}))}
    )
    text = "`channel` is broken since 2022-01: one level is spelled in another way."
    assert {check.agrees for check in check_claims(read_claims(text, both).claims, both)} == {True}
