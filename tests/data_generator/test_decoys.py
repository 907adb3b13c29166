"""Decoys fire a detector, are explained to whoever reads, and hold at scoring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_generator import statistics
from data_generator.decoys import announced_change, lagged_window, price_rise, seasonal_dip
from data_generator.decoys.catalogue import decoys_by_id
from data_generator.decoys.decoy import Decoy
from data_generator.dictionary import render
from data_generator.key import DecoyKey
from data_generator.months import LAST_MATURE_MONTH
from data_generator.planner import Plan, placement
from data_generator.plants.draft import Placement, months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.streams import stream
from data_generator.variant import Design, Variant, build
from data_generator.world.coefficients import draw_coefficients

ROWS = 20_000
SEEDS = (7, 8)
OF_THE_WORLD = frozenset({"strong_predictor", "seasonal_dip"})


def alone(name: str, seed: int, rows: int = ROWS) -> tuple[Variant, Placement]:
    """Return a variant with nothing but one decoy, and where that went."""
    coefficients, decoy = draw_coefficients(seed), decoys_by_id()[name]
    taken = frozenset() if decoy.always else frozenset({coefficients.strong_column})
    place = placement(stream(seed, name), decoy, coefficients, taken)
    assert place is not None
    return build(Design(seed, coefficients, Plan({}, {name: place}), plants_by_kind()), rows), place


def entry(variant: Variant) -> DecoyKey:
    """Return the key entry of a variant's only decoy."""
    (decoy,) = variant.decoys
    return decoy


@pytest.fixture(scope="module", params=[(name, seed) for name in decoys_by_id() for seed in SEEDS])
def case(request: pytest.FixtureRequest) -> tuple[Decoy, Variant, Placement]:
    """Return each decoy of the catalogue in a variant of its own."""
    name, seed = request.param
    variant, place = alone(name, seed)
    return decoys_by_id()[name], variant, place


def test_it_trips_a_detector_and_the_clean_world_does_not(case: tuple[Decoy, Variant, Placement]) -> None:
    """A decoy that nobody falls for is none, and one that was there before is the world's own."""
    decoy, variant, _ = case
    key = entry(variant)
    assert decoy.trips(variant.public, key)
    assert decoy.fires in key.trap_kinds
    if decoy.id not in OF_THE_WORLD and set(key.columns) <= set(variant.twin):
        assert not decoy.trips(variant.twin, key)


def test_the_dictionary_explains_it(case: tuple[Decoy, Variant, Placement]) -> None:
    """Who reads meanings and change log need not be trapped; no word tells that it is a trap."""
    decoy, variant, _ = case
    page = render(variant.columns, variant.notes)
    ordinary = render()
    assert page != ordinary or decoy.id == "strong_predictor"
    assert decoy.id not in page
    assert "decoy" not in page


def test_it_is_nothing_that_scoring_lacks(case: tuple[Decoy, Variant, Placement]) -> None:
    """The replay has the same columns, as full as the last public months are."""
    _, variant, _ = case
    last = months_of(variant.public) > LAST_MATURE_MONTH
    for column in entry(variant).columns:
        now = statistics.null_rate(variant.replay[column])
        assert abs(now - statistics.null_rate(variant.public[column][last])) < 0.03
        if pd.api.types.is_numeric_dtype(variant.replay[column]):
            assert statistics.psi(variant.public[column][last], variant.replay[column]) < 0.15


def test_it_touches_what_it_says(case: tuple[Decoy, Variant, Placement]) -> None:
    """Columns that a decoy does not claim are those of the clean world, so that plants find room there."""
    decoy, variant, place = case
    claimed = set(decoy.touches(place, variant.truth.coefficients)) | set(entry(variant).columns)
    twin = variant.twin.sort_values(list(KEYS)).reset_index(drop=True)
    public = variant.public.sort_values(list(KEYS)).reset_index(drop=True)
    for name in [*feature_names(), LABEL]:
        if name not in claimed:
            pd.testing.assert_series_equal(public[name], twin[name])


def test_it_knows_no_more_of_the_outcome_than_the_world(case: tuple[Decoy, Variant, Placement]) -> None:
    """Whatever a decoy looks like, no column of it separates leavers better than the honest strong one."""
    _, variant, _ = case
    mature = months_of(variant.public) <= LAST_MATURE_MONTH
    label = variant.public[LABEL][mature]
    strong = statistics.auc(variant.public[variant.truth.coefficients.strong_column][mature], label)
    for column in entry(variant).columns:
        assert statistics.auc(variant.public[column][mature], label) <= strong + 0.005


def test_each_is_mistaken_for_a_plant_of_its_family() -> None:
    """The detector that a decoy trips is that of a published kind of defect."""
    plants = plants_by_kind()
    for decoy in decoys_by_id().values():
        assert plants[decoy.fires].family == decoy.family


def test_every_family_has_three_that_differ_between_variants() -> None:
    """A blueprint's decoy is drawn among several, beside the strong predictor that every world has."""
    families = [decoy.family for decoy in decoys_by_id().values() if not decoy.always]
    assert {family: families.count(family) >= 3 for family in ("leakage", "change", "quality")} == {
        "leakage": True,
        "change": True,
        "quality": True,
    }
    assert [decoy.id for decoy in decoys_by_id().values() if decoy.always] == ["strong_predictor"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seasonal_dip_vanishes_year_on_year(seed: int) -> None:
    """The naive comparison with the months before fires; the right one does not."""
    variant, _ = alone(seasonal_dip.ID, seed)
    assert seasonal_dip.naive_psi(variant.public, entry(variant)) >= seasonal_dip.NAIVE_PSI
    assert seasonal_dip.year_on_year_psi(variant.public, entry(variant)) < 0.03


def test_the_documented_window_reproduces_a_lagged_mean() -> None:
    """Who recomputes by the dictionary finds every row right."""
    variant, place = alone(lagged_window.ID, 7)
    host, meter = place.host, lagged_window.HOSTS[place.host]
    frame = variant.public.sort_values(list(KEYS))
    earlier = [frame.groupby("customer_id")[meter].shift(lag) for lag in (1, 2, 3)]
    mean = sum(earlier) / 3
    assert statistics.match_rate(frame[host][mean.notna()], mean[mean.notna()]) == 1.0


def test_totals_follow_the_price_rise() -> None:
    """The total of a month is that of the month before plus the charge, before and after the rise."""
    variant, place = alone(price_rise.ID, 7)
    months = [*variant.public["snapshot_month"].cat.categories]
    frame = pd.concat([variant.public, variant.replay]).sort_values(list(KEYS))
    assert frame["snapshot_month"].cat.categories.tolist() == months
    step = frame.groupby("customer_id")["total_charges"].diff()
    np.testing.assert_allclose(step[step.notna()], frame["monthly_charge"][step.notna()], atol=0.011)
    both = variant.public.merge(variant.twin, on=list(KEYS), suffixes=("", "_before"))
    ratio = both["monthly_charge"] / both["monthly_charge_before"]
    late = both["snapshot_month"].cat.codes >= place.first
    assert (ratio[~late] == 1).all()
    assert 1.05 < ratio[late].median() < 1.2
    np.testing.assert_allclose(ratio[late], ratio[late].median(), atol=0.002)


def test_an_announced_change_begins_when_the_log_says() -> None:
    """The line of the change log carries the month of the key."""
    variant, _ = alone(announced_change.ID, 7)
    months = entry(variant).months
    assert months is not None
    assert f"| {months.first} | Contact policy" in render(variant.columns, variant.notes)
