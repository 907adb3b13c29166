"""All leaks: seen on the variant and not on its twin, as strong as set, honest at scoring and in the dictionary."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_generator.blueprint import Blueprint, load_blueprint
from data_generator.dictionary import render
from data_generator.key import affected_rows
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import FEATURES, KEYS, LABEL
from data_generator.variant import make_design
from tests.data_generator.leak_variants import HOSTED, LEAKS, OWN, SEEDS, key_of, leaky, statistic, with_leak

PLANTS = plants_by_kind()
TELLING = (
    "churn",
    "leav",
    "left",
    "cancel",
    "gone",
    "outcome",
    "target",
    "future",
    "post_",
    "lost",
    "exit",
    "leak",
)


@pytest.mark.parametrize("kind", LEAKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_leak_is_seen_on_the_variant_and_not_on_its_twin(seed: int, kind: str) -> None:
    """A leak that its own detector cannot see, or sees everywhere, is none; the key says so in figures."""
    variant = with_leak(seed, kind)
    key = key_of(variant, kind)
    assert PLANTS[kind].present(variant.public, key)
    assert not PLANTS[kind].present(variant.twin, key)
    assert kind not in variant.unmeasurable
    assert key.statistics
    for entry in key.statistics:
        assert entry.null is not None
        assert np.isfinite([entry.value, entry.null]).all()


@pytest.mark.parametrize("kind", [kind for kind in LEAKS if kind != "look_ahead_window"])
@pytest.mark.parametrize("seed", SEEDS)
def test_leak_reaches_its_target_on_the_issued_rows(seed: int, kind: str) -> None:
    """Copies with contradicting labels are allowed for: the figure that candidates compute is the target."""
    key = key_of(with_leak(seed, kind), kind)
    value, null = statistic(key, key.statistics[0].name)
    assert value == pytest.approx(key.parameters["target"], abs=0.01)
    assert value > null + 0.05


@pytest.mark.parametrize("kind", LEAKS)
def test_entry_of_a_leak_is_complete(kind: str) -> None:
    """The grader pays by family, kind, column and severity, and readers need the sentence."""
    variant = with_leak(1, kind)
    key = key_of(variant, kind)
    assert (key.family, key.kind, key.tier) == ("leakage", kind, key.tier)
    assert key.columns[0] in variant.public
    assert key.months is not None
    assert (key.months.first, key.months.last) == ("2023-01", "2024-12")
    assert 0 < key.affected_rows.count <= variant.rows
    assert "target_leakage" in key.equivalents
    assert key.summary.endswith(".")
    assert key.inherent is False
    assert key.seeded == (kind == "post_outcome_column")


@pytest.mark.parametrize("kind", OWN)
def test_own_column_takes_the_place_of_a_reserve_column(kind: str) -> None:
    """The width stays 40 and the dictionary describes what is there."""
    variant = with_leak(1, kind)
    key = key_of(variant, kind)
    page = render(variant.columns, variant.notes)
    assert len(variant.columns) == 40
    assert key.parameters["replaces"] not in variant.public
    assert f"| `{key.columns[0]}` |" in page
    assert f"`{key.parameters['replaces']}`" not in page


@pytest.mark.parametrize("kind", OWN)
def test_guises_tell_nothing_and_are_described_in_full(kind: str) -> None:
    """Whoever reads names only finds nothing; whoever reads sources and times does; no two guises are alike."""
    blocks = {column.block for column in FEATURES}
    names = {column.name for column in FEATURES}
    choices = PLANTS[kind].choices
    assert len({choice.split("=")[0] for choice in choices}) >= 6
    seen = {(choice.split("=")[0]) for choice in choices}
    assert not [name for name in seen if any(word in name for word in TELLING)]
    assert not seen & names
    module = __import__(f"data_generator.plants.{kind}", fromlist=["GUISES"])
    guises = list(module.GUISES.values())
    assert {guise.block for guise in guises} <= blocks
    assert len({guise.source for guise in guises}) == len(guises)
    assert len({guise.meaning for guise in guises}) == len(guises)
    assert all("|" not in " ".join(map(str, vars(guise).values())) for guise in guises)


@pytest.mark.parametrize("kind", ["leaky_missingness", "overwritten_dimension"])
def test_dictionary_says_when_a_spoilt_column_is_rewritten(kind: str) -> None:
    """The text of the host differs from the clean one and names the closing of the account."""
    variant = with_leak(1, kind)
    host = key_of(variant, kind).columns[0]
    clean = next(column for column in FEATURES if column.name == host)
    issued = next(column for column in variant.columns if column.name == host)
    assert issued.recorded != clean.recorded
    assert any(word in issued.recorded for word in ("clos", "contract", "consent"))


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_that_are_honest_at_scoring_are_those_of_the_clean_world(seed: int) -> None:
    """A leak is gone in production; a model that leaned on it falls."""
    variant = leaky(seed, *OWN, *HOSTED)
    clean = variant.truth.replay.set_index(list(KEYS))
    issued = variant.replay.set_index(list(KEYS)).reindex(clean.index)
    for kind in ("look_ahead_window", "overwritten_dimension"):
        column = key_of(variant, kind).columns[0]
        pd.testing.assert_series_equal(issued[column], clean[column])
    column = key_of(variant, "leaky_missingness").columns[0]
    lost = issued[column].isna() & clean[column].notna()
    assert 0.003 < lost.mean() < 0.02
    np.testing.assert_array_equal(issued[column][~lost], clean[column][~lost])
    assert variant.replay[key_of(variant, "post_outcome_column").columns[0]].isna().all()


def test_no_leak_is_perfect_and_none_but_their_hosts_differ_from_the_twin() -> None:
    """A single column never gives the label away whole, and a leak spoils nothing beside its host."""
    variant = leaky(1, *OWN, *HOSTED, copies=False)
    leaks = {column for kind in (*OWN, *HOSTED) for column in key_of(variant, kind).columns}
    twin = variant.truth.twin
    order = np.lexsort((variant.truth.panel.slot[variant.truth.public_rows], months_of(twin)))
    assert np.array_equal(order, np.arange(len(twin)))
    same = [name for name in twin.columns if name in variant.public and name not in leaks and name != LABEL]
    assert len(same) >= 33
    by = ["snapshot_month", "total_charges", "monthly_charge", "data_usage_gb"]
    issued, clean = (frame.sort_values(by, ignore_index=True)[same] for frame in (variant.public, twin))
    pd.testing.assert_frame_equal(issued, clean, check_categorical=False)


def test_leaks_are_strongest_in_the_label_window() -> None:
    """What is written back covers the three month-ends of the label: affected rows of three leaks are churners."""
    variant = leaky(1, *OWN, *HOSTED, copies=False)
    churn = int((variant.public[LABEL] == 1).sum())
    for kind in ("leaky_missingness", "overwritten_dimension", "post_outcome_column"):
        assert key_of(variant, kind).affected_rows.count < churn


def test_hash_of_affected_rows_uses_the_identifiers_as_issued() -> None:
    """An entry's hash can be recomputed from the bundle, re-keyed customers or not."""
    variant = leaky(1, *OWN, *HOSTED, copies=False)
    key = key_of(variant, "look_ahead_window")
    assert key.affected_rows.count > 0.5 * variant.rows
    index = key_of(variant, "target_encoded_index")
    everything = np.ones(len(variant.public), dtype=bool)
    assert affected_rows(variant.public, everything) == index.affected_rows


