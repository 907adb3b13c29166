"""Whose figure a number is: the served model's, another model's, another part's, or nobody's in particular."""

import re

import pytest

from grader.readme.figure_scope import Cell, row_cells, scope_at, scope_of, with_test_months_named


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("the baseline has a pr-auc of #0.19", "model"),
        ("pr-auc 0.27 (baseline #0.19), roc-auc 0.83", "model"),
        ("pr-auc 0.27 (baseline 0.19), roc-auc #0.83", ""),
        ("pr-auc #0.19 (baseline)", "model"),
        ("logistic regression: pr-auc 0.21, roc-auc #0.79", "model"),
        ("train 0.45, valid #0.29, test 0.27", "other"),
        ("train 0.45, valid 0.29, test #0.27", "served"),
        ("in august 2024 alone the test pr-auc was #0.25", "other"),
        ("on the test months july to september 2024 pr-auc is #0.25", "served"),
        ("better than the baseline: pr-auc #0.3", ""),
        ("unlike logistic regression our model has #0.3", "served"),
        ("for enterprise customers pr-auc is #0.18", "other"),
        ("our model gets #0.45 on the training months", "other"),
        ("with a random split i got #0.9", "other"),
        ("the aim is a pr-auc of #0.3", "other"),
        ("the live model has a pr-auc of #0.3", "served"),
        ("the leak test on qcol (auc alone #0.71) raised a red flag", "other"),
        ("gradient boosted decision trees, pr-auc #0.3", ""),
    ],
)
def test_a_number_belongs_to_what_stands_nearest(text: str, scope: str) -> None:
    """The same number is a lie about our model and an honest figure of another one."""
    start = text.index("#")
    text = text.replace("#", "")
    number = re.compile(r"\d\.\d+").match(text, start)
    assert number is not None
    assert scope_at(text, start, number.end()) == scope


def test_a_heading_speaks_for_figures_that_say_nothing() -> None:
    """Under "Baseline" a bare figure is the baseline's."""
    assert scope_at("pr-auc 0.19", 7, 11, "baseline | ") == "model"
    assert scope_at("our model: pr-auc 0.19", 18, 22, "baseline | ") == "served"


def test_a_header_may_name_the_served_model_in_plain_words() -> None:
    """ "Value" and "now" head the column of the served model; in a sentence they say nothing of whose figure it is."""
    assert scope_of("value", header=True) == "served"
    assert scope_of("value") == ""
    assert scope_of("valid", header=True) == "other"


def test_a_row_is_parted_into_its_cells() -> None:
    """What is a header and what is text decides whose figure a cell holds."""
    assert row_cells("metric: pr-auc | 0.2 | tuned: 0.27") == (
        Cell("metric", "pr-auc"),
        Cell("", "0.2"),
        Cell("tuned", "0.27"),
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("on july to september 2024 the model", True),
        ("from 2024-07 to 2024-09 it is", True),
        ("on 2024-07..2024-09 it is", True),
        ("on july–september 2024 it is", True),
        ("on april to september 2024 it is", False),
        ("in july 2024 it is", False),
    ],
)
def test_the_months_of_the_test_are_the_test(text, named):
    """Who writes the months out speaks of the whole test; other months stay a part, and places stay where they were."""
    found = with_test_months_named(text, "2024-07", "2024-09")
    assert ("test" in found) == named
    assert len(found) == len(text)
    assert with_test_months_named(text, None, None) == text
