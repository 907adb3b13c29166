"""Each leak does to the rows what its key says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data_generator import statistics
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH
from data_generator.planner import Plan
from data_generator.plants import (
    identifier_leak,
    look_ahead_window,
    nightly_score,
    overwritten_dimension,
    row_order,
)
from data_generator.plants.draft import Placement, months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import KEYS, LABEL
from data_generator.variant import Variant, build, make_design
from tests.data_generator.leak_variants import HOSTED, OWN, ROWS, SEEDS, key_of, leaky, statistic


def clean(seed: int) -> Variant:
    """Return a variant with all leaks but the order's, and no copies."""
    return leaky(seed, *OWN, *HOSTED, copies=False)


def with_twin(variant: Variant) -> pd.DataFrame:
    """Return the issued rows next to the true identifier and month of leaving, in the order of the twin."""
    truth = variant.truth
    panel, rows = truth.panel, truth.public_rows
    issued = panel.dynamics.customers.customer_id[panel.customer[rows]]
    return truth.twin.assign(leaves=panel.leaves[rows], true_id=issued)


@pytest.mark.parametrize("seed", SEEDS)
def test_post_outcome_value_is_one_per_leaver_and_covers_the_label_window(seed: int) -> None:
    """One event wrote it, so all of a leaver's last month-ends carry the same value."""
    variant = clean(seed)
    key = key_of(variant, "post_outcome_column")
    column = key.columns[0]
    rows = variant.public[(variant.public[LABEL] == 1) & (variant.public[column] > 0)]
    assert (rows.groupby("customer_id")[column].nunique() == 1).all()
    assert len(rows) == key.affected_rows.count
    share = float((variant.public[column] > 0)[variant.public[LABEL] == 0].mean())
    assert 0 < share < 0.01
    assert not variant.public[column].isna().any()


@pytest.mark.parametrize("seed", SEEDS)
def test_look_ahead_follows_its_window_and_cannot_be_recomputed(seed: int) -> None:
    """The mean of the planted window reproduces the column where all its months were issued."""
    variant = clean(seed)
    key = key_of(variant, "look_ahead_window")
    host, meter = key.columns[0], key.parameters["meter"]
    first, last = key.parameters["planted_window"]
    value, null = statistic(key, "match_rate")
    assert value < 0.1
    assert null > 0.99
    table = variant.public.pivot_table(index="customer_id", columns=months_of(variant.public), values=meter)
    wide = table.reindex(columns=range(EXTRACTION_MONTH + 1)).to_numpy()
    issued = variant.public.pivot_table(index="customer_id", columns=months_of(variant.public), values=host)
    issued = issued.reindex(columns=range(EXTRACTION_MONTH + 1)).to_numpy()
    middle = range(max(0, -first), EXTRACTION_MONTH - last + 1)
    mean = np.stack([wide[:, m + first : m + last + 1].mean(axis=1) for m in middle], axis=1)
    known = ~np.isnan(mean)
    assert known.sum() > 1000
    np.testing.assert_allclose(issued[:, list(middle)][known], mean[known], atol=0.0051)


def test_look_ahead_of_a_leaver_holds_closed_months() -> None:
    """In the last month the future months of the window read 0, which is what gives the outcome away."""
    variant = clean(1)
    key = key_of(variant, "look_ahead_window")
    host, meter = key.columns[0], key.parameters["meter"]
    mature = months_of(variant.public) <= LAST_MATURE_MONTH
    rows = variant.public[mature]
    twin = variant.twin[months_of(variant.twin) <= LAST_MATURE_MONTH]
    planted, honest = (
        statistics.auc(frame[host] / (frame[meter] + 1), frame[LABEL]) for frame in (rows, twin)
    )
    assert planted > honest + 0.02