@pytest.mark.parametrize("blueprint", ["practice", "hard"])
def test_planner_rotates_leaks_guises_and_hosts(blueprint: str) -> None:
    """Over seeds every leak is met and each appears in several guises or places."""
    wanted = load_blueprint(blueprint).leakage
    small = Blueprint.model_validate({"leakage": wanted, "change": {}, "quality": {}, "decoys": {}})
    plans = [make_design(seed, small).plan.plants for seed in range(60)]
    met = {kind: [plan[kind] for plan in plans if kind in plan] for kind in LEAKS}
    assert all(met.values())
    for kind, places in met.items():
        expected = min(4, max(len(PLANTS[kind].hosts), 1) * max(len(PLANTS[kind].choices), 1))
        assert len({(place.host, place.choice) for place in places}) >= expected
    for plan in plans:
        assert not {"identifier_leak", "row_order"} <= set(plan)


@pytest.mark.parametrize("kind", LEAKS)
def test_small_variant_holds_every_leak(kind: str) -> None:
    """5,000 rows are enough to plant each; what is too faint to be seen is said, not raised."""
    variant = leaky(9, kind, rows=5_000)
    key = key_of(variant, kind)
    mature = months_of(variant.public) <= LAST_MATURE_MONTH
    assert variant.public[LABEL][mature].sum() > 50
    assert PLANTS[kind].present(variant.public, key) == (kind not in variant.unmeasurable)
