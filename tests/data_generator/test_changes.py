"""Each change over time does what its key says, as strongly as it says, and goes on at scoring as it says."""

from __future__ import annotations

import numpy as np
import pytest

from data_generator import statistics
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH, month_index
from data_generator.plants import category_recode, concept_drift, label_definition
from data_generator.plants.draft import Placement, months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import KEYS, LABEL
from data_generator.yardstick import repair
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
COLUMN_CHANGES = ("covariate_drift", "unit_change", "category_recode", "missingness_shift")
LABEL_ROWS = 120_000  # what a change of the label needs to stand clear of a month's noise


@pytest.mark.parametrize("kind", COLUMN_CHANGES)
def test_column_changes_are_seen_and_touch_nothing_else(kind: str) -> None:
    """Over seeds each is present on the issued rows, absent on the twin, and changes its own column only."""
    for seed in range(4):
        variant, key, plant = one(kind, seed, 12_000)
        assert plant.present(variant.public, key), (seed, key.parameters)
        assert not plant.present(variant.twin, key), (seed, key.parameters)
        assert changed_columns(variant) == {key.columns[0], LABEL}  # the label for its immature months
        later = {key.columns[0]} if key.at_scoring == "continues" else set()
        assert changed_columns(variant, replay=True) == later
        issued, clean = aligned(variant)
        months = months_of(issued)[changed_rows(issued[key.columns[0]], clean[key.columns[0]])]
        assert key.months is not None
        assert month_index(key.months.first) <= months.min()


@pytest.mark.parametrize("kind", ["label_shift", "label_definition", "concept_drift"])
def test_label_changes_are_seen(kind: str) -> None:
    """Over seeds each is present on the issued rows and absent on the twin; no feature is rewritten."""
    for seed in range(4):
        variant, key, plant = one(kind, seed, LABEL_ROWS)
        assert plant.present(variant.public, key), (seed, [s.value for s in key.statistics])
        assert not plant.present(variant.twin, key), (seed, [s.null for s in key.statistics])
        assert changed_columns(variant) <= {LABEL}
        assert changed_columns(variant, replay=True) == set()


def test_unit_change_hits_its_slice_from_its_month_on() -> None:
    """The factor is found in the slice and nowhere else, and goes on in production."""
    variant, key, _ = one("unit_change", 7, ROWS)
    assert key.months is not None
    ((column, levels),) = key.parameters["where"].items()
    host, first = key.columns[0], month_index(key.months.first)
    value, null = value_of(key, "median_ratio")
    assert value / null == pytest.approx(key.parameters["factor"], rel=0.01)
    for frame, clean in ((variant.public, variant.truth.twin), (variant.replay, variant.truth.replay)):
        merged = frame.merge(clean, on=list(KEYS), suffixes=("", "_clean"))
        merged["month"] = frame["snapshot_month"].cat.categories.get_indexer(merged["snapshot_month"])
        inside = (merged[column].isin(levels) & (merged["month"] >= first)).to_numpy()
        known = (merged[f"{host}_clean"] != 0).to_numpy()
        ratio = (merged[host] / merged[f"{host}_clean"]).to_numpy()
        np.testing.assert_allclose(ratio[inside & known], key.parameters["factor"], rtol=0.01)
        np.testing.assert_allclose(ratio[~inside & known], 1.0)


def test_drift_reaches_its_psi_gradually_and_stays() -> None:
    """PSI 0.30 in the last months, under 0.10 in the first month of the ramp, as strong at scoring."""
    variant, key, _ = one("covariate_drift", 7, ROWS)
    value, null = value_of(key, "psi")
    assert value == pytest.approx(0.30, abs=0.015)
    assert null < 0.02
    assert key.parameters["monthly_psi"][0] < 0.10
    assert key.months is not None
    assert key.onset_latest is not None
    assert key.months.first < key.onset_latest <= key.months.last
    before = months_of(variant.public) < month_index(key.months.first)
    host = key.columns[0]
    assert statistics.psi(variant.public[host][before], variant.replay[host]) > 0.2


