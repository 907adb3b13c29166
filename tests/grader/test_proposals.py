"""Which levels are proposals until a person has looked at them."""

from __future__ import annotations

from grader.proposals import unconfirmed
from grader.reports.wording import still_open
from grader.review.listing import waiting
from tests.grader.reports import builders


def test_readme_levels_and_uncertain_ones_are_proposals() -> None:
    """README levels of a real grading wait for a person, and any level below the confidence; sure ones do not."""
    report = builders.report()
    assert {one.id.split(".")[0] for one in unconfirmed(report)} == {"readme"}
    audit, *rest = report.dimensions
    unsure = audit.criteria[0].model_copy(update={"confidence": 0.6})
    changed = audit.model_copy(update={"criteria": (unsure, *audit.criteria[1:])})
    doubted = report.model_copy(update={"dimensions": (changed, *rest)})
    assert unconfirmed(doubted)[0].id == unsure.id


def test_a_practice_grading_without_containers_needs_nobody() -> None:
    """Who practises alone has nobody to confirm the levels."""
    assert unconfirmed(builders.local_report()) == ()


def test_who_practised_in_docker_was_told_to_wait_for_a_person() -> None:
    """The key's origin says whether somebody practises; without it, in older reports, the executor does."""
    report = builders.report()
    assert unconfirmed(report.model_copy(update={"origin": "practice"})) == ()
    issued = report.model_copy(update={"origin": "issued"})
    assert unconfirmed(issued) == unconfirmed(report)
    assert len(waiting(issued)) == len(waiting(report.model_copy(update={"origin": "practice"}))) + 6
    without_containers = builders.local_report().model_copy(update={"origin": "issued"})
    assert {one.id.split(".")[0] for one in unconfirmed(without_containers)} == {"readme"}


def test_nothing_open_was_said_while_levels_waited() -> None:
    """Reviewers are told how many levels nobody confirmed, beside the points that are open."""
    assert still_open(builders.report()) == "3 pending of 100 points; 6 levels wait for a person"
    assert still_open(builders.local_report()) == "20 not assessed of 100 points"
