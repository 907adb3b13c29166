"""A notebook without findings.json earns a part of what its sentences clearly state."""

from __future__ import annotations

import pytest

from grader.checks.audit import leakage_found
from grader.checks.case import Case
from grader.checks.stated import STATED_WORTH
from grader.evidence.notebook import NotebookEvidence
from tests.grader.case_builder import FEATURES, case_of, with_document

CLEAR = (
    "leak is only filled after the customer left: target leakage.",
    "From 2024-04 charge comes in another unit.",
    "We see drift in usage from 2023-12 on.",
    "Labels of 2024-10 and later are immature.",
)


def told(*sentences: str) -> Case:
    """A case whose notebook says these sentences and writes no file."""
    book = NotebookEvidence(
        path="audit.ipynb", code_cells=1, executed_cells=1, in_order=True, statements=sentences
    )
    return with_document(case_of(), notebook=book)


def test_clear_sentences_earn_a_capped_part_and_say_so() -> None:
    """Every plant is found at the worth of a sentence, and the message tells why not more."""
    case = told(*CLEAR)
    assert [m.credit for m in case.matching.matches] == pytest.approx([STATED_WORTH] * 4)
    assert case.matching.stated
    assert "no findings.json" in leakage_found(case).message
    assert case.matching.false_alarms == ()


def test_a_list_of_columns_states_nothing() -> None:
    """Columns named together under a word are not findings about each."""
    listing = f"Checked for leakage: {', '.join(FEATURES)}."
    assert told(listing).matching.claims == ()
    assert told(listing).matching.recall() == 0.0


@pytest.mark.parametrize("sentence", ["There is no leakage in leak.", "leak looks harmless, not a leak"])
def test_a_denial_is_no_finding(sentence: str) -> None:
    """What is said to be sound was not found."""
    assert told(sentence).matching.recall("leakage") == 0.0


def test_a_doubt_earns_as_a_question() -> None:
    """Half of a sentence's worth where it only asks."""
    credit = told("Might leak be a target leakage?").matching.matches[0].credit
    assert credit == pytest.approx(0.5 * STATED_WORTH)


def test_sentences_over_every_column_are_false_alarms() -> None:
    """One sentence a column costs as a spray of findings does."""
    sprayed = told(*(f"{column} shows target leakage." for column in FEATURES))
    assert sprayed.matching.wrong >= 3
    assert sprayed.matching.spray_discount < 1


def test_a_file_of_findings_goes_before_any_text() -> None:
    """Sentences are read only where there is no file."""
    case = case_of()
    book = case.evidence.document.notebook.model_copy(update={"statements": CLEAR})
    with_file = with_document(case, notebook=book)
    assert with_file.matching.stated == (not with_file.evidence.document.notebook.submitted.findings)
