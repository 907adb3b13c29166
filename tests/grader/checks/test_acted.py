"""What a candidate did about a defect is an action; to put it off is none."""

from __future__ import annotations

import pytest

from grader.checks.acted import acts
from grader.checks.audit import statistics_recompute
from tests.grader.case_builder import case_of, finding, plant

PUT_OFF = ("to be decided", "to be done", "not yet", "later", "open", "undecided", "tbd", "TBD.", "to_be_decided",
           "t.b.d.", "to do", "TODO", "still open", "not yet decided", "nothing done yet", "decide later", "pending",
           "Yet to be determined", "not decided")  # fmt: skip
ACTIONS = ("open a ticket with the owner", "drop later months", "done", "excluded until confirmed", "drop", "relabel",
           "opened a ticket; dropped until it is decided", "to be safe, dropped", "use later labels only",
           "not used in training", "pending rows dropped", "deferred billing rows removed")  # fmt: skip


@pytest.mark.parametrize("kind", ["post_outcome_column", "class_imbalance"])
def test_incident_an_action_put_off_counted_as_one(kind: str) -> None:
    """What was to be decided for every defect kept all points; a fact that may be kept needs an answer as well."""
    there = plant(kind=kind)
    assert [words for words in PUT_OFF if acts(finding(kind, action=words), there)] == []
    assert [words for words in ACTIONS if not acts(finding(kind, action=words), there)] == []


def test_to_put_off_earns_what_to_keep_earns() -> None:
    """The line of the audit pays for neither."""
    earned = [statistics_recompute(case_of(findings=[finding("target_leakage", "leak", action=words)])).credit
              for words in ("drop", "keep", "to be decided", "open")]  # fmt: skip
    assert earned[0] > 0
    assert set(earned[1:]) == {0.0}