@pytest.mark.parametrize("window", look_ahead_window.WINDOWS.values())
def test_every_window_reaches_past_the_snapshot(window: tuple[int, int]) -> None:
    """A window that ends at the snapshot leaks nothing."""
    assert window[1] >= 1
    assert window[0] <= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_counter_is_constant_for_late_customers_and_counts_for_others(seed: int) -> None:
    """About 35 % of the customers show their last value in all months; the others one more each month."""
    variant = clean(seed)
    key = key_of(variant, "extraction_time_counter")
    rows = variant.public.assign(
        ahead=variant.public[key.columns[0]] - variant.public["tenure_months"],
        month=months_of(variant.public),
    )
    spread = rows.groupby("customer_id").agg(
        values=(key.columns[0], "nunique"), ahead=("ahead", "nunique"), rows=("month", "size")
    )
    several = spread[spread["rows"] > 1]
    late, counting = several["values"] == 1, several["ahead"] == 1
    assert (late ^ counting).all()
    assert late.mean() == pytest.approx(0.35, abs=0.04)


def test_counter_less_tenure_is_the_time_left() -> None:
    """Among late customers who leave before the extraction, the difference falls to the surplus of 1 or 2."""
    variant = clean(2)
    key = key_of(variant, "extraction_time_counter")
    rows = variant.public.assign(ahead=variant.public[key.columns[0]] - variant.public["tenure_months"])
    late = rows.groupby("customer_id")[key.columns[0]].transform("nunique") == 1
    last = rows[late].sort_values("snapshot_month").groupby("customer_id").tail(1)
    assert set(last["ahead"]) <= {1, 2}
    counter = variant.replay[key.columns[0]] - variant.replay["tenure_months"]
    assert set(counter) <= {1, 2}


