"""The churn rate itself rises for three months, whatever the customer looks like."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import HORIZON_MONTHS, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_within, window
from data_generator.schema import LABEL
from data_generator.world.coefficients import Coefficients
from data_generator.world.hazard import HazardChange

KIND = "label_shift"
LOG_ODDS = 0.6
LENGTH = 3
PRESENT_RATIO = 1.25


def hazard(place: Placement, coefficients: Coefficients) -> tuple[HazardChange, ...]:
    """Return the rise of everybody's log-odds in the months concerned."""
    return (HazardChange(place.first, place.last, log_odds=LOG_ODDS),)


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """State the shift; it acts inside the hazard, so the world has it already."""
    shown = place.first - HORIZON_MONTHS + 1
    rates = draft.public[LABEL].groupby(draft.month).mean()
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[LABEL],
        months=months_range(month_name(place.first), month_name(place.last)),
        label_months=months_range(month_name(shown), month_name(place.last)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=[
            "prior_shift",
            "target_drift",
            "base_rate_shift",
            "label_drift",
            "prior_probability_shift",
        ],
        affected_rows=affected_rows(draft.public, _between(draft.month, shown, place.last)),
        at_scoring="honest",
        parameters={
            "log_odds": LOG_ODDS,
            "current": window(place.first - 1, place.first + 1),
            "monthly_rate": {
                month_name(m): round(float(rates[m]), 5) for m in range(max(shown - 2, 0), place.last + 3)
            },
        },
        summary=f"The log-odds of cancelling rise by {LOG_ODDS} from {month_name(place.first)} to "
        f"{month_name(place.last)}, which the labels show from {month_name(shown)} on.",
    )
    return draft, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the label's rate in the months whose labels look at two or three months of the shift."""
    return {"rate": statistics.rate(frame[LABEL][rows_within(frame, key.parameters["current"])])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether that rate is a quarter above the rate of the mature months that the shift does not touch."""
    assert key.label_months is not None
    touched = rows_within(frame, {"from": key.label_months.first, "to": key.label_months.last})
    others = ~touched & (months_of(frame) <= LAST_MATURE_MONTH)
    return measure(frame, key)["rate"] >= PRESENT_RATIO * statistics.rate(frame[LABEL][others])


def _between(month: npt.NDArray[np.int64], first: int, last: int) -> npt.NDArray[np.bool_]:
    return (month >= first) & (month <= last)


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    onset=(5, 16),
    length=(LENGTH, LENGTH),
    hazard=hazard,
    prevalence=0.08,
)
