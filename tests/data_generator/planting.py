"""Variants with chosen plants at chosen places, for the tests of single plants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.catalogue import decoys_by_id
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.planner import Plan
from data_generator.plants.draft import Placement
from data_generator.plants.plant import Plant
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import RESERVE
from data_generator.variant import Design, Variant, build
from data_generator.world.coefficients import draw_coefficients


def planted(seed: int, rows: int, places: Mapping[str, Placement]) -> Variant:
    """Return a variant with these plants and the inherent facts, without decoys."""
    plants = plants_by_kind()
    inherent = {kind: Placement() for kind, plant in plants.items() if plant.inherent}
    coefficients = draw_coefficients(seed)
    for decoy in decoys_by_id().values():
        coefficients = decoy.absent(coefficients)
    return build(Design(seed, coefficients, Plan({**places, **inherent}, {}), plants), rows)


def any_place(plant: Plant, rng: np.random.Generator) -> Placement:
    """Return one of the placements that the planner may draw."""
    hosts = RESERVE if plant.own_column else plant.hosts or ("",)
    first = int(rng.integers(plant.onset[0], plant.onset[1] + 1))
    length = plant.length and int(rng.integers(plant.length[0], plant.length[1] + 1))
    last = min(first + length - 1, EXTRACTION_MONTH) if length else EXTRACTION_MONTH
    return Placement(str(rng.choice(hosts)), first, str(rng.choice(plant.choices or ("",))), last)


def one(kind: str, seed: int, rows: int) -> tuple[Variant, PlantKey, Plant]:
    """Return a variant with one plant somewhere, its key entry, and the plant."""
    plant = plants_by_kind()[kind]
    variant = planted(seed, rows, {kind: any_place(plant, np.random.default_rng(seed))})
    return variant, key_of(variant, kind), plant


def key_of(variant: Variant, kind: str) -> PlantKey:
    """Return the entry of a plant."""
    return next(plant for plant in variant.plants if plant.kind == kind)


def value_of(key: PlantKey, name: str) -> tuple[float, float]:
    """Return a statistic and its null on the twin."""
    statistic = next(entry for entry in key.statistics if entry.name == name)
    assert statistic.null is not None
    return statistic.value, statistic.null


def aligned(variant: Variant, replay: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return issued rows (or the replay) and those of the clean world in one order; no row may be repeated."""
    issued, clean = (variant.replay, variant.truth.replay) if replay else (variant.public, variant.truth.twin)
    keys = ["snapshot_month", "customer_id"]
    one, other = (frame.sort_values(keys).reset_index(drop=True) for frame in (issued, clean))
    assert (one["customer_id"] == other["customer_id"]).all()
    return one, other


def changed_rows(one: pd.Series, other: pd.Series) -> npt.NDArray[np.bool_]:
    """Return the rows in which two columns differ; nulls are alike."""
    a, b = (x.astype(object) for x in (one, other))
    null = np.asarray(a.isna()), np.asarray(b.isna())
    return np.asarray((null[0] != null[1]) | (~null[0] & ~null[1] & np.asarray(a != b)))


def changed_columns(variant: Variant, replay: bool = False) -> set[str]:
    """Return the columns in which the issued rows (or the replay) differ from the clean world's."""
    one, other = aligned(variant, replay)
    return {name for name in other.columns if changed_rows(one[name], other[name]).any()}
