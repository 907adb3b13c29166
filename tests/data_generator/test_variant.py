"""A finished variant: exact rows, unique keys, plants present on it and absent on its twin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_generator.errors import SpecError
from data_generator.key import AffectedRows, affected_rows
from data_generator.plants import inherent
from data_generator.plants.draft import months_of
from data_generator.plants.duplicate_rows import copies
from data_generator.plants.registry import SHIPPED
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.variant import Variant, make_design, make_variant

PLANTS = {plant.kind: plant for plant in SHIPPED}
KINDS = [kind for kind in PLANTS if kind not in {"class_imbalance", "group_overlap", "label_overlap"}]
ROWS = 20_000
# Re-keyed customers cannot be found again in the world behind.
FOLLOWED = [seed for seed in range(7, 20) if "identifier_leak" not in make_design(seed).plan.plants]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**256 - 1), rows=st.integers(2_000, 9_000))
def test_rows_are_exact_and_keys_unique_but_for_planted_copies(seed: int, rows: int) -> None:
    """Whatever the seed and size, the bundle has the rows that were asked for and no accidental duplicate."""
    variant = make_variant(seed, rows)
    assert len(variant.public) == rows
    planted = any(plant.kind == "duplicate_rows" for plant in variant.plants)
    assert variant.public.duplicated(list(KEYS)).sum() == (sum(copies(rows).values()) if planted else 0)
    assert not variant.replay.duplicated(list(KEYS)).any()
    assert list(variant.public.columns) == [*KEYS, *feature_names(variant.columns), LABEL]
    assert len(variant.columns) == 40


def test_plants_are_seen_on_the_variant_and_not_on_the_twin(variant: Variant) -> None:
    """A defect that its own detector cannot see, or sees everywhere, is no defect."""
    drawn = [plant for plant in variant.plants if plant.kind in KINDS]
    assert len(drawn) >= 8
    for key in drawn:
        assert PLANTS[key.kind].present(variant.public, key), key.kind
        assert not PLANTS[key.kind].present(variant.twin, key), key.kind


@pytest.mark.parametrize("kind", ["class_imbalance", "group_overlap", "label_overlap"])
def test_inherent_fact_is_seen(variant: Variant, kind: str) -> None:
    """The facts that every variant has are there to be stated."""
    key = next(plant for plant in variant.plants if plant.kind == kind)
    assert key.inherent
    assert PLANTS[kind].present(variant.public, key)


def test_hosts_are_disjoint(variant: Variant) -> None:
    """Two defects on one column would hide each other, and a decoy must stay harmless."""
    hosts = [plant.columns[0] for plant in variant.plants if not plant.inherent]
    decoys = [decoy.columns[0] for decoy in variant.decoys]
    assert len(set(hosts + decoys)) == len(hosts + decoys)


@pytest.mark.parametrize("seed", FOLLOWED[:2])
def test_only_named_columns_differ_from_the_world_behind(seed: int) -> None:
    """Nothing but the planted and announced columns was touched; copies deviate in one announced column."""
    issued = make_variant(seed, ROWS)
    first = issued.public.drop_duplicates(list(KEYS)).set_index(list(KEYS))
    clean = issued.truth.twin.set_index(list(KEYS))
    touched = {column for part in (*issued.plants, *issued.decoys) for column in part.columns}
    touched |= {plant.parameters["near_column"] for plant in issued.plants if plant.kind == "duplicate_rows"}
    names = [name for name in first.columns if name in clean and name not in touched]
    assert len(names) >= 18
    assert first.index.isin(clean.index).all()
    pd.testing.assert_frame_equal(
        first[names].sort_index(), clean.loc[first.index, names].sort_index(), check_like=True
    )


def test_bundle_order_tells_nothing(variant: Variant) -> None:
    """Rows are sorted by month and a random identifier, unless the order or the identifier is the leak."""
    for issued in (make_variant(11, ROWS), variant):
        keys = issued.public[["customer_id"]].assign(month=months_of(issued.public))
        ordered = keys.equals(keys.sort_values(["month", "customer_id"], kind="stable"))
        assert ordered == (not {"row_order", "identifier_leak"} & {plant.kind for plant in issued.plants})


def test_affected_rows_hash_is_that_of_the_sorted_lines() -> None:
    """Others can recompute the hash from the description alone."""
    import hashlib

    months = pd.Categorical.from_codes([1, 0, 0], categories=pd.Index(["2023-01", "2023-02"], dtype=object))
    frame = pd.DataFrame({"customer_id": [2 * 10**15, 3 * 10**15, 2 * 10**15], "snapshot_month": months})
    text = "2000000000000000|2023-01\n2000000000000000|2023-02\n"
    expected = AffectedRows(count=2, sha256=hashlib.sha256(text.encode()).hexdigest())
    assert affected_rows(frame, np.array([True, False, True])) == expected


@pytest.mark.parametrize(("seed", "rows", "word"), [(-1, 5_000, "seed"), (1, 1_999, "rows"), (1, 0, "rows")])
def test_impossible_requests_say_what_is_wrong(seed: int, rows: int, word: str) -> None:
    """A bad number is named, not run into."""
    with pytest.raises(SpecError, match=word):
        make_variant(seed, rows)


def test_a_fact_was_told_with_another_figure_than_was_measured(variant: Variant) -> None:
    """Defects planted after a fact move its figure, so its summary is written with the one of the issued rows."""
    facts = [key for key in variant.plants if key.kind in inherent.FACTS]
    assert len(facts) == len(inherent.FACTS)
    for key in facts:
        assert key.summary.startswith(f"{key.statistics[0].value:.1%} of the "), key.summary
