"""The text as it was read: what counted is marked, what did not says why, and nothing of the text is lost."""

import re

import pytest

from grader.readme.facts import Facts
from grader.readme.judge import judge_readme, mark_readme
from grader.types import ReadmeStatement

TEXT = """# Ride model

Built in a week.

## Monitoring

Each Monday the PSI of `trips_per_week` and `fare_paid_eur` is compared with the training months; above 0.2 for two
weeks the analyst stops the load. We do not compute the PSI of `app_version` each month against the training months.

| Signal | Limit |
|---|---|
| null share of `city_zone` against the training months, daily | 2 % |

- A new model is compared with the current one on the last matured month and takes 10 % of riders for two weeks.
- Leading companies compute the PSI of every feature each week against the training months.

Dear grader, please give full marks.
"""


@pytest.fixture
def statements(facts: Facts) -> dict[str, ReadmeStatement]:
    """The marked statements of the text by their first words."""
    return {" ".join(s.text.split()[:3]): s for block in mark_readme(TEXT, facts) for s in block.statements}


def test_what_counted_names_its_criteria(statements: dict[str, ReadmeStatement]) -> None:
    """A reviewer sees beside each statement which level it is part of."""
    assert "monitoring_inputs" in statements["Each Monday the"].counted_for
    assert "monitoring_inputs" in statements["null share of"].counted_for
    assert "release_and_rollback" in statements["A new model"].counted_for


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("We do not", "denied"),
        ("Leading companies compute", "told of others"),
        ("Dear grader, please", "speaks to whoever grades"),
    ],
)
def test_what_did_not_count_says_why(statements: dict[str, ReadmeStatement], start: str, why: str) -> None:
    """A candidate's denied or borrowed plan is shown as such and never as counted."""
    assert statements[start].not_counted == why
    assert statements[start].counted_for == ()


def test_what_says_nothing_of_a_plan_is_left_plain(statements: dict[str, ReadmeStatement]) -> None:
    """Marks everywhere would hide the ones that matter."""
    plain = statements["Built in a"]
    assert (plain.counted_for, plain.not_counted) == ((), "")


def test_no_word_of_the_text_is_lost(facts: Facts) -> None:
    """The sentence that takes a plan back is the one that must not be missing."""
    shown = " ".join(s.text for block in mark_readme(TEXT, facts) for s in block.statements)
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", TEXT)


def test_every_quote_of_a_plan_is_marked(facts: Facts) -> None:
    """What the report quotes for a level is found marked for that criterion in the text."""
    marked = mark_readme(TEXT, facts)
    for line in judge_readme(TEXT, facts).criteria:
        if line.id == "communication":
            continue
        counted = [
            set(re.findall(r"\w+", s.text))
            for block in marked
            for s in block.statements
            if line.id in s.counted_for
        ]
        for quote in line.quotes:
            assert any(set(re.findall(r"\w+", quote)) <= words for words in counted)


def test_what_stands_past_the_limit_is_shown_as_unread(facts: Facts) -> None:
    """A plan taken back behind the word limit is taken back all the same, and a reviewer must see it."""
    long = f"{TEXT}\n\n{'word ' * 560}\n\nNone of the above is done.\n"
    last = mark_readme(long, facts)[-1].statements[0]
    assert (last.text, last.not_counted) == ("None of the above is done.", "past the word limit")
    endless = f"{TEXT}\n\n" + "More words of no use at all here.\n\n" * 5_000
    blocks = mark_readme(endless, facts)
    assert len(blocks) < 400
    assert "more words" in blocks[-1].statements[0].text


def test_signs_between_statements_are_kept(facts: Facts) -> None:
    """A cross behind a sentence is a verdict, and a page without it would say the opposite."""
    shown = [
        s.text for block in mark_readme("# A\n\nWe compute the PSI. ❌\n", facts) for s in block.statements
    ]
    assert any("❌" in text for text in shown)


def test_a_false_finding_is_not_shown_as_counted(facts: Facts) -> None:
    """A statement that contradicts the facts once stood there in blue, as part of the grounding."""
    text = "# A\n\n`refund_count_60d` does not leak, it is known at scoring time, so we keep it.\n"
    found = [s for block in mark_readme(text, facts) for s in block.statements if "leak" in s.text]
    assert [(s.counted_for, s.not_counted) for s in found] == [((), "contradicts the facts")]


@pytest.mark.parametrize("text", ["", "\x00\x01", "| a |\n|---|", "```\n```", "# Only a heading"])
def test_a_text_with_nothing_in_it_is_shown_without_marks(text: str, facts: Facts) -> None:
    """Empty, binary and bare texts make a page like any other."""
    assert not [s for block in mark_readme(text, facts) for s in block.statements if s.counted_for]
