"""The split by time: months, embargo, immature labels, customers on both sides, rows left out."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import evaluation as check
from grader.checks.case import Case
from grader.evidence.modelling import SPLITS
from grader.metrics import month_index
from tests.grader.case_builder import case_of, split_of, world

TRAIN, TEST = SPLITS.index("train"), SPLITS.index("test")


def split_credit(codes: np.ndarray) -> float:
    """Credit of the split check for these codes per issued row."""
    return check.split_respects_time(case_of(split=codes)).credit


def test_a_random_split_loses_nearly_all() -> None:
    """Months on both sides are no split by time."""
    months = world()[0]["snapshot_month"].map(month_index).to_numpy()
    codes = np.random.default_rng(1).integers(0, 2, months.size) * TEST
    assert split_credit(np.where(months <= month_index("2024-09"), codes, -1)) < 0.1


def apart(shared: float = 0.0) -> Case:
    """A split by customer over all mature months; `shared` of the tested customers are fitted, too."""
    issued, _ = world()
    known = issued["customer_id"].unique()
    tested = known[: known.size // 2]
    codes = np.where(issued["customer_id"].isin(tested), TEST, TRAIN)
    both = issued["customer_id"].isin(tested[: int(shared * tested.size)]).to_numpy()
    codes[both & (issued["snapshot_month"] <= "2023-06").to_numpy()] = TRAIN
    return case_of(split=np.where(issued["snapshot_month"] <= "2024-09", codes, -1))


def test_customers_kept_apart_were_worth_nothing_though_the_page_said_so() -> None:
    """Where time does not part, a split by customer keeps a quarter, and less than any that time parts."""
    finding = check.split_respects_time(apart())
    assert finding.credit == pytest.approx(0.25 * (0.7 + 0.2 + 0.1 * 0.5 / 0.97), abs=0.002)
    assert "0% of the test rows are of customers that were fitted" in finding.message
    some = check.split_respects_time(apart(shared=0.1))
    assert 0.1 < some.credit < finding.credit
    assert check.split_respects_time(apart(shared=0.5)).credit < 0.1


def test_a_split_by_time_is_not_asked_about_customers() -> None:
    """Most customers are in all months, which production has as well."""
    finding = check.split_respects_time(case_of())
    assert finding.credit == 1
    assert "customers" not in finding.message
    assert not any("customers" in shown.where for shown in finding.proofs)


def test_churners_left_out_of_the_test_are_seen() -> None:
    """A hand-picked test costs little by its rows alone, so its churn rate stands beside that of its months."""
    issued, _ = world()
    codes = split_of(issued["snapshot_month"])
    stayed = (issued["churned_90d"] == 0).to_numpy()
    kept = np.random.default_rng(0).random(codes.size) < 0.6
    finding = check.split_respects_time(case_of(split=np.where((codes == TEST) & stayed & ~kept, -1, codes)))
    shown = next(p for p in finding.proofs if p.where == "rows left out of the test months")
    rates = [float(word) for word in shown.measured.replace(",", "").split() if word.startswith("0.")]
    assert rates[0] > 1.2 * rates[1]
    assert "of the rows of the test months are tested" in finding.message
    whole = check.split_respects_time(case_of())
    assert not any("left out" in p.where for p in whole.proofs)
    assert "are tested" not in whole.message


@pytest.mark.parametrize(("gap", "credit"), [(1, 0.417), (2, 0.533), (3, 1), (5, 1)])
def test_the_embargo_is_the_label_horizon(gap: int, credit: float) -> None:
    """Adjoining months overlap in their label windows and lose about half; three months apart is full."""
    issued, _ = world()
    earned = split_credit(split_of(issued["snapshot_month"], gap=gap))
    assert earned == pytest.approx(credit, abs=0.001)


@pytest.mark.parametrize(("gap", "said"), [(1, "1 month apart"), (2, "2 months apart")])
def test_incident_a_single_month_is_no_months(gap: int, said: str) -> None:
    """Reports said "1 months apart" and "only 1 month(s)"."""
    finding = check.split_respects_time(case_of(split=split_of(world()[0]["snapshot_month"], gap=gap)))
    assert f"only {said}:" in finding.message
    assert next(p for p in finding.proofs if p.where == "split").measured.startswith(f"{said}; ")


def test_immature_test_months_cost() -> None:
    """Testing on months whose outcome was not known in full is no test."""
    months = world()[0]["snapshot_month"].map(month_index).to_numpy()
    codes = np.full(months.size, -1)
    codes[months <= month_index("2024-06")] = TRAIN
    codes[months >= month_index("2024-10")] = TEST
    assert split_credit(codes) <= 0.8
    codes[months >= month_index("2024-09")] = TEST
    assert split_credit(codes) <= 0.8


def test_a_token_training_row_does_not_make_a_split() -> None:
    """Listing a single old row as training proves no embargo."""
    issued, _ = world()
    codes = split_of(issued["snapshot_month"])
    trained = np.flatnonzero(codes == TRAIN)
    codes[trained[1:]] = -1
    assert split_credit(codes) < 0.05
    codes[trained] = -1
    assert split_credit(codes) <= 0.1


def test_a_sampled_test_set_is_accepted() -> None:
    """A quarter of the customers held out by time is a right answer in another form; only completeness costs."""
    issued, _ = world()
    codes = split_of(issued["snapshot_month"])
    codes[(codes == TEST) & (issued["customer_id"] % 4 != 0)] = -1
    assert 0.9 <= split_credit(codes) < 1.0
