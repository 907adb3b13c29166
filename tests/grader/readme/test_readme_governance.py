"""A retraction takes back a section; a sentence that only sounds like one takes back nothing but itself."""

import pytest

from grader.readme.claims import read_claims
from grader.readme.facts import Facts

PLAN = (
    "We compute PSI of every column each week against the training months. Above 0.25 the batch is held. "
    "The team that owns the feed is called."
)


def states(text: str) -> list[str]:
    """How each sentence of a section stands: asserted, negated ..."""
    return [claim.modality for claim in read_claims(f"# Plan\n{text}\n", Facts()).claims]


@pytest.mark.parametrize(
    "said",
    [
        "Nothing of this is done by hand.",
        "We use none of the open months.",
        "I do not suggest to retrain by calendar.",
        "None of the called customers is used in the precision.",
        "None of these limits applies in December, when the bills are estimated.",
        "None of that happens on a weekend.",
        "The last three months are incomplete; none of these rows are used for training.",
        "For the newest month none of these metrics can be computed yet.",
        "None of the figures above is computed on open months.",
    ],
)
def test_a_limit_of_a_plan_does_not_take_it_back(said: str) -> None:
    """Sentences that say when, how or of what a plan is not meant once emptied whole sections, and all their points."""
    assert states(f"{PLAN} {said}")[:3] == ["asserted"] * 3


@pytest.mark.parametrize(
    "said",
    [
        "Out of scope: the call scripts.",
        "As things stand, the labels of May are open.",
        "There is no date for the retirement of the old meter.",
        "It is deliberately left out of training: notice_letter_flag.",
        "What we do not know is the effect of the calls.",
    ],
)
def test_an_opening_about_something_else_denies_nothing_behind_it(said: str) -> None:
    """The same in the first sentence of a section."""
    assert states(f"{said} {PLAN}")[1:] == ["asserted"] * 3


@pytest.mark.parametrize(
    "said",
    [
        "None of this is done yet.",
        "Nothing of that is running here.",
        "We follow none of these.",
        "I do not propose any of this.",
        "None of the checks above is built.",
        "None of the rows above is computed today.",
        "We do not intend to do any of it.",
    ],
)
def test_a_retraction_takes_back_the_whole_section(said: str) -> None:
    """Who takes a plan back at its end has none."""
    assert "asserted" not in states(f"{PLAN} {said}")


@pytest.mark.parametrize(
    "heading", ["Rejected ideas", "Options we discarded", "What I would do with more time", "Future work"]
)
def test_ideas_under_such_a_heading_are_no_plan(heading: str) -> None:
    """A full plan under "Rejected ideas" once earned as much as one under "Plan"."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert not any(claim.pays for claim in found)


@pytest.mark.parametrize(
    "heading",
    [
        "Rejected rows",
        "Dropped columns",
        "What happens with rejected requests",
        "What we dropped from the data",
        "Monitoring and future work",
        "Must have and nice to have",
    ],
)
def test_what_is_rejected_may_be_data(heading: str) -> None:
    """A check on refused rows is a check."""
    found = read_claims(f"# Service\n## {heading}\n{PLAN}\n", Facts()).claims
    assert all(claim.pays for claim in found)
