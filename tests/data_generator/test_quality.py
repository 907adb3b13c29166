"""Each quality defect does what its key says, as strongly as it says, and leaves the replay as it says."""

from __future__ import annotations

import pandas as pd
import pytest

from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants import impossible_values, missing_not_at_random, selection_gap
from data_generator.plants.draft import Placement, months_of
from data_generator.plants.slices import rows_of_key, rows_where
from data_generator.schema import KEYS, LABEL
from data_generator.yardstick import repair, repaired_rows
from tests.data_generator.planting import (
    aligned,
    changed_columns,
    changed_rows,
    key_of,
    one,
    planted,
    value_of,
)

ROWS = 40_000
NOISE_ROWS = 120_000


@pytest.mark.parametrize(
    "kind",
    ["missing_not_at_random", "sentinel_values", "impossible_values", "duplicate_rows", "selection_gap"],
)
def test_defects_are_seen(kind: str) -> None:
    """Over seeds each is present on the issued rows and absent on the twin, on exactly the asked rows."""
    for seed in range(5):
        variant, key, plant = one(kind, seed, 12_000)
        assert plant.present(variant.public, key), (seed, key.parameters)
        assert not plant.present(variant.twin, key), (seed, key.parameters)
        assert len(variant.public) == 12_000


@pytest.mark.parametrize("kind", ["missing_not_at_random", "sentinel_values", "impossible_values"])
def test_wrong_values_touch_their_column_only(kind: str) -> None:
    """Other columns are as recorded, and only what goes on in the process is in the replay."""
    for seed in range(4):
        variant, key, _ = one(kind, seed, 6_000)
        assert changed_columns(variant) <= {key.columns[0], LABEL}
        later = {key.columns[0]} if key.at_scoring == "continues" else set()
        assert changed_columns(variant, replay=True) == later
        issued, clean = aligned(variant)
        differs = changed_rows(issued[key.columns[0]], clean[key.columns[0]])
        assert int(differs.sum()) == key.affected_rows.count


def test_sentinels_are_a_spike_of_three_percent() -> None:
    """The code is 3 % of the months concerned, and repaired rows know it as a null."""
    variant = planted(3, ROWS, {"sentinel_values": Placement("nps_score", 4, "9999", 14)})
    key = key_of(variant, "sentinel_values")
    share, null = value_of(key, "share")
    assert null == 0
    assert share == pytest.approx(0.03, abs=0.001)
    issued, clean = aligned(variant)
    coded = rows_where(issued, key.parameters["where"])
    assert clean["nps_score"][coded].isna().all()  # they stand for nulls where there are any
    assert repair(variant.public, variant.plants)["nps_score"].max() <= 10


@pytest.mark.parametrize("host", impossible_values.PLANT.hosts)
def test_no_honest_row_breaks_a_rule(host: str) -> None:
    """The rule is one that the clean data keeps, so whoever counts finds the planted rows and no others."""
    variant = planted(2, 12_000, {"impossible_values": Placement(host, 3, "", 15)})
    key = key_of(variant, "impossible_values")
    broken = rows_where(variant.public, key.parameters["where"])
    assert not rows_where(variant.twin, key.parameters["where"]).any()
    assert int(broken.sum()) == key.affected_rows.count > 0
    assert rows_of_key(variant.public, key)[broken].all()
    assert not rows_where(repair(variant.public, variant.plants), key.parameters["where"]).any()


@pytest.mark.parametrize("host", missing_not_at_random.PLANT.hosts)
def test_what_is_missing_depends_on_the_value(host: str) -> None:
    """A tenth is null, the hidden values are on the named side, and the proxy ranks them as set."""
    variant = planted(5, ROWS, {"missing_not_at_random": Placement(host)})
    key = key_of(variant, "missing_not_at_random")
    issued, twin = aligned(variant)
    missing, clean = issued[host].isna().to_numpy(), twin[host]
    assert missing.mean() == pytest.approx(missing_not_at_random.NULL_RATE, abs=0.01)
    hidden, seen = clean[missing].mean(), clean[~missing].mean()
    assert (hidden > seen) == (key.parameters["side"] == "high")
    assert missing_not_at_random.null_auc(variant.public, key) == pytest.approx(0.675, abs=0.02)
    inside, null = value_of(key, "null_rate")
    assert null == 0
    assert inside > 0.12
    assert variant.replay[host].isna().mean() == pytest.approx(missing.mean(), abs=0.02)


