"""Decoys fire a naive detector and are harmless."""

from __future__ import annotations

import pytest

from data_generator.decoys import announced_change, seasonal_dip, strong_predictor
from data_generator.dictionary import render
from data_generator.key import DecoyKey
from data_generator.plants.post_outcome_column import PRESENT_AUC
from data_generator.variant import Variant, make_variant


def decoy(variant: Variant, name: str) -> DecoyKey:
    """Return the entry of a decoy."""
    return next(entry for entry in variant.decoys if entry.id == name)


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_decoys_over_seeds(seed: int) -> None:
    """Whatever column hosts it, each decoy fires its naive detector and stays clear of the truth behind it."""
    variant = make_variant(seed, 30_000)
    dip = decoy(variant, seasonal_dip.ID)
    assert seasonal_dip.naive_psi(variant.public, dip) >= seasonal_dip.NAIVE_PSI
    assert seasonal_dip.year_on_year_psi(variant.public, dip) < 0.02
    strong = decoy(variant, strong_predictor.ID)
    assert strong_predictor.feature_auc(variant.public, strong) >= PRESENT_AUC
    announced = decoy(variant, announced_change.ID)
    assert announced_change.naive_psi(variant.public, announced) >= 0.10
    assert announced_change.naive_psi(variant.truth.twin, announced) < 0.01


def test_strong_predictor_is_still_there_at_scoring(variant: Variant) -> None:
    """Unlike a leak it is known at the snapshot, so the replay has it."""
    column = decoy(variant, strong_predictor.ID).columns[0]
    assert not variant.replay[column].isna().any()


def test_dictionary_explains_the_changes(variant: Variant) -> None:
    """Who reads the change log need not be trapped."""
    page = render(variant.columns, variant.notes)
    announced = decoy(variant, announced_change.ID)
    assert announced.months is not None
    assert f"| {announced.months.first} | Contact policy" in page
    assert "Holiday season" in page
