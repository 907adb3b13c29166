"""The arithmetic behind leaks: AUC on groups, neighbouring months, the search, and the allowance for copies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_generator import statistics
from data_generator.errors import PlantError
from data_generator.months import month_names
from data_generator.plants.draft import Draft
from data_generator.plants.duplicate_rows import copies
from data_generator.plants.history import neighbours, some_customers
from data_generator.plants.leak import auc_before_copies, churners, mature
from data_generator.plants.ranking import grouped_auc, quick_auc, sparse_auc
from data_generator.plants.search import bisect
from data_generator.schema import FEATURES, LABEL
from data_generator.world.truth import Truth

groups = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12
).filter(lambda found: sum(g[1] for g in found) > 0 and sum(g[2] for g in found) > 0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(groups)
def test_auc_of_groups_is_that_of_their_rows(found: list[tuple[int, int, int]]) -> None:
    """The search sets a leak by the same figure that the brief defines."""
    score, ones, zeros = (np.array(column) for column in zip(*found, strict=True))
    rows = np.repeat(score, ones + zeros)
    label = np.concatenate([np.repeat([1, 0], [a, b]) for _, a, b in found])
    assert grouped_auc(score, ones, zeros) == pytest.approx(statistics.auc(rows, label))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.5, 2.0]), st.booleans()), min_size=2, max_size=30))
def test_auc_of_mostly_empty_columns(rows: list[tuple[float, bool]]) -> None:
    """Ranking the filled rows only gives the same area; one class alone gives none."""
    values, label = (np.array(column) for column in zip(*rows, strict=True))
    expected = statistics.auc(values, label.astype(int))
    assert sparse_auc(values, label) == pytest.approx(expected, nan_ok=True)


panel_rows = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6)), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(panel_rows, st.sampled_from([-2, -1, 1, 2]))
def test_neighbouring_months_are_found_one_by_one(rows: list[tuple[int, int]], step: int) -> None:
    """Gaps end the search and the first of repeated rows supplies the value, whatever the order of rows."""
    ids, months = (np.array(column) for column in zip(*rows, strict=True))
    names = pd.Index(month_names(0, 6), dtype=object)
    frame = pd.DataFrame({"customer_id": ids, "snapshot_month": pd.Categorical.from_codes(months, names)})
    values = np.arange(len(rows), dtype=float)
    first: dict[tuple[int, int], float] = {}
    for key, value in zip(rows, values, strict=True):
        first.setdefault(key, value)
    between = range(1, abs(step)) if step > 0 else range(-1, step, -1)
    expected = [
        first.get((who, month + step), np.nan) if all((who, month + b) in first for b in between) else np.nan
        for who, month in rows
    ]
    np.testing.assert_array_equal(neighbours(frame, values, step)[0], expected)


def test_bisection_refuses_what_it_cannot_reach() -> None:
    """A plant that falls short must stop the generation, not be issued weaker."""
    assert bisect(lambda x: x, 0.3, 0, 1, 0.001, "line") == pytest.approx(0.3, abs=0.001)
    with pytest.raises(PlantError, match="line"):
        bisect(lambda x: x, 3.0, 0, 1, 0.001, "line")
    with pytest.raises(PlantError, match="step"):
        bisect(lambda x: float(x > 0.5), 0.3, 0, 1, 0.001, "step")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0.02, 0.98), st.floats(0.2, 5.0))
def test_bisection_reaches_any_target_of_a_curve_in_few_steps(target: float, power: float) -> None:
    """Measuring costs time at 200,000 rows, so a smooth curve takes a dozen measures at most."""
    calls = 0

    def curve(x: float) -> float:
        nonlocal calls
        calls += 1
        return float(x**power)

    found = bisect(curve, target, 0.0, 1.0, 0.002, "curve")
    assert curve(found) == pytest.approx(target, abs=0.002)
    assert calls <= 24


def test_allowance_for_copies_gives_the_target_after_them(truth: Truth) -> None:
    """Contradicting copies pull every AUC towards one half by what the allowance adds before."""
    rows = len(truth.twin) + sum(copies(len(truth.twin)).values())
    draft = Draft(truth, truth.twin, truth.replay, FEATURES, rows)
    assert auc_before_copies(replace(draft, rows=len(truth.twin)), 0.7) == 0.7
    aim = auc_before_copies(draft, 0.7)
    assert 0.7 < aim < 0.715
    churn, final = churners(draft), mature(draft)
    half = copies(rows)["conflicting"] / 2
    # A column of two values whose AUC is `aim`, and copies drawn from both sides with the label turned.
    ones, zeros = float((churn & final).sum()), float((~churn & final).sum())
    hit = 2 * (aim - 0.5)
    filled = np.array([hit * ones + 0 * half, hit * half])
    empty = np.array([(1 - hit) * ones + half, zeros + (1 - hit) * half])
    area = grouped_auc(np.array([1.0, 0.0]), np.array([filled[0], empty[0]]), np.array([filled[1], empty[1]]))
    assert area == pytest.approx(0.7, abs=0.0005)
    assert LABEL in draft.public


def test_quick_auc_is_near_that_of_all_rows() -> None:
    """Seeing a leak may take a sample of stayers; the figure moves by far less than its distance to the limit."""
    rng = np.random.default_rng(3)
    label = (rng.random(150_000) < 0.06).astype(int)
    values = rng.standard_normal(label.size) + 0.6 * label
    assert quick_auc(values, label) == pytest.approx(statistics.auc(values, label), abs=0.01)
    assert quick_auc(values[:5000], label[:5000]) == statistics.auc(values[:5000], label[:5000])


def test_some_customers_are_whole_customers(truth: Truth) -> None:
    """Looking at some customers keeps all their months, so that neighbours are still found."""
    some = some_customers(truth.twin)
    assert 0.3 * len(truth.twin) < len(some) < 0.7 * len(truth.twin)
    taken = truth.twin["customer_id"].isin(some["customer_id"])
    assert int(taken.sum()) == len(some)
    few = truth.twin.head(1000)
    assert some_customers(few) is few
