"""Variants made of leaks only, with guises and hosts that differ from seed to seed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from data_generator.key import PlantKey
from data_generator.planner import Plan
from data_generator.plants.draft import Placement
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import RESERVE
from data_generator.variant import Variant, build, make_design

ROWS = 24_000
SEEDS = (1, 2, 3, 4)
OWN = ("post_outcome_column", "extraction_time_counter", "target_encoded_index", "nightly_score")
HOSTED = ("look_ahead_window", "overwritten_dimension", "leaky_missingness", "identifier_leak")
MISSING_HOSTS = (
    "nps_score",
    "csat_last",
    "avg_resolution_hours",
    "session_minutes_avg",
)  # no reserve columns
LEAKS = (*OWN, *HOSTED, "row_order")


@cache
def leaky(seed: int, *kinds: str, rows: int = ROWS, copies: bool = True) -> Variant:
    """Return a variant that holds these leaks, copies of rows unless told otherwise, and the inherent facts."""
    plants = plants_by_kind()
    places = {kind: Placement() for kind, plant in plants.items() if plant.inherent}
    if copies:
        places["duplicate_rows"] = Placement(host="tickets_open")
    reserve = iter(np.random.default_rng(seed).permutation(RESERVE).tolist())
    for kind in kinds:
        plant, rng = plants[kind], np.random.default_rng([seed, len(kind)])
        hosts = MISSING_HOSTS if kind == "leaky_missingness" else plant.hosts or ("",)
        host = next(reserve) if plant.own_column else str(rng.choice(hosts))
        places[kind] = Placement(host=host, choice=str(rng.choice(plant.choices or ("",))))
    design = make_design(seed)
    return build(replace(design, plan=Plan(places, {}), plants=plants), rows)


def with_leak(seed: int, kind: str) -> Variant:
    """Return a variant of a seed that holds a leak, together with all others but those it never meets."""
    return leaky(seed, "row_order") if kind == "row_order" else leaky(seed, *OWN, *HOSTED)


def key_of(variant: Variant, kind: str) -> PlantKey:
    """Return the entry of a plant."""
    return next(plant for plant in variant.plants if plant.kind == kind)


def statistic(key: PlantKey, name: str) -> tuple[float, float]:
    """Return a statistic's value and its null."""
    found = next(entry for entry in key.statistics if entry.name == name)
    assert found.null is not None
    return found.value, found.null
