"""Every plant by its kind, in the order in which they are applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
from data_generator.plants.draft import Draft, Placement


@dataclass(frozen=True)
class Plant:
    """A defect's three functions: make it, measure what reveals it, see whether it is there."""

    apply: Callable[[Draft, Placement], tuple[Draft, PlantKey]]
    measure: Callable[[pd.DataFrame, PlantKey], dict[str, float]]
    present: Callable[[pd.DataFrame, PlantKey], bool]


# The label comes first because leaks are written from what is known of it; duplicates last because they add rows.
PLANTS: dict[str, Plant] = {
    label_immaturity.KIND: Plant(label_immaturity.apply, label_immaturity.measure, label_immaturity.present),
    post_outcome_column.KIND: Plant(
        post_outcome_column.apply, post_outcome_column.measure, post_outcome_column.present
    ),
    look_ahead_window.KIND: Plant(
        look_ahead_window.apply, look_ahead_window.measure, look_ahead_window.present
    ),
    unit_change.KIND: Plant(unit_change.apply, unit_change.measure, unit_change.present),
    covariate_drift.KIND: Plant(covariate_drift.apply, covariate_drift.measure, covariate_drift.present),
    **{kind: Plant(inherent.stated(kind), inherent.measure, inherent.present) for kind in inherent.FACTS},
    duplicate_rows.KIND: Plant(duplicate_rows.apply, duplicate_rows.measure, duplicate_rows.present),
}


def with_statistics(key: PlantKey, public: pd.DataFrame, twin: pd.DataFrame) -> PlantKey:
    """Return the key entry with its statistics measured on the issued rows and, as nulls, on the twin."""
    plant = PLANTS[key.kind]
    value = plant.measure(public, key)
    shared = key.kind in inherent.FACTS
    null = dict.fromkeys(value) if shared else plant.measure(twin, key)
    measured = [
        Statistic(name=name, value=value[name], null=null[name], column=key.columns[0]) for name in value
    ]
    return key.model_copy(update={"statistics": measured})