def test_noise_is_seen_in_its_slice_only() -> None:
    """Over seeds the slice's AUC falls, its churn rate stays, and honest work drops it."""
    for seed in range(4):
        variant, key, plant = one("label_noise_slice", seed, NOISE_ROWS)
        assert plant.present(variant.public, key), seed
        assert not plant.present(variant.twin, key), seed
        value, null = value_of(key, "auc")
        assert (value - 0.5) / (null - 0.5) == pytest.approx(0.55, abs=0.02)
        issued, clean = aligned(variant)
        mature = months_of(issued) <= LAST_MATURE_MONTH
        wrong = (issued[LABEL] != clean[LABEL]).to_numpy() & mature
        inside = rows_where(issued, key.parameters["where"])
        assert inside[wrong].all()
        assert int(wrong.sum()) == key.affected_rows.count == key.parameters["rows_flipped"]
        assert issued[LABEL][inside & mature].sum() == clean[LABEL][inside & mature].sum()
        assert not rows_where(repaired_rows(variant), key.parameters["where"]).any()
        assert changed_columns(variant, replay=True) == set()


@pytest.mark.parametrize("choice", selection_gap.PLANT.choices)
def test_a_gap_is_empty_and_its_neighbours_are_not(choice: str) -> None:
    """No row of the slice in the months of the gap, the usual share around it, and the asked number of rows."""
    variant = planted(1, 20_000, {"selection_gap": Placement("", 9, choice, 10)})
    key = key_of(variant, "selection_gap")
    inside = rows_where(variant.public, key.parameters["where"])
    gap = rows_of_key(variant.public, key)
    assert not inside[gap].any()
    monthly = pd.Series(inside[~gap]).groupby(months_of(variant.public)[~gap]).mean()
    assert monthly.min() > 0.05
    assert key.affected_rows.count > 0
    assert (variant.replay.shape[0], changed_columns(variant, replay=True)) == (
        variant.truth.replay.shape[0],
        set(),
    )


def test_immature_months_have_seen_two_one_and_no_month() -> None:
    """Their rates fall, the last one to zero, while the twin's complete labels do not."""
    variant = planted(7, ROWS, {})
    month, label = months_of(variant.public), variant.public[LABEL]
    rates = [label[month == m].mean() for m in (20, 21, 22, 23)]
    assert rates[0] > rates[1] > rates[2] > rates[3] == 0
    value, null = value_of(key_of(variant, "label_immaturity"), "rate")
    assert value < 0.6 * null


def test_duplicates_come_in_three_sorts() -> None:
    """Exact, near and contradicting copies are as many as the key says."""
    variant, key, _ = one("duplicate_rows", 7, ROWS)
    doubled = variant.public[variant.public.duplicated(list(KEYS), keep=False)]
    groups = doubled.groupby(list(KEYS), observed=True)
    conflicting = groups[LABEL].nunique() == 2
    near = groups[key.parameters["near_column"]].nunique() == 2
    assert int(conflicting.sum()) == key.parameters["conflicting"]
    assert int(near.sum()) == key.parameters["near"]
    assert int((~conflicting & ~near).sum()) == key.parameters["exact"]
    assert doubled.duplicated().sum() == key.parameters["exact"]


def test_a_small_dataset_works_and_says_what_it_does_not_show() -> None:
    """With 5,000 rows every kind can be planted; one that cannot be seen is listed and does not stop the making."""
    for kind in (
        "missing_not_at_random",
        "sentinel_values",
        "impossible_values",
        "label_noise_slice",
        "selection_gap",
        "duplicate_rows",
    ):
        variant, key, plant = one(kind, 11, 5_000)
        seen = plant.present(variant.public, key) and not plant.present(variant.twin, key)
        assert seen != (kind in variant.unmeasurable)
