"""Every plant by its kind: those shipped, and those of a company's private folder."""

from __future__ import annotations

import pandas as pd

from data_generator.key import PlantKey, Statistic
from data_generator.plants import (
    category_recode,
    concept_drift,
    covariate_drift,
    duplicate_rows,
    extraction_time_counter,
    identifier_leak,
    impossible_values,
    inherent,
    label_definition,
    label_immaturity,
    label_noise_slice,
    label_shift,
    leaky_missingness,
    look_ahead_window,
    missing_not_at_random,
    missingness_shift,
    nightly_score,
    overwritten_dimension,
    post_outcome_column,
    row_order,
    selection_gap,
    sentinel_values,
    target_encoded_index,
    unit_change,
)
from data_generator.plants.plant import Plant
from data_generator.plants.private import private_plants

SHIPPED: tuple[Plant, ...] = (
    label_immaturity.PLANT,
    post_outcome_column.PLANT,
    look_ahead_window.PLANT,
    extraction_time_counter.PLANT,
    target_encoded_index.PLANT,
    nightly_score.PLANT,
    overwritten_dimension.PLANT,
    identifier_leak.PLANT,
    leaky_missingness.PLANT,
    row_order.PLANT,
    unit_change.PLANT,
    covariate_drift.PLANT,
    category_recode.PLANT,
    missingness_shift.PLANT,
    concept_drift.PLANT,
    label_shift.PLANT,
    label_definition.PLANT,
    *inherent.PLANTS,
    duplicate_rows.PLANT,
    sentinel_values.PLANT,
    impossible_values.PLANT,
    missing_not_at_random.PLANT,
    label_noise_slice.PLANT,
    selection_gap.PLANT,
)


def plants_by_kind() -> dict[str, Plant]:
    """Return the shipped plants and those of the folder in `$TAKEHOME_PLANTS`; SpecError for a bad module."""
    shipped = {plant.kind: plant for plant in SHIPPED}
    return shipped | {plant.kind: plant for plant in private_plants(frozenset(shipped))}


def with_statistics(plant: Plant, key: PlantKey, public: pd.DataFrame, twin: pd.DataFrame | None) -> PlantKey:
    """Return the key entry with its statistics measured on the issued rows and, as nulls, on the twin if given."""
    value = plant.measure(public, key)
    null = dict.fromkeys(value) if twin is None or key.kind in inherent.FACTS else plant.measure(twin, key)
    column = key.parameters.get("statistic_column", key.columns[0])
    measured = [Statistic(name=name, value=value[name], null=null[name], column=column) for name in value]
    changed = {"statistics": measured}
    if key.kind in inherent.FACTS:
        # Plants that came after it moved the figure that its summary was written with.
        return key.model_copy(update={**changed, "summary": inherent.summary_of(key.kind, value)})
    return key.model_copy(update=changed)
