"""Each plant does what its key says, as strongly as it says, and behaves at scoring as it says."""

from __future__ import annotations

import numpy as np
import pytest

from data_generator import statistics
from data_generator.errors import PlantError
from data_generator.key import PlantKey
from data_generator.months import month_index
from data_generator.orthogonality import family
from data_generator.plants.draft import months_of
from data_generator.plants.post_outcome_column import TARGETS
from data_generator.plants.search import bisect
from data_generator.schema import KEYS, LABEL
from data_generator.variant import Variant, make_design


def key_of(variant: Variant, kind: str) -> PlantKey:
    """Return the entry of a plant."""
    return next(plant for plant in variant.plants if plant.kind == kind)


def value_of(key: PlantKey, name: str) -> tuple[float, float | None]:
    """Return a statistic and its null."""
    statistic = next(entry for entry in key.statistics if entry.name == name)
    return statistic.value, statistic.null


def test_leak_reaches_its_target_and_is_null_at_scoring(variant: Variant) -> None:
    """The seeded leak is as strong as in every other variant of its class, and gone in production."""
    key = key_of(variant, "post_outcome_column")
    value, null = value_of(key, "auc")
    assert key.parameters["target"] in TARGETS
    assert value == pytest.approx(key.parameters["target"], abs=0.012)
    assert null is not None
    assert null < 0.53
    assert key.seeded
    assert variant.replay[key.columns[0]].isna().all()
    assert not variant.public[key.columns[0]].isna().any()


def test_leak_is_written_with_the_cancellation(variant: Variant) -> None:
    """All of a leaver's rows carry the same value, because one event wrote them."""
    column = key_of(variant, "post_outcome_column").columns[0]
    rows = variant.public[(variant.public[LABEL] == 1) & (variant.public[column] > 0)]
    assert (rows.groupby("customer_id")[column].nunique() == 1).all()


def test_leak_has_at_least_three_guises_over_seeds() -> None:
    """Its name cannot be learnt from another variant."""
    guises = {make_design(seed).plan.plants["post_outcome_column"].choice for seed in range(20)}
    assert len(guises) >= 3


def test_hosts_and_months_rotate() -> None:
    """Over seeds every plant but the fixed facts changes place, and no two of 100 variants are alike."""
    plans = [make_design(seed).plan.plants for seed in range(100)]
    for kind in ("look_ahead_window", "unit_change", "covariate_drift"):
        assert len({places[kind].host for places in plans}) >= 2
    assert len({places["unit_change"].first for places in plans}) >= 4
    alike = {tuple((p.host, p.choice, p.first) for p in places.values()) for places in plans}
    assert len(alike) >= 99


def test_no_two_plants_share_a_family() -> None:
    """A unit change of usage would make a look-ahead in its mean impossible to recompute."""
    for seed in range(100):
        places = make_design(seed).plan.plants
        families = [family(place.host) for place in places.values() if place.host]
        assert len(set(families)) == len(families)


def test_look_ahead_cannot_be_recomputed_and_is_honest_at_scoring(variant: Variant) -> None:
    """The documented window reproduces the column on the twin only; the replay has the honest mean."""
    key = key_of(variant, "look_ahead_window")
    value, null = value_of(key, "match_rate")
    assert value < 0.1
    assert null is not None
    assert null > 0.99
    honest = variant.truth.replay.set_index(list(KEYS))[key.columns[0]]
    issued = variant.replay.set_index(list(KEYS))[key.columns[0]]
    np.testing.assert_array_equal(issued, honest.reindex(issued.index))


def test_look_ahead_knows_the_outcome(variant: Variant) -> None:
    """The column set against its own meter separates those who leave next month; on the twin it does less so."""
    key = key_of(variant, "look_ahead_window")
    host, meter = key.columns[0], key.parameters["meter"]
    public, twin = variant.public, variant.truth.twin
    planted, clean = (
        statistics.auc(
            (frame[host] / (frame[meter] + 1))[months_of(frame) <= 20], frame[LABEL][months_of(frame) <= 20]
        )
        for frame in (public, twin)
    )
    assert planted > clean + 0.02


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


def test_bisection_refuses_what_it_cannot_reach() -> None:
    """A plant that falls short must stop the generation, not be issued weaker."""
    assert bisect(lambda x: x, 0.3, 0, 1, 0.001, "line") == pytest.approx(0.3, abs=0.001)
    with pytest.raises(PlantError, match="line"):
        bisect(lambda x: x, 3.0, 0, 1, 0.001, "line")
    with pytest.raises(PlantError, match="step"):
        bisect(lambda x: float(x > 0.5), 0.3, 0, 1, 0.001, "step")
