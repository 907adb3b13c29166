"""The small pure parts of training: split, decision, lift, intervals, calibration."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from scoring.calibration import Calibration
from scoring.features import FeatureSpec, UnitRepair, encode
from sklearn.metrics import average_precision_score
from training.calibrate import at_usual_rate, choose_calibration, fit_isotonic, fit_platt, usual_rows
from training.decision import Decision, called, decide, profit
from training.metrics import at_capacity, lift_table, weighted_average_precision
from training.prepare import Business, file_hash
from training.split import split_months

MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
BUSINESS = Business(call_cost=12, save_rate=0.25, kept_value=240, capacity=0.1)


def test_split_leaves_gaps_of_three_months() -> None:
    """The gaps are as long as the label looks ahead, and the immature months are in no split."""
    split = split_months(MONTHS, "2024-09", 3)
    assert split.test == ("2024-07", "2024-08", "2024-09")
    assert split.calibration == ("2024-04",)
    assert split.validation == ("2024-02", "2024-03")
    assert split.train[-1] == "2023-11"


def test_split_refuses_too_few_months() -> None:
    """A short table must fail with the number of months needed, not with an empty split."""
    with pytest.raises(ValueError, match="too few"):
        split_months(MONTHS[:9], "2023-09", 3)


def test_break_even_is_cost_over_expected_value() -> None:
    """12 EUR against 25 % of 240 EUR is a probability of one in five."""
    assert BUSINESS.break_even == pytest.approx(0.2)
    assert profit(BUSINESS, np.array([1, 0, 0, 0, 0]), np.ones(5, dtype=bool)) == pytest.approx(0.0)


def test_threshold_rises_where_capacity_binds() -> None:
    """With more good calls than capacity the threshold is the score that fills the list."""
    months, score = np.repeat("2024-04", 100), np.linspace(0.3, 0.9, 100)
    assert decide(BUSINESS, months, score).threshold > 0.8
    assert decide(BUSINESS, months, score / 10).threshold == pytest.approx(0.2)


def test_calls_respect_capacity_month_by_month() -> None:
    """A good month must not use up another month's calls."""
    months = np.repeat(["2024-07", "2024-08"], 50)
    score = np.r_[np.full(50, 0.9), np.full(50, 0.3)]
    listed = called(Decision(0.2, 0.1), months, score)
    assert (listed[:50].sum(), listed[50:].sum()) == (5, 5)


def test_lift_table_of_a_perfect_order() -> None:
    """All churners lie in the first decile, which then has a lift of ten."""
    label = np.r_[np.ones(10), np.zeros(90)].astype(int)
    table = lift_table(label, np.linspace(1, 0, 100))
    assert table["lift"].iloc[0] == pytest.approx(10.0)
    assert table["cumulative_capture"].tolist() == pytest.approx([1.0] * 10)


def test_weighted_average_precision_is_scikit_learns() -> None:
    """With weights of one, the fast bootstrap figure is the published one."""
    rng = np.random.default_rng(0)
    label, score = (rng.random(500) < 0.1).astype(int), rng.random(500)
    order = np.argsort(-score, kind="stable")
    ours = weighted_average_precision(np.ones(500, dtype=int), label[order])
    assert ours == pytest.approx(average_precision_score(label, score))


def test_capacity_figures_pool_the_months() -> None:
    """Precision and recall count the lists of all months together."""
    months = np.repeat(["a", "b"], 10)
    label = np.r_[1, np.zeros(9), np.zeros(9), 1].astype(int)
    lists = at_capacity(months, label, np.tile(np.linspace(1, 0, 10), 2), 0.1)
    assert (lists.precision, lists.recall) == (0.5, 0.5)


def test_calibration_is_chosen_by_the_data() -> None:
    """Scores that are too large are pulled down; honest ones are left alone."""
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.01, 0.3, 20_000)
    label, customers = (rng.random(20_000) < chance).astype(int), np.arange(20_000)
    assert choose_calibration(chance, label, customers, 0)[0].kind == "none"
    chosen, _ = choose_calibration(np.sqrt(chance), label, customers, 0)
    assert chosen.kind != "none"
    assert chosen.apply(np.sqrt(chance)).mean() == pytest.approx(label.mean(), abs=0.01)


