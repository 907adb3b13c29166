"""A figure that exists only since some month, because nobody measured it before: announced, and no loss of data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, meaning_of, mistaken_for
from data_generator.key import DecoyKey, PlantKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.covariate_drift import CURRENT_MONTHS, PLANT
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.slices import window

ID = "measured_since"
STARTS = {
    "email_open_rate": "The marketing platform measures opened newsletters from this month on.",
    "mobile_share": "The application tells mobile devices from others from this month on.",
    "session_minutes_avg": "The application measures the length of sessions from this month on.",
    "avg_resolution_hours": "The support desk measures the time to resolve tickets from this month on.",
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Null `place.host` before month `place.first`, and announce the start of the measurement."""
    since = month_name(place.first)

    def measured(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        values = frame[place.host].to_numpy(dtype=np.float64)
        return np.where(months_of(frame) < place.first, np.nan, values)

    draft = draft.with_public(place.host, measured(draft.public))
    draft = draft.with_note(since, f"{place.host}: {STARTS[place.host]}")
    draft = described(draft, place.host, f"{meaning_of(draft, place.host)}; null before {since}.")
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=months_range(month_name(0), month_name(place.first - 1)),
        trap_kinds=[
            "missingness_shift",
            "missing_values",
            "missing_not_at_random",
            "schema_change",
            "covariate_drift",
            "data_drift",
        ],
        summary=f"{place.host} is null before {since} because it was not measured yet; the change log says so.",
    )


def _as_defect(key: DecoyKey) -> PlantKey:
    assert key.months is not None
    windows = {
        "reference": {"from": key.months.first, "to": key.months.last},
        "current": window(EXTRACTION_MONTH - CURRENT_MONTHS + 1),
    }
    return mistaken_for(PLANT, key.columns, key.months, windows)


DECOY = Decoy(
    id=ID,
    family="change",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, _as_defect(key)),
    hosts=tuple(STARTS),
    onset=(4, 9),
)