@pytest.mark.parametrize("guise", category_recode.PLANT.choices)
def test_recoding_is_undone_by_its_mapping(guise: str) -> None:
    """Old and new spellings never share a month; repaired rows know the months before and after alike."""
    place = Placement("acquisition_channel", 12, guise)
    variant = planted(3, 8_000, {"category_recode": place})
    key = key_of(variant, "category_recode")
    host, late = variant.public["acquisition_channel"], months_of(variant.public) >= 12
    old, new = list(key.parameters["recoded"]), key.parameters["where"]["acquisition_channel"]
    assert not host[late].isin(old).any()
    assert not host[~late].isin(new).any()
    assert set(variant.replay["acquisition_channel"].unique()) & set(new)
    public, replay = (repair(frame, variant.plants) for frame in (variant.public, variant.replay))
    assert statistics.psi(public["acquisition_channel"][~late], public["acquisition_channel"][late]) < 0.02
    assert set(public["acquisition_channel"].unique()) == set(replay["acquisition_channel"].unique())


def test_missingness_that_reaches_the_end_goes_on() -> None:
    """What was mended is complete at scoring; what was not is as incomplete as before."""
    for last in (15, EXTRACTION_MONTH):
        variant = planted(5, ROWS, {"missingness_shift": Placement("api_calls_30d", 10, "", last)})
        key = key_of(variant, "missingness_shift")
        rate, null = value_of(key, "null_rate")
        assert null == 0
        assert rate == pytest.approx(key.parameters["null_rate"], abs=0.01)
        later = rate if last == EXTRACTION_MONTH else 0
        assert key.at_scoring == ("continues" if later else "honest")
        assert statistics.null_rate(variant.replay["api_calls_30d"]) == pytest.approx(later, abs=0.02)


def test_label_shift_moves_the_rate_from_two_months_earlier() -> None:
    """Labels look three month-ends ahead, so the rate rises before the hazard does, and falls back."""
    variant, key, _ = one("label_shift", 2, LABEL_ROWS)
    value, null = value_of(key, "rate")
    assert 1.3 <= value / null <= 1.8
    assert key.months is not None
    assert key.label_months is not None
    assert month_index(key.label_months.first) == month_index(key.months.first) - 2
    first = month_index(key.months.first)
    issued, clean = (
        [frame[LABEL][months_of(frame) == m].mean() for m in range(LAST_MATURE_MONTH + 1)]
        for frame in (variant.public, variant.twin)
    )
    assert issued[: first - 2] == clean[: first - 2]
    assert np.argmax(np.array(issued) / np.array(clean)) in range(first - 1, first + 2)


@pytest.mark.parametrize("guise", label_definition.PLANT.choices)
def test_the_other_label_rule_is_mended_from_the_last_rows(guise: str) -> None:
    """Labels of the 60-day rule lack the third month-end only, and repair gives back every one of them."""
    variant = planted(4, ROWS, {"label_definition": Placement("", 5, guise)})
    key = key_of(variant, "label_definition")
    value, null = value_of(key, "rate")
    assert value / null == pytest.approx(2 / 3, abs=0.06)
    issued, clean = aligned(variant)
    repaired = repair(issued, variant.plants)
    month = months_of(issued)
    mature, later = month <= LAST_MATURE_MONTH, (month <= LAST_MATURE_MONTH) & (month >= 10)
    np.testing.assert_array_equal(repaired[LABEL][mature], clean[LABEL][mature])
    np.testing.assert_array_equal(issued[LABEL][later], clean[LABEL][later])


@pytest.mark.parametrize("host", concept_drift.PLANT.hosts)
def test_concept_drift_changes_the_relation_and_not_the_rate(host: str) -> None:
    """The main column loses much of its AUC for good, in the replay as well, while the base rate stays."""
    variant = planted(6, LABEL_ROWS, {"concept_drift": Placement(host, 10)})
    key = key_of(variant, "concept_drift")
    value, null = value_of(key, "auc")
    assert value - 0.5 < 0.65 * (null - 0.5)
    later = statistics.auc(variant.replay[host], variant.replay[LABEL])
    assert later - 0.5 < 0.7 * (null - 0.5)
    issued, clean = (
        frame[LABEL][(months_of(frame) >= 10) & (months_of(frame) <= LAST_MATURE_MONTH)].mean()
        for frame in (variant.public, variant.twin)
    )
    assert issued == pytest.approx(clean, rel=0.12)


def test_concept_drift_claims_every_column_of_its_driver() -> None:
    """A leak on a column whose relation changes could not be told from the change."""
    plant = plants_by_kind()["concept_drift"]
    variant = planted(6, 5_000, {"concept_drift": Placement("nps_score", 10)})
    touched = plant.touches(Placement("nps_score", 10), variant.truth.coefficients)
    assert set(key_of(variant, "concept_drift").columns) == touched
