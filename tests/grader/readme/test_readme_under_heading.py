"""A statement is read with a heading that is its condition or names retraining; other headings lend nothing."""

from __future__ import annotations

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.reader import fitted_reader

WATCHED = {"is", "ir", "il"}
DUE = {"tc", "tu"}


def stated(text: str, facts: Facts, topics: str = "it") -> set[str]:
    """Elements of inputs and retraining, or other topics, that the paying claims of a text state clearly."""
    reader = fitted_reader()
    claims = read_claims(f"# Ride churn\n\nThe service runs.\n\n{text}\n", facts).claims
    read = reader.read(claims)
    return {
        code
        for number, claim in enumerate(claims)
        for code, chance in zip(reader.elements, read[number], strict=True)
        if claim.pays and chance > 0.5 and code[0] in topics and not code.endswith("x")
    }


def test_incident_a_plan_whose_limits_stood_in_its_headings_said_nothing(facts: Facts) -> None:
    """ "If PSI of x against the training months is over 0.25", and below it "Ticket.", is one sentence in two lines."""
    told = "## If PSI of `trips_per_week` against the training months is over 0.25\n\nTicket. The list still goes out."
    assert stated(told, facts) >= WATCHED
    assert not stated("Ticket. The list still goes out.", facts) & WATCHED


@pytest.mark.parametrize(
    "heading",
    [
        "PSI of `trips_per_week` against the training months over 0.25",
        "If PSI of `trips_per_week` against the training months is over 0.25?",
        "If drift is found",
        "If a bank sees PSI over 0.25 (heard at a conference)",
    ],
)
def test_other_headings_lend_nothing(facts: Facts, heading: str) -> None:
    """Terms in a heading, a question and what others would do are no plan, whatever stands below."""
    assert not stated(f"## {heading}\n\nTicket. The list still goes out.", facts) & WATCHED


@pytest.mark.parametrize(
    "answer", ["Nothing happens.", "Nobody knows.", "Open question.", "I would not know what to do."]
)
def test_a_condition_without_an_answer_is_no_plan(facts: Facts, answer: str) -> None:
    """The limit of a heading is held by nobody if what stands below leaves open what is done."""
    heading = "## If PSI of `trips_per_week` against the training months is over 0.25"
    assert not stated(f"{heading}\n\n{answer}", facts) & WATCHED


@pytest.mark.parametrize(
    "text",
    [
        "`docker compose up` starts it on port 8000.",
        "p99 is 61 ms, 3 workers.",
        "The old version is 1.2, the new one 1.3.",
        "10 % is a usual share.",
    ],
)
def test_incident_any_statement_below_deployment_and_rollback_named_a_way_back(
    facts: Facts, text: str
) -> None:
    """What the heading says by itself is not said by each statement below it."""
    assert "rb" not in stated(f"## Deployment and rollback\n\n{text}", facts, "r")


def test_only_the_first_statement_has_the_condition(facts: Facts) -> None:
    """What stands further down in the section stands for itself."""
    heading = "## If PSI of `trips_per_week` against the training months is over 0.25"
    assert not stated(f"{heading}\n\nWhy?\n\nThe model is a tree model.", facts) & WATCHED


@pytest.mark.parametrize("heading", ["When do I retrain?", "Retrain", "When to fit again"])
def test_incident_a_reason_to_retrain_below_that_question_was_none(facts: Facts, heading: str) -> None:
    """A trigger in a few words is a limit that is looked at, or a reason to retrain, by the heading alone."""
    trigger = "Calibration alarm two ripe months running, PR-AUC below 0.21 twice."
    assert stated(f"## {heading}\n\n{trigger}", facts) >= DUE


@pytest.mark.parametrize(
    "text",
    [
        "## When do I retrain?\n\nWhenever it makes sense. We keep an eye on the model.",
        "## When would a big company retrain?\n\nPR-AUC below 0.21 for two months.",
        "## Retraining (rule dropped, no new rule yet)\n\nPR-AUC below 0.21 for two months.",
        "## Release\n\nOne month in shadow.",
    ],
)
def test_a_heading_about_retraining_is_no_trigger(facts: Facts, text: str) -> None:
    """Platitudes, others' habits and dropped rules stay what they are below the best of headings."""
    assert not stated(text, facts) & DUE
