"""Every decoy by its id."""

from __future__ import annotations

from data_generator.decoys import announced_change, seasonal_dip, strong_predictor
from data_generator.decoys.decoy import Decoy


def decoys_by_id() -> dict[str, Decoy]:
    """Return the decoys a variant may hold."""
    modules = (strong_predictor, seasonal_dip, announced_change)
    return {module.DECOY.id: module.DECOY for module in modules}
