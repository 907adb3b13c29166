"""Odd spellings of plain words are read as the plain words."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.wording import plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("We do n\u043et compare", "we do not compare"),
        ("We n\u0435ver compare", "we never compare"),
        ("We do n\u03bft compare", "we do not compare"),
        ("We don\u00b4t compare", "we don't compare"),
        ("We dont compare", "we don't compare"),
        ("It wont run, it cant run, it didnt run", "it won't run, it can't run, it didn't run"),
        ("We do n o t compare", "we do not compare"),
        ("We do nto compare", "we do not compare"),
    ],
)
def test_a_disguised_not_is_read_as_not(written: str, read: str) -> None:
    """Letters of other alphabets, odd apostrophes and left-out ones do not hide a denial."""
    assert plain(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("PSI over 0,2", "psi over 0.2"),
        ("PR-AUC .271, Brier .0418", "pr-auc 0.271, brier 0.0418"),
        ("0,2 to 0,3", "0.2 to 0.3"),
        ("p99 38,4 ms, 4,7 %", "p99 38.4 ms, 4.7 %"),
    ],
)
def test_numbers_without_a_zero_or_with_a_comma_are_read(written: str, read: str) -> None:
    """Statisticians leave the zero out and Germans write a comma; a limit is a limit in either."""
    assert plain(written) == read


@pytest.mark.parametrize(
    "text",
    ["see fig.12", "10,000 rows", "2024.10", "v1.05", "1,0,1", "wait...30 days", "[0,100]", "[0,12,24]"],
)
def test_other_commas_and_dots_stay(text: str) -> None:
    """Thousands, versions, dates and ends of sentences are no decimals."""
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["\u0394 above 0.2", "\u03c3 of 3 months", "the account of the want", "a tent", "not on"]
)
def test_ordinary_words_and_signs_stay(text: str) -> None:
    """Greek signs of formulas and words that end in "nt" are left as they are."""
    assert plain(text) == text.lower()


def test_a_quote_keeps_the_letters_of_the_source(facts: Facts) -> None:
    """Only the reading is folded; what is quoted stays verbatim."""
    text = "PSI of trips_per_week is n\u043et above 0.2 \u00b4today\u00b4."
    assert [claim.quote for claim in read_claims(text, facts).claims] == [text]
