"""One emitted column drifts away over half a year and stays there; nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.search import bisect
from data_generator.streams import stream

KIND = "covariate_drift"
TARGET_PSI = 0.30
RAMP_MONTHS = 6
CURRENT_MONTHS = 3  # the statistic compares the last three months with all months before the onset
VISIBLE_PSI = 0.10
HOSTS = {
    "mobile_share": "logit",
    "email_open_rate": "logit",
    "session_minutes_avg": "scale",
    "avg_resolution_hours": "scale",
    "api_calls_30d": "scale",
    "marketing_touches_30d": "scale",
    "referral_count": "scale",
    "monthly_charge": "scale",
}

Floats = npt.NDArray[np.float64]


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Ramp `place.host` up or down from month `place.first` on, to PSI 0.30 in the last three months."""
    direction = float(stream(draft.truth.seed, KIND).choice([-1.0, 1.0]))
    rng = stream(draft.truth.seed, f"{KIND}:rows", draft.truth.shard)
    way = "up" if direction > 0 else "down"
    decimals = next(column.decimals for column in draft.columns if column.name == place.host)
    month, kind = draft.month, draft.public[place.host].to_numpy().dtype
    values = draft.public[place.host].to_numpy(dtype=np.float64)
    reference, current = month < place.first, month > EXTRACTION_MONTH - CURRENT_MONTHS
    edges = statistics.bin_edges(values[reference])
    base = statistics.bin_shares(values[reference], edges)

    # Counts are rounded up or down at random, or whole bins of few values would cross an edge at once.
    luck, later_luck = (
        rng.random(n) if decimals == 0 else np.full(n, 0.5) for n in (month.size, len(draft.replay))
    )

    def drifted(x: Floats, at: npt.NDArray[np.int64], luck: Floats, strength: float) -> Floats:
        ramp = np.clip((at - place.first + 1) / RAMP_MONTHS, 0, 1)
        moved = _TRANSFORM[HOSTS[place.host]](x, direction * strength * ramp)
        return np.where(ramp > 0, np.floor(moved * 10**decimals + luck) / 10**decimals, x)

    def reached(strength: float) -> float:
        moved = drifted(values[current], month[current], luck[current], strength)
        return statistics.shares_psi(base, statistics.bin_shares(moved, edges))

    # One row more or less in a bin moves the PSI of a small sample by a few times its share.
    tolerance = 0.002 + 12 / int(current.sum())
    strength, draft = draft.settle(KIND, lambda: bisect(reached, TARGET_PSI, 0.0, 2.0, tolerance, KIND))
    planted = draft.with_public(place.host, drifted(values, month, luck, strength).astype(kind))
    replay = draft.replay[place.host].to_numpy(dtype=np.float64)
    later = drifted(replay, months_of(draft.replay), later_luck, strength)
    planted = planted.with_replay(place.host, later.astype(kind))
    issued = planted.public[place.host]
    monthly = [
        statistics.shares_psi(base, statistics.bin_shares(issued[month == m].to_numpy(), edges))
        for m in range(place.first, EXTRACTION_MONTH + 1)
    ]
    visible = place.first + next(i for i, value in enumerate(monthly) if value >= VISIBLE_PSI)
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[place.host],
        months=months_range(month_name(place.first), month_name(EXTRACTION_MONTH)),
        onset_latest=month_name(visible),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["data_drift", "feature_drift", "distribution_shift", "dataset_shift"],
        affected_rows=affected_rows(draft.public, month >= place.first),
        at_scoring="continues",
        parameters={
            "strength": direction * strength,
            "ramp_months": RAMP_MONTHS,
            "reference": {"from": month_name(0), "to": month_name(place.first - 1)},
            "current": {
                "from": month_name(EXTRACTION_MONTH - CURRENT_MONTHS + 1),
                "to": month_name(EXTRACTION_MONTH),
            },
            "monthly_psi": [round(value, 4) for value in monthly],
        },
        summary=f"{place.host} drifts {way} over {RAMP_MONTHS} months from {month_name(place.first)} on.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure PSI and KS of the last three months against the months before the onset."""
    host, month = frame[key.columns[0]], months_of(frame)
    reference, current = (
        host[(month >= month_index(window["from"])) & (month <= month_index(window["to"]))]
        for window in (key.parameters["reference"], key.parameters["current"])
    )
    return {"psi": statistics.psi(reference, current), "ks": statistics.ks(reference, current)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the last three months differ from those before the onset by PSI 0.10 or more."""
    return measure(frame, key)["psi"] >= VISIBLE_PSI


def _scale(x: Floats, shift: Floats) -> Floats:
    return np.asarray(x * np.exp(shift))


def _logit(x: Floats, shift: Floats) -> Floats:
    inside = np.clip(x, 1e-4, 1 - 1e-4)
    return np.asarray(1 / (1 + (1 - inside) / inside * np.exp(-shift)))


_TRANSFORM: dict[str, Callable[[Floats, Floats], Floats]] = {"scale": _scale, "logit": _logit}


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    onset=(8, 15),  # 2023-09 to 2024-04: the ramp is over with the last mature month
)
