"""Recomputed figures: ranking, capacity, lift, calibration and their uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from grader import metrics
from grader.metrics import month_index


def sample(rows: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Labels drawn from known chances, the chances, customers with ten rows each, months."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(2.8 - rng.normal(size=rows)))
    y = (rng.random(rows) < p).astype(float)
    month = np.array(["2024-07", "2024-08"])[rng.integers(0, 2, rows)]
    return y, p, np.arange(rows) // 10, month


def test_pr_auc_is_average_precision() -> None:
    """The figure is the one the brief names, to the last digit."""
    y, p, _, _ = sample()
    assert metrics.pr_auc(y, p) == average_precision_score(y, p)


def test_expected_pr_auc_agrees_with_realised_labels() -> None:
    """True probabilities in place of labels give the same figure up to sampling."""
    y, p, customer, _ = sample(100_000)
    se = metrics.pr_auc_se(y, p, customer)
    assert abs(metrics.expected_pr_auc(p, p) - metrics.pr_auc(y, p)) < 4 * se


def test_capacity_is_per_month() -> None:
    """A month with low scores still fills its own call list."""
    p = np.array([0.9, 0.8, 0.7, 0.6, 0.1, 0.05, 0.04, 0.03])
    month = np.array(["a"] * 4 + ["b"] * 4)
    called = metrics.called_within_capacity(p, month, 0.25)
    assert called.tolist() == [True, False, False, False, True, False, False, False]


def test_capacity_figures_by_hand() -> None:
    """Precision is hits over calls, recall hits over churners, months pooled."""
    y = np.array([1.0, 0, 0, 1, 1, 0, 0, 0])
    p = np.array([0.9, 0.8, 0.7, 0.6, 0.1, 0.05, 0.04, 0.03])
    month = np.array(["a"] * 4 + ["b"] * 4)
    precision, recall = metrics.capacity_figures(y, p, month, 0.5)
    assert precision == pytest.approx(2 / 4)
    assert recall == pytest.approx(2 / 3)


def test_lift_table_counts_every_row_once() -> None:
    """Deciles partition the rows, capture ends at one, decile 1 is the best."""
    y, p, _, _ = sample(1003)
    table = metrics.lift_table(y, p)
    assert sum(row.customers for row in table) == 1003
    assert sum(row.churners for row in table) == y.sum()
    assert table[-1].cumulative_capture == pytest.approx(1)
    assert table[0].lift > table[-1].lift


def test_calibrated_probabilities_pass_and_distorted_ones_fail() -> None:
    """The null lets a perfect model through and stops a doubled one."""
    y, p, customer, _ = sample()
    assert metrics.calibration(y, p, customer).p_value > 0.05
    assert metrics.calibration(y, np.clip(2 * p, 0, 1), customer).p_value < 0.01


def test_incident_rounded_probabilities_were_rejected_where_the_file_lists_churners_first() -> None:
    """How tied scores are judged does not depend on the order of the rows of a file."""
    y, p, customer, _ = sample()
    p = np.round(p, 2)
    order = np.argsort(-y, kind="stable")
    sorted_file = metrics.calibration(y[order], p[order], customer[order])
    assert sorted_file.p_value > 0.05
    assert sorted_file.ece == pytest.approx(metrics.calibration(y, p, customer).ece, rel=0.1)


def test_calibration_null_respects_repeated_customers() -> None:
    """Perfect models whose customers repeat the same outcome are not rejected more often than they should be."""
    rejected = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        p = np.repeat(1 / (1 + np.exp(2.8 - rng.normal(size=900))), 6)
        y = np.repeat((rng.random(900) < p[::6]).astype(float), 6)
        rejected += metrics.calibration(y, p, np.repeat(np.arange(900), 6)).p_value < 0.05
    assert rejected <= 7


def test_customers_whose_rows_cancel_make_no_calibration_surer_than_independent_rows() -> None:
    """One row of each pair leaves: a miss of a hundredth is within the sampling of rows, and is not held against it."""
    p = np.repeat(np.linspace(0.4, 0.6, 600), 2)
    y, customer = np.tile([0.0, 1.0], 600), np.repeat(np.arange(600), 2)
    measured = metrics.calibration(y, p, customer)
    assert measured.p_value > 0.05
    spread = np.sqrt(np.bincount(metrics.equal_count_bins(p), p * (1 - p))) / measured.rows
    assert measured.high - measured.predicted == pytest.approx(1.96 * spread)


def test_difference_of_a_model_with_itself_is_zero() -> None:
    """The paired comparison has no error of its own."""
    y, p, customer, _ = sample(5000)
    assert metrics.pr_auc_difference(y, p, p, customer, resamples=10) == (0.0, 0.0)


def test_log_loss_gain_sees_the_better_probabilities() -> None:
    """True chances beat distorted ones beyond the error, and a model does not beat itself."""
    y, p, customer, _ = sample()
    gain, se = metrics.log_loss_gain(y, p, np.sqrt(p), customer)
    assert gain > 4 * se > 0
    assert metrics.log_loss_gain(y, p, p, customer) == (0.0, 0.0)


def test_profit_of_calls_below_break_even_is_negative() -> None:
    """Calling everybody costs money where few would leave."""
    _, p, _, month = sample()
    below = np.minimum(p, 0.1)
    assert metrics.profit(below, below, month, threshold=0, share=1, call_cost=12, gain=60) < 0
    assert metrics.profit(p, p, month, threshold=0.2, share=0.1, call_cost=12, gain=60) > 0


def test_months_are_counted_across_years() -> None:
    """January follows December."""
    assert month_index("2024-01") - month_index("2023-12") == 1