def test_platt_keeps_the_order() -> None:
    """Calibration must not re-rank the call list."""
    raw = np.linspace(0.001, 0.999, 50)
    assert (np.diff(Calibration("platt", (0.7,), (-1.0,)).apply(raw)) > 0).all()


def test_unit_repair_is_decided_from_the_row() -> None:
    """Only the named level, from the month on, and only values that are in the new unit."""
    repair = UnitRepair("usage", "2024-04", 1024.0, above=200.0, by="channel", levels=("web",))
    spec = FeatureSpec(numbers=("usage",), levels={}, ratios=(), repairs=(repair,))
    columns = {
        "usage": [10240.0, 10240.0, 10240.0, 10.0, None],
        "channel": ["web", "store", "web", "web", "web"],
        "snapshot_month": ["2024-05", "2024-05", "2024-03", "2025-01", "2024-05"],
    }
    assert encode(columns, spec)[:, 0].tolist()[:4] == [10.0, 10240.0, 10240.0, 10.0]
    assert np.isnan(encode(columns, spec)[4, 0])


def test_rows_are_encoded_alone_as_in_a_batch() -> None:
    """The matrix of one row is the row of the matrix."""
    spec = FeatureSpec(("a", "b"), {"c": ("x", "y")}, (("a", "b"),), ())
    columns = {"a": [1.0, 2.0], "b": [0.0, 4.0], "c": ["y", "new"], "snapshot_month": ["2024-01", "2024-01"]}
    batch = encode(columns, spec)
    single = [
        encode({name: values[row : row + 1] for name, values in columns.items()}, spec) for row in range(2)
    ]
    np.testing.assert_array_equal(batch, np.vstack(single))
    assert batch[1].tolist() == [2.0, 4.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize("kind", ["none", "platt", "isotonic"])
def test_a_calibration_from_a_month_of_unusual_churn_is_moved_to_the_usual_rate(kind: str) -> None:
    """Four of twenty variants had a month of raised churn as calibration month, and promised its level for good."""
    rng = np.random.default_rng(3)
    usual = 1 / (1 + np.exp(-rng.normal(-3, 1, 40_000)))
    raised = 1 / (1 + np.exp(-(np.log(usual / (1 - usual)) + 0.6)))
    label = (rng.random(usual.size) < raised).astype(int)
    fitted = {
        "none": Calibration("none"),
        "platt": fit_platt(raised, label),
        "isotonic": fit_isotonic(raised, label),
    }
    moved = at_usual_rate(fitted[kind], raised, float(usual.mean())).apply(raised)
    assert abs(moved.mean() / usual.mean() - 1) < 0.01
    assert np.all(np.diff(moved[np.argsort(raised)]) >= 0)


def test_the_level_learnt_from_months_of_raised_churn_is_not_promised() -> None:
    """Raised months in training, none at calibration: the model promised a fifth too much for the months after."""
    rng = np.random.default_rng(5)
    months = np.repeat(np.array(MONTHS[:18], dtype=object), 3000)
    odds = rng.normal(-3, 1, months.size)
    raised, test = ("2023-09", "2023-10", "2023-11"), ("2024-04", "2024-05", "2024-06")
    level = np.isin(months, raised) * 1.2
    label = (rng.random(months.size) < 1 / (1 + np.exp(-(odds + level)))).astype(int)
    learnt = ~np.isin(months, test)
    model = 1 / (1 + np.exp(-odds))
    model = fit_platt(model[learnt], label[learnt]).apply(model)
    held = np.isin(months, test)
    assert model[held].mean() / label[held].mean() > 1.2
    rows = usual_rows(months, raised, test)
    assert rows is not None
    assert not rows[np.isin(months, (*raised, *test))].any()
    moved = at_usual_rate(Calibration("none"), model[rows], float(label[rows].mean()))
    assert abs(moved.apply(model[held]).mean() / label[held].mean() - 1) < 0.06
    assert usual_rows(months, (), test) is None


def test_the_hash_of_large_data_is_of_all_parts(tmp_path: Path) -> None:
    """They are a folder of parts under the name of the file."""
    (tmp_path / "snapshots.parquet").mkdir()
    for name, content in (("part-00001.parquet", b"b"), ("part-00000.parquet", b"a")):
        (tmp_path / "snapshots.parquet" / name).write_bytes(content)
    assert file_hash(tmp_path) == hashlib.sha256(b"ab").hexdigest()
