"""What several checks share of a submission: above all, which label a test row is judged by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.checks.case import Case
from tests.grader.case_builder import DEFAULT_PLANTS, case_of, finding, plant, served_case, split_of, world

ISSUED, _ = world()
ROWS = np.flatnonzero(split_of(ISSUED["snapshot_month"]) >= 0)
LABEL = ISSUED["churned_90d"].to_numpy()[ROWS]


def noise(count: int, label_months: dict[str, str]) -> list:
    """The default plants and a label defect that changed so many labels in these months."""
    wrong = plant(
        id="label_noise_slice",
        kind="label_noise_slice",
        family="quality",
        columns=("churned_90d",),
        label_months=label_months,
        affected_rows={"count": count, "sha256": "0" * 64},
    )
    return [*DEFAULT_PLANTS, wrong]


def judged(used: np.ndarray, count: int, months: dict[str, str]) -> Case:
    """The case of a submission with these repaired labels."""
    return case_of(plants=noise(count, months), arrays={"predictions.y_used": used})


def repaired(flips: int) -> np.ndarray:
    """The issued labels with the first so many test labels turned round."""
    test = np.flatnonzero(ISSUED["snapshot_month"].to_numpy()[ROWS] >= "2024-07")
    used = LABEL.copy()
    used[test[:flips]] = 1 - used[test[:flips]]
    return used


EVERYWHERE = {"from": "2023-01", "to": "2024-09"}


def test_a_due_repair_of_labels_is_what_test_rows_are_judged_by() -> None:
    """Who found wrong labels and mended them must not be measured against the wrong ones."""
    used = repaired(100)
    case = judged(used, 1000, EVERYWHERE)
    assert (case.test.y != case_of().test.y).sum() == 100


def test_rewriting_labels_wholesale_changes_nothing() -> None:
    """A label defect somewhere is no licence to write the labels one would like to have predicted."""
    case = judged(repaired(1500), 1000, EVERYWHERE)
    assert np.array_equal(case.test.y, case_of().test.y)


def test_labels_outside_the_defect_stay_as_issued() -> None:
    """A repair counts in the months of the defect alone."""
    case = judged(repaired(100), 1000, {"from": "2023-01", "to": "2023-06"})
    assert np.array_equal(case.test.y, case_of().test.y)


@pytest.mark.parametrize(
    ("kind", "column", "action"),
    [
        ("identifier_leak", "customer_id", "replaced by a random surrogate key"),
        ("row_order", "snapshot_month", "restore the order of arrival"),
    ],
)
def test_incident_a_word_about_a_key_failed_thirteen_criteria(kind: str, column: str, action: str) -> None:
    """A leak that lies in a key is mended in no column, so its action must not look for one in the twin."""
    leak = plant(id=kind, kind=kind, columns=(column,), at_scoring="honest")
    case = served_case(plants=[leak], findings=[finding(kind, column, action=action)])
    twin = Case(case.evidence, replace(case.truth, twin=case.truth.issued.copy()))
    assert twin.matching.matches[0].credit == 1.0
    assert not twin.recomputed_rows.any()
    assert twin.served_model == "tuned"
