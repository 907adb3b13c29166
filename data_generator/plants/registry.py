"""Every plant by its kind: those shipped, and those of a company's private folder."""

from __future__ import annotations

import pandas as pd

from data_generator.key import PlantKey, Statistic
from data_generator.plants import (
    covariate_drift,
    duplicate_rows,
    inherent,
    label_immaturity,
    look_ahead_window,
    post_outcome_column,
    unit_change,
)
from data_generator.plants.plant import Plant
from data_generator.plants.private import private_plants

SHIPPED: tuple[Plant, ...] = (
    label_immaturity.PLANT,
    post_outcome_column.PLANT,
    look_ahead_window.PLANT,
    unit_change.PLANT,
    covariate_drift.PLANT,
    *inherent.PLANTS,
    duplicate_rows.PLANT,
)


def plants_by_kind() -> dict[str, Plant]:
    """Return the shipped plants and those of the folder in `$TAKEHOME_PLANTS`; SpecError for a bad module."""
    shipped = {plant.kind: plant for plant in SHIPPED}
    return shipped | {plant.kind: plant for plant in private_plants(frozenset(shipped))}


def with_statistics(plant: Plant, key: PlantKey, public: pd.DataFrame, twin: pd.DataFrame) -> PlantKey:
    """Return the key entry with its statistics measured on the issued rows and, as nulls, on the twin."""
    value = plant.measure(public, key)
    shared = key.kind in inherent.FACTS
    null = dict.fromkeys(value) if shared else plant.measure(twin, key)
    measured = [
        Statistic(name=name, value=value[name], null=null[name], column=key.columns[0]) for name in value
    ]
    return key.model_copy(update={"statistics": measured})
