"""An action that drops a column is worth nothing where the served model moves with it; every other one stays."""

from __future__ import annotations

import pytest

from grader.checks import audit as check
from grader.checks.carried_out import drops_column, still_served
from grader.evidence.service import ColumnMoves
from tests.grader.case_builder import case_of, finding, plant, with_document

MOVING = ColumnMoves(name="usage", rows=40, moved=31)


def evidence_of(*columns: ColumnMoves, action: str = "drop", **changed) -> tuple[float, str]:  # type: ignore[no-untyped-def]
    """Credit and message of the evidence line for one finding about one plant, with these columns asked."""
    there = plant(**{"kind": "covariate_drift", "columns": ("usage",), "family": "change", **changed})
    claim = finding(there.kind, *there.columns, action=action)
    case = case_of(plants=[there], findings=[claim])
    service = case.evidence.document.service.model_copy(update={"columns": columns})
    judged = check.statistics_recompute(with_document(case, service=service))
    return judged.credit, judged.message


def test_incident_a_dropped_column_was_served_and_its_action_paid() -> None:
    """Only the seeded leak was held against what is served; for all other columns the word was enough."""
    paid, _ = evidence_of()
    lost, said = evidence_of(MOVING)
    assert paid > lost == 0.0
    assert "finding 1" in said
    assert "still moves" in said


def test_what_others_earn_beyond_full_marks_does_not_make_up_for_it() -> None:
    """Full marks are reached at 80 %: a dropped column that is served must be seen in them."""
    plants = [plant(kind="covariate_drift", columns=(name,), family="change") for name in ("usage", "charge")]
    claims = [finding("covariate_drift", name, action="drop") for name in ("usage", "charge")]
    case = case_of(plants=plants, findings=claims)
    service = case.evidence.document.service.model_copy(update={"columns": (MOVING,)})
    fine = check.statistics_recompute(case).credit
    assert check.statistics_recompute(with_document(case, service=service)).credit == pytest.approx(fine / 2)


@pytest.mark.parametrize("columns", [
    (), (MOVING.model_copy(update={"moved": 0}),), (MOVING.model_copy(update={"moved": 3}),),
    (MOVING.model_copy(update={"rows": 12, "moved": 12}),), (MOVING.model_copy(update={"name": "charge"}),),
])  # fmt: skip
def test_what_is_not_shown_to_be_served_costs_nothing(columns: tuple[ColumnMoves, ...]) -> None:
    """A column that was not asked, hardly moves, or was asked on few rows leaves the action its part."""
    assert evidence_of(*columns) == evidence_of()


@pytest.mark.parametrize(
    "action", ["rescale", "repair", "impute", "exclude_rows", "drop and rebuild from history"]
)
def test_a_repaired_column_may_be_served(action: str) -> None:
    """Only dropping says that a column is not used."""
    assert evidence_of(MOVING, action=action) == evidence_of(action=action)


def test_the_seeded_leak_is_paid_for_once() -> None:
    """It has a measurement and a price of its own."""
    leak = {"kind": "target_leakage", "family": "leakage", "seeded": True}
    assert evidence_of(MOVING, **leak) == evidence_of(**leak)


def test_of_two_columns_that_say_the_same_one_may_stay() -> None:
    """Only where all columns of the finding move was none dropped."""
    there = plant(kind="target_leakage", columns=("usage", "charge"), family="leakage")
    claim = finding("target_leakage", "usage", "charge", action="drop")
    case = case_of(plants=[there], findings=[claim])

    def served(*columns: ColumnMoves) -> int:
        service = case.evidence.document.service.model_copy(update={"columns": columns})
        return len(still_served(with_document(case, service=service), claim, there))

    still = MOVING.model_copy(update={"name": "charge", "moved": 0})
    assert served(MOVING, still) == served(MOVING) == 0
    assert served(MOVING, still.model_copy(update={"moved": 40})) == 2


@pytest.mark.parametrize(("action", "leak", "quality"), [
    ("drop", True, False), ("Dropped.", True, False), ("removed from the feature set", True, True),
    ("drop_column", True, True), ("exclude the column: nulls are known after the outcome", True, True),
    ("we dropped it before training (known a month later)", True, False), ("dropping", True, False),
    ("exclude_rows", False, False), ("drop rows after 2023-05", False, False),
    ("drop the null indicator", False, False),
    ("drop, then rebuild from the panel", False, False), ("drop until the feed is repaired", False, False),
    ("drop duplicates", False, False), ("deduplicate", False, False), ("keep", False, False), ("", False, False),
    ("drop from 2024-01 on", False, False), ("impute", False, False),
])  # fmt: skip
def test_which_words_say_that_a_column_is_dropped(action: str, leak: bool, quality: bool) -> None:
    """In a column with wrong values it may be rows that go, unless the words name the column."""
    kinds = {"leakage": leak, "change": leak, "quality": quality}
    assert {family: drops_column(action, plant(family=family)) for family in kinds} == kinds


@pytest.mark.parametrize("action", [
    "remove history before the change", "exclude affected customers", "drop the old labels", "drop units",
    "remove unseen categories", "removed the look-ahead: trailing average", "remove the trend", "drop in v2",
    "drop raw, use month-over-month difference", "drop later", "drop if psi high", "drop (not yet done)",
    "remove the scale difference; ratio to the median of its month", "drop, then use the rank", "drop? ask owner",
    "dropped raw, month-relative rank used", "drop the column in v2", "drop column and use its log",
    "drop from training before 2024-01", "drop the usage of old customers", "usage drops", "drop: rows after May",
    "drop usage's trend", "exclude_pre_change_data", "drop_after_review", "drop, pending review", "not dropped",
    "drop it from the segment model only", "the column was removed from 2024 on", "drop the column, v2",
])  # fmt: skip
@pytest.mark.parametrize("family", ["leakage", "change", "quality"])
def test_incident_rows_levels_and_trends_that_go_were_taken_for_columns(action: str, family: str) -> None:
    """Honest repairs begin with the same verbs: what is not said to be the column's end is held against nobody."""
    assert not drops_column(action, plant(family=family), ("usage", "avg_usage_3m"))


@pytest.mark.parametrize(("action", "quality"), [
    ("drop the column", True),
    ("drop usage", True), ("drop `avg_usage_3m` and usage", True), ("remove avg usage 3m: set afterwards", True),
    ("column dropped", True), ("usage was removed", True), ("the feature is unused", True), ("left out", False),
    ("usage, avg_usage_3m were left out before training", True), ("feature excluded from the model", True),
    ("drop it entirely", False), ("remove them from the model", False), ("1. drop", False), ('"drop"', False),
    ("drop because it is set after the outcome", False), ("Action: drop", False), ("not used as a feature", True),
    ("dropped it and refit", False), ("drop the leaky column: filled in rows of churners", True),
])  # fmt: skip
def test_a_column_is_dropped_in_either_order_and_by_its_name(action: str, quality: bool) -> None:
    """Another order of the words is no way out, and the finding's own columns are columns."""
    kinds = {"leakage": True, "change": True, "quality": quality}
    columns = ("usage", "avg_usage_3m")
    assert {family: drops_column(action, plant(family=family), columns) for family in kinds} == kinds


def test_another_column_is_not_the_findings() -> None:
    """What is dropped under another name is not what the finding is about."""
    assert not drops_column("drop charge", plant(family="change"), ("usage",))
