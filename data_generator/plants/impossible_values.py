"""Values that cannot be: outside their scale, or in contradiction to another column of the same row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, rows_where
from data_generator.streams import stream

KIND = "impossible_values"
SHARE = 0.012
PRESENT_SHARE = 0.002

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """What cannot be (`broken_by`), how a value comes to be so, which rows may break it, and what else it concerns."""

    broken_by: str
    wrong: Callable[[np.random.Generator, Values, pd.DataFrame], Values]
    rows: Callable[[Values, pd.DataFrame], Mask]
    other: str = ""


def _known(values: Values, frame: pd.DataFrame) -> Mask:
    return ~np.isnan(values)


def _between(low: int, high: int) -> Callable[[np.random.Generator, Values, pd.DataFrame], Values]:
    return lambda rng, values, frame: rng.integers(low, high + 1, values.size).astype(np.float64)


RULES: dict[str, Rule] = {
    "seats_active": Rule(
        "> seats_purchased",
        lambda rng, x, rows: rows["seats_purchased"].to_numpy(np.float64) + rng.integers(1, 5, x.size),
        _known,
        "seats_purchased",
    ),
    "plan_changes_12m": Rule(
        "> tenure_months",
        lambda rng, x, rows: rows["tenure_months"].to_numpy(np.float64) + rng.integers(1, 4, x.size),
        lambda x, rows: rows["tenure_months"].to_numpy() <= 18,
        "tenure_months",
    ),
    # A due date after the snapshot taken for one before it.
    "days_past_due": Rule("< 0", _between(-30, -1), _known),
    "days_since_last_login": Rule("< 0", _between(-12, -2), _known),
    "active_days_30d": Rule("> 30", _between(31, 62), _known),
    "features_used": Rule("> 12", _between(13, 24), _known),
    "late_payments_12m": Rule("> 12", _between(13, 30), _known),
    "nps_score": Rule("> 10", _between(11, 100), _known),
    "csat_last": Rule("> 5", _between(6, 10), _known),
    "owner_age": Rule("> 110", _between(119, 190), _known),
    "discount_pct": Rule("> 100", _between(105, 300), _known),
    "mobile_share": Rule("> 1", lambda rng, x, rows: np.round(100 * x, 1), lambda x, rows: x >= 0.02),
    "email_open_rate": Rule("> 1", lambda rng, x, rows: np.round(100 * x, 1), lambda x, rows: x >= 0.02),
    "avg_resolution_hours": Rule("< 0", lambda rng, x, rows: -x, lambda x, rows: x > 0),
    "session_minutes_avg": Rule("< 0", lambda rng, x, rows: -x, lambda x, rows: x > 0),
    "total_charges": Rule(
        "< monthly_charge",
        lambda rng, x, rows: np.round(
            rows["monthly_charge"].to_numpy(np.float64) * rng.uniform(0, 0.9, x.size), 2
        ),
        _known,
        "monthly_charge",
    ),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Break the rule of `place.host` in 1.2 % of the rows of the months concerned."""
    rng = stream(draft.truth.seed, KIND, draft.truth.shard)
    host, rule = place.host, RULES[place.host]
    values = draft.public[host].to_numpy()
    concerned = (draft.month >= place.first) & (draft.month <= place.last)
    free = np.flatnonzero(concerned & rule.rows(values.astype(np.float64), draft.public))
    number = max(1, round(SHARE * int(concerned.sum())))
    broken = np.sort(rng.choice(free, min(number, free.size), replace=False))
    emitted = values.copy()
    emitted[broken] = rule.wrong(rng, values[broken].astype(np.float64), draft.public.iloc[broken])
    planted = draft.with_public(host, emitted)
    mask = np.zeros(len(values), dtype=bool)
    mask[broken] = True
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[host, *([rule.other] if rule.other else [])],
        months=months_range(month_name(place.first), month_name(place.last)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["outliers", "invalid_values", "range_violation", "inconsistent_values"],
        affected_rows=affected_rows(draft.public, mask),
        at_scoring="honest",
        parameters={"where": {host: [rule.broken_by]}},
        summary=f"{host} {rule.broken_by} in {SHARE:.1%} of the rows from {month_name(place.first)} to "
        f"{month_name(place.last)}, which cannot be.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure number and share of the rows that break the rule in the months concerned."""
    broken = rows_where(frame, key.parameters["where"])[rows_of_key(frame, key)]
    return {"share": statistics.share(broken), "count": statistics.count(broken)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether one row in 500 breaks the rule in the months concerned."""
    return measure(frame, key)["share"] >= PRESENT_SHARE


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with nulls in the place of what cannot be."""
    host = key.columns[0]
    return frame.assign(**{host: frame[host].astype(float).mask(rows_where(frame, key.parameters["where"]))})


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(RULES),
    onset=(0, 12),
    length=(6, 20),
    touches=lambda place, c: frozenset(
        {place.host, *([RULES[place.host].other] if RULES[place.host].other else [])}
    ),
    repair=repair,
)