@pytest.mark.parametrize("seed", SEEDS)
def test_index_is_the_label_mean_of_the_rows_that_share_it(seed: int) -> None:
    """Rows of one index value have exactly that mean label: an honest index would be off."""
    variant = clean(seed)
    key = key_of(variant, "target_encoded_index")
    column, scale = key.columns[0], key.parameters["value_of_the_mean_label"]
    mean = variant.public.groupby(column)[LABEL].mean()
    expected = mean.index.to_numpy() / scale * key.parameters["mean_label"]
    np.testing.assert_allclose(mean.to_numpy(), expected, atol=0.002)
    assert variant.public.groupby("customer_id")[column].nunique().max() == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_index_is_worth_little_out_of_time_and_stays_the_same(seed: int) -> None:
    """In the replay it is what the extract's months gave: the same for who is still there, and no news."""
    variant = clean(seed)
    column = key_of(variant, "target_encoded_index").columns[0]
    assert statistics.auc(variant.replay[column], variant.replay[LABEL]) < 0.58
    before = variant.public.groupby("customer_id")[column].first()
    both = variant.replay[variant.replay["customer_id"].isin(before.index)]
    np.testing.assert_array_equal(both[column], before.reindex(both["customer_id"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_score_follows_the_coming_month_and_is_honest_at_scoring(seed: int) -> None:
    """Lead beats lag in the issued months; in the replay the score is there and separates less."""
    variant = clean(seed)
    key = key_of(variant, "nightly_score")
    same, coming = nightly_score.lead_lag(variant.public, key)
    assert coming > same + nightly_score.LEAD
    score = variant.replay[key.columns[0]]
    assert not score.isna().any()
    issued, _ = statistic(key, "auc")
    assert statistics.auc(score, variant.replay[LABEL]) < issued - 0.02


def test_score_of_the_replay_follows_its_own_month() -> None:
    """In the replay, where rows are few, lag beats lead: the scoring service computes the score in time."""
    variant = leaky(2, nightly_score.KIND, rows=150_000)
    same, coming = nightly_score.lead_lag(variant.replay, key_of(variant, nightly_score.KIND))
    assert same > coming + 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_missing_for_leavers_and_now_and_then(seed: int) -> None:
    """Only rows of the label window lose the value beyond the ordinary share."""
    variant = clean(seed)
    key = key_of(variant, "leaky_missingness")
    host = key.columns[0]
    base = variant.twin[host].isna().mean()
    churn = variant.public[LABEL] == 1
    null = variant.public[host].isna()
    assert null[churn].mean() > null[~churn].mean() + 0.2
    assert null[~churn].mean() == pytest.approx(base + 0.01 * (1 - base), abs=0.02)


@pytest.mark.parametrize("host", overwritten_dimension.HOSTS)
def test_overwriting_touches_the_label_window_only_and_can_be_undone(host: str) -> None:
    """Each host takes its entry in rows of churners; the repair gives the contract's end back exactly."""
    kind = overwritten_dimension.KIND
    plants = plants_by_kind()
    places = {name: Placement() for name, plant in plants.items() if plant.inherent} | {kind: Placement(host)}
    variant = build(replace(make_design(5), plan=Plan(places, {}), plants=plants), ROWS)
    key = key_of(variant, kind)
    rows, twin = (
        frame.sort_values(["snapshot_month", "customer_id"], ignore_index=True)
        for frame in (variant.public, variant.truth.twin)
    )
    differs = (rows[host] != twin[host]) & ~(rows[host].isna() & twin[host].isna())
    assert 0 < differs.sum() <= key.affected_rows.count
    assert (rows[LABEL][differs] == 1).all()
    if host == overwritten_dimension.CONTRACT_END:
        assert rows[host][differs].between(1, 3).all()
    else:
        assert (rows[host][differs] == key.parameters["entry"]).all()
    assert overwritten_dimension.present(variant.public, key)
    assert not overwritten_dimension.present(variant.twin, key)
    repaired = overwritten_dimension.repair(rows, key)
    wrong = (repaired[host] != twin[host]) & ~(repaired[host].isna() & twin[host].isna())
    assert wrong.sum() <= (0 if host == overwritten_dimension.CONTRACT_END else 0.3 * differs.sum())
    assert repaired[host].dtype == twin[host].dtype


@pytest.mark.parametrize("seed", SEEDS)
def test_rekeyed_identifiers_are_unique_exact_and_of_those_who_left(seed: int) -> None:
    """No customer takes another's identifier, floats hold them, and who is still there keeps theirs."""
    variant = clean(seed)
    true = with_twin(variant)
    clean_ids, issued_ids = set(variant.truth.twin["customer_id"]), set(variant.public["customer_id"])
    new = issued_ids - clean_ids
    assert len(issued_ids) == len(clean_ids)
    assert not new & set(variant.truth.panel.dynamics.customers.customer_id)
    left = set(true.loc[true["leaves"] <= EXTRACTION_MONTH, "true_id"])
    assert clean_ids - issued_ids <= left
    assert all(10**15 <= one < 10**16 and int(float(one)) == one for one in new)
    assert not variant.public.duplicated(list(KEYS)).any()
    assert set(variant.replay["customer_id"]) == set(variant.truth.replay["customer_id"])
    rows = variant.public[variant.public["customer_id"].isin(new)]
    assert len(rows) == key_of(variant, "identifier_leak").affected_rows.count
    # A customer's rows keep together: as many months as one stretch of them.
    months = rows.assign(month=months_of(rows)).groupby("customer_id")["month"].agg(["min", "max", "size"])
    assert (months["max"] - months["min"] + 1 == months["size"]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_rekeyed_rows_tells_nothing(seed: int) -> None:
    """Sorted by the new identifier the file would be sorted by the outcome, by the old one it would betray the new."""
    variant = clean(seed)
    key = key_of(variant, "identifier_leak")
    mature = months_of(variant.public) <= LAST_MATURE_MONTH
    place = row_order.position(variant.public)
    assert statistics.auc(place[mature], variant.public[LABEL][mature]) < 0.56
    assert abs(statistics.correlation(place, variant.public["customer_id"])) < 0.1
    assert key.parameters["end"] in identifier_leak.ENDS


@pytest.mark.parametrize("choice", row_order.PLACES)
def test_order_moves_churners_to_one_end_copies_included(choice: str) -> None:
    """Position over size within the month, as the brief defines it, separates churners either way."""
    plants = plants_by_kind()
    places = {name: Placement() for name, plant in plants.items() if plant.inherent}
    places |= {"row_order": Placement(choice=choice), "duplicate_rows": Placement(host="tickets_open")}
    variant = build(replace(make_design(6), plan=Plan(places, {}), plants=plants), ROWS)
    rows = variant.public
    place = rows.groupby("snapshot_month", observed=True).cumcount() / rows.groupby(
        "snapshot_month", observed=True
    )["snapshot_month"].transform("size")
    np.testing.assert_allclose(row_order.position(rows), place)
    churn = rows[LABEL] == 1
    assert (place[churn].mean() > place[~churn].mean()) == (choice == "last")
    assert rows["snapshot_month"].is_monotonic_increasing
    assert key_of(variant, "row_order").affected_rows.count == int(churn.sum())
