"""Each plant does what its key says, as strongly as it says, and behaves at scoring as it says."""

from __future__ import annotations

import numpy as np
import pytest

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import month_index
from data_generator.orthogonality import family
from data_generator.plants.draft import months_of
from data_generator.schema import KEYS, LABEL
from data_generator.variant import Variant, make_design


def key_of(variant: Variant, kind: str) -> PlantKey:
    """Return the entry of a plant."""
    return next(plant for plant in variant.plants if plant.kind == kind)


def value_of(key: PlantKey, name: str) -> tuple[float, float | None]:
    """Return a statistic and its null."""
    statistic = next(entry for entry in key.statistics if entry.name == name)
    return statistic.value, statistic.null


def test_hosts_and_months_rotate() -> None:
    """Over seeds every plant but the fixed facts changes place, and no two of 100 variants are alike."""
    plans = [make_design(seed).plan.plants for seed in range(100)]
    for kind in ("unit_change", "covariate_drift"):
        assert len({places[kind].host for places in plans if kind in places}) >= 2
    assert len({places["unit_change"].first for places in plans}) >= 4
    alike = {tuple((p.host, p.choice, p.first) for p in places.values()) for places in plans}
    assert len(alike) >= 99


def test_no_two_plants_share_a_family() -> None:
    """A unit change of usage would make a look-ahead in its mean impossible to recompute."""
    for seed in range(100):
        places = make_design(seed).plan.plants
        families = [family(place.host) for place in places.values() if place.host]
        assert len(set(families)) == len(families)


def test_unit_change_hits_its_slice_from_its_month_on(variant: Variant) -> None:
    """The factor is found in the slice and nowhere else, and goes on in production."""
    key = key_of(variant, "unit_change")
    assert key.months is not None
    ((column, levels),) = key.parameters["where"].items()
    host, first = key.columns[0], month_index(key.months.first)
    value, null = value_of(key, "median_ratio")
    assert null is not None
    assert value / null == pytest.approx(key.parameters["factor"], rel=0.01)
    for frame, clean in ((variant.public, variant.truth.twin), (variant.replay, variant.truth.replay)):
        merged = frame.merge(clean, on=list(KEYS), suffixes=("", "_clean"))
        merged["month"] = frame["snapshot_month"].cat.categories.get_indexer(merged["snapshot_month"])
        inside = (merged[column].isin(levels) & (merged["month"] >= first)).to_numpy()
        ratio = (merged[host] / merged[f"{host}_clean"]).to_numpy()
        np.testing.assert_allclose(ratio[inside], key.parameters["factor"], rtol=0.01)
        np.testing.assert_allclose(ratio[~inside], 1.0)


def test_drift_reaches_its_psi_gradually_and_stays(variant: Variant) -> None:
    """PSI 0.30 in the last months, under 0.10 in the first month of the ramp, as strong at scoring."""
    key = key_of(variant, "covariate_drift")
    value, null = value_of(key, "psi")
    assert value == pytest.approx(0.30, abs=0.015)
    assert null is not None
    assert null < 0.02
    assert key.parameters["monthly_psi"][0] < 0.10
    assert key.months is not None
    assert key.onset_latest is not None
    assert key.months.first < key.onset_latest <= key.months.last
    before = months_of(variant.public) < month_index(key.months.first)
    host = key.columns[0]
    assert statistics.psi(variant.public[host][before], variant.replay[host]) > 0.2


def test_immature_months_have_seen_two_one_and_no_month(variant: Variant) -> None:
    """Their rates fall, the last one to zero, while the twin's complete labels do not."""
    month, label = months_of(variant.public), variant.public[LABEL]
    rates = [label[month == m].mean() for m in (20, 21, 22, 23)]
    assert rates[0] > rates[1] > rates[2] > rates[3] == 0
    value, null = value_of(key_of(variant, "label_immaturity"), "rate")
    assert null is not None
    assert value < 0.6 * null


def test_duplicates_come_in_three_sorts(variant: Variant) -> None:
    """Exact, near and contradicting copies are as many as the key says."""
    key = key_of(variant, "duplicate_rows")
    doubled = variant.public[variant.public.duplicated(list(KEYS), keep=False)]
    groups = doubled.groupby(list(KEYS), observed=True)
    conflicting = groups[LABEL].nunique() == 2
    near = groups[key.parameters["near_column"]].nunique() == 2
    assert int(conflicting.sum()) == key.parameters["conflicting"]
    assert int(near.sum()) == key.parameters["near"]
    assert int((~conflicting & ~near).sum()) == key.parameters["exact"]
    assert doubled.duplicated().sum() == key.parameters["exact"]
