"""One sub-population's values arrive in another unit from a month on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant

KIND = "unit_change"
FACTORS = {
    "data_usage_gb": (1024.0, "MB"),
    "monthly_charge": (100.0, "cents"),
    "session_minutes_avg": (60.0, "seconds"),
    "mobile_share": (100.0, "percent"),
    "email_open_rate": (100.0, "percent"),
}
# Each a quarter to a half of the rows, so that the PSI over all rows is clear of 0.25 as well.
SLICES = (
    "acquisition_channel=web",
    "acquisition_channel=store",
    "region=A",
    "payment_method=card",
    "payment_method=direct_debit",
    "plan_tier=basic",
    "plan_tier=standard",
)
PRESENT_RATIO = 10.0


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Multiply `place.host` in the slice `place.choice` (`column=level`) from month `place.first` on."""
    factor, unit = FACTORS[place.host]
    column, level = place.slice

    def emit(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        values = frame[place.host].to_numpy(dtype=np.float64)
        return np.where(
            _slice(frame, column, level) & (months_of(frame) >= place.first),
            np.round(values * factor, 2),
            values,
        )

    planted = draft.with_public(place.host, emit(draft.public)).with_replay(place.host, emit(draft.replay))
    before = draft.month < place.first
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[place.host],
        months=months_range(month_name(place.first), month_name(EXTRACTION_MONTH)),
        severity=3,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["scale_change", "schema_change", "unit_mismatch", "data_drift"],
        affected_rows=affected_rows(draft.public, ~before & _slice(draft.public, column, level)),
        at_scoring="continues",
        parameters={
            "factor": factor,
            "unit": unit,
            "where": {column: [level]},
            "reference": {"from": month_name(0), "to": month_name(place.first - 1)},
            "current": {"from": month_name(place.first), "to": month_name(EXTRACTION_MONTH)},
        },
        summary=f"{place.host} arrives in {unit} for {column} {level} from {month_name(place.first)} on.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the median ratio inside the slice, and the PSI over all rows, before against after the onset."""
    host, late = frame[key.columns[0]], _late(frame, key)
    ((column, levels),) = key.parameters["where"].items()
    inside = _slice(frame, column, levels[0])
    return {
        "median_ratio": statistics.median_ratio(host[inside & ~late], host[inside & late]),
        "psi": statistics.psi(host[~late], host[late]),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the 99th percentile jumps at least tenfold at the onset."""
    late, values = _late(frame, key), frame[key.columns[0]].to_numpy(dtype=np.float64)
    return bool(np.nanquantile(values[late], 0.99) >= PRESENT_RATIO * np.nanquantile(values[~late], 0.99))


def _late(frame: pd.DataFrame, key: PlantKey) -> npt.NDArray[np.bool_]:
    assert key.months is not None
    return months_of(frame) >= month_index(key.months.first)


def _slice(frame: pd.DataFrame, column: str, level: str) -> npt.NDArray[np.bool_]:
    return np.asarray(frame[column] == level)


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with the slice's values in the documented unit."""
    ((column, levels),) = key.parameters["where"].items()
    host = key.columns[0]
    affected = _slice(frame, column, levels[0]) & _late(frame, key)
    return frame.assign(**{host: frame[host].where(~affected, frame[host] / key.parameters["factor"])})


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(FACTORS),
    choices=SLICES,
    onset=(11, 17),  # 2023-12 to 2024-06: visible inside training and before the last mature month
    touches=lambda place, c: frozenset({place.host, place.slice[0]}),
    repair=repair,
)
