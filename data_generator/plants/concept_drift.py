"""What drives churn changes from a month on: one driver loses its weight, others gain; the base rate stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import (
    EXTRACTION_MONTH,
    HORIZON_MONTHS,
    LAST_MATURE_MONTH,
    SIMULATED_MONTHS,
    month_name,
)
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_within, window
from data_generator.schema import LABEL
from data_generator.world.coefficients import Coefficients
from data_generator.world.hazard import HazardChange

KIND = "concept_drift"
PRESENT_KEPT = 0.70  # of the main column's AUC above one half

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Turn:
    """Which drivers change by what factor, and the columns that show it after the main one, the host."""

    factors: Mapping[str, float]
    others: tuple[str, ...]


# The first factor takes the main column three quarters of its AUC above one half. The others were measured once
# over seeds, such that honest work on all months is as good, and blind calling as dear, as without the drift; what
# is reached in a variant stands in its key.
HOSTS: dict[str, Turn] = {
    "nps_score": Turn(
        {"satisfaction": -0.6, "contract": 1.5, "engagement": 1.15},
        ("csat_last", "support_tickets_30d", "tickets_open"),
    ),
    "contract_type": Turn(
        {"contract": -0.1, "satisfaction": 1.5, "engagement": 1.25},
        ("months_to_contract_end",),
    ),
    "tenure_months": Turn(
        {"tenure": -0.4, "satisfaction": 1.25, "engagement": 1.2},
        ("total_charges",),
    ),
}


def hazard(place: Placement, coefficients: Coefficients) -> tuple[HazardChange, ...]:
    """Return the change of the drivers from the month `place.first` to the end of the simulation."""
    return (
        HazardChange(
            place.first, SIMULATED_MONTHS - 1, factors=dict(HOSTS[place.host].factors), recentre=True
        ),
    )


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """State the drift; it acts inside the hazard, so the world has it already, the replay included."""
    turn = HOSTS[place.host]
    shown = place.first - HORIZON_MONTHS + 1
    gone = [name for name, factor in turn.factors.items() if factor < 1]
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[place.host, *turn.others],
        months=months_range(month_name(place.first), month_name(EXTRACTION_MONTH)),
        label_months=months_range(month_name(shown), month_name(EXTRACTION_MONTH)),
        severity=2,
        tier="H",
        inherent=False,
        seeded=False,
        equivalents=["concept_change", "model_drift", "relationship_change", "target_drift"],
        affected_rows=affected_rows(draft.public, draft.month >= shown),
        at_scoring="continues",
        parameters={
            "factors": dict(turn.factors),
            "reference": window(0, shown - 1),
            "current": window(place.first, LAST_MATURE_MONTH),
            "monthly_rate": {
                month_name(m): round(statistics.rate(draft.public[LABEL][draft.month == m]), 5)
                for m in range(shown - 2, place.first + 3)
            },
        },
        summary=f"From {month_name(place.first)} on {' and '.join(gone)} no longer drives churn as before, which "
        f"{place.host} shows best; the base rate stays.",
    )
    return draft, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the main column's AUC on the mature months since the change."""
    return {"auc": _auc(frame, key, rows_within(frame, key.parameters["current"]))}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the main column keeps less than 70 % of its AUC above one half."""
    before, since = (
        _auc(frame, key, rows_within(frame, key.parameters[name])) - 0.5 for name in ("reference", "current")
    )
    return since < PRESENT_KEPT * before


def _auc(frame: pd.DataFrame, key: PlantKey, rows: Mask) -> float:
    rows = rows & (months_of(frame) <= LAST_MATURE_MONTH)
    return statistics.auc(frame[key.columns[0]][rows], frame[LABEL][rows])


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    onset=(8, 11),
    touches=lambda place, c: frozenset({place.host, *HOSTS[place.host].others}),
    hazard=hazard,
)
