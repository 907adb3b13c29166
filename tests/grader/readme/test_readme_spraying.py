"""Columns named by the dozen with a symptom each are no findings, and a few that are right stay ones."""

import pytest

from grader.readme.facts import Facts
from grader.readme.judge import judge_readme

COLUMNS = tuple(f"{word}_{number}" for word in ("usage", "fee", "score", "visits") for number in range(10))
KNOWN = Facts.model_validate(
    {
        "columns": COLUMNS,
        "months": {"first": "2021-01", "last": "2022-12"},
        "defects": [
            {"kind": "post_outcome_column", "columns": ["usage_3"]},
            {"kind": "leaky_missingness", "columns": ["fee_4"]},
            {"kind": "missing_not_at_random", "columns": ["score_5"]},
            {"kind": "identifier_leak", "columns": ["visits_6"]},
        ],
    }
)
HEAD = "# Notes\n\nWe look after the model every month.\n\n"


def level(text: str) -> int:
    """The level of `grounded_in_this_work`."""
    return next(c.level for c in judge_readme(HEAD + text, KNOWN).criteria if c.id == "grounded_in_this_work")


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"`{name}` was dropped." for name in COLUMNS),
        "\n".join(f"- `{name}`: blanks, excluded." for name in COLUMNS),
        "We found nulls and removed what knows the future in "
        + ", ".join(f"`{name}`" for name in COLUMNS)
        + ".",
        "| column | null rate | verdict |\n|---|---|---|\n"
        + "\n".join(f"| `{name}` | 3.7 % | dropped |" for name in COLUMNS),
    ],
    ids=["sentences", "items", "one sentence", "table"],
)
def test_saying_it_of_all_columns_earns_nothing(text: str) -> None:
    """Forty columns "dropped" without a look at the data once made the highest level: some of them had to be right."""
    assert level(text) == 1


def test_a_few_columns_that_are_right_stay_findings() -> None:
    """Whoever looked names the columns that have something, and perhaps one that has not."""
    text = (
        "`usage_3` is written after the customer has left and was dropped. `fee_4` is empty for those who leave. "
        "`score_5` is null mostly where it would be high. `fee_1` was removed too."
    )
    assert level(text) > 1
