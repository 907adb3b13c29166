"""Every decoy by its id."""

from __future__ import annotations

from data_generator.decoys import (
    announced_change,
    consent_rule,
    documented_excess,
    early_warning,
    gated_field,
    lagged_window,
    measured_since,
    price_rise,
    renamed_level,
    seasonal_dip,
    strong_predictor,
    structural_nulls,
    top_code,
)
from data_generator.decoys.decoy import Decoy

CATALOGUE: tuple[Decoy, ...] = (
    strong_predictor.DECOY,
    lagged_window.DECOY,
    gated_field.DECOY,
    early_warning.DECOY,
    seasonal_dip.DECOY,
    announced_change.DECOY,
    price_rise.DECOY,
    renamed_level.DECOY,
    measured_since.DECOY,
    consent_rule.DECOY,
    top_code.DECOY,
    documented_excess.DECOY,
    structural_nulls.DECOY,
)


def decoys_by_id() -> dict[str, Decoy]:
    """Return the decoys a variant may hold."""
    return {decoy.id: decoy for decoy in CATALOGUE}
