"""Values are missing the more often the higher (or lower) they are: those that would matter are not reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.plants.search import bisect
from data_generator.plants.slices import rows_where
from data_generator.streams import stream

KIND = "missing_not_at_random"
NULL_RATE = 0.10
TARGET_AUC = 0.675  # of being null, ranked by the proxy
PRESENT_AUC = 0.60
GROUPS = 200  # of equal size, by the hidden value
LEVELS = 256  # whole values of a proxy that are told apart
STEEPEST = 60.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Proxy:
    """A column that tells of the hidden value, and which of its values stand for those not reported."""

    column: str
    where: str
    high: bool


# By host: values on the side that `high` names go missing, and the proxy has its own high or low side there.
HOSTS: dict[str, Proxy] = {
    "monthly_charge": Proxy("seats_purchased", "> 3", True),
    "seats_active": Proxy("seats_purchased", "> 3", True),
    "seats_purchased": Proxy("integrations_count", "> 1", True),
    "integrations_count": Proxy("seats_purchased", "> 3", True),
    "api_calls_30d": Proxy("integrations_count", "> 1", True),
    "total_charges": Proxy("tenure_months", "> 60", True),
    "data_usage_gb": Proxy("logins_30d", "> 14", True),
    "logins_30d": Proxy("data_usage_gb", "< 15", False),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Null a tenth of `place.host`, by the value, so that the proxy tells nulls with an AUC of 0.675."""
    rng = stream(draft.truth.seed, KIND, draft.truth.shard)
    host, proxy = place.host, HOSTS[place.host]
    values, replay = (_tie_broken(frame, host, rng) for frame in (draft.public, draft.replay))
    edges = np.quantile(values, np.arange(1, GROUPS) / GROUPS)
    position, later_position = (_position(x, edges, proxy.high) for x in (values, replay))
    strength, draft = draft.settle(KIND, lambda: _steepness(draft, proxy, position))
    chance = _chance(strength)
    missing = rng.random(len(position)) < chance[position]
    # A value's chance later is that of its like among the issued rows.
    later = rng.random(len(replay)) < chance[later_position]
    planted = draft.with_public(host, _nulled(draft.public, host, missing))
    planted = planted.with_replay(host, _nulled(draft.replay, host, later))
    side = "high" if proxy.high else "low"
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[host],
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        severity=2,
        tier="M",
        inherent=False,
        seeded=False,
        equivalents=["missing_values", "informative_missingness", "mnar", "missing_data"],
        affected_rows=affected_rows(draft.public, missing),
        at_scoring="continues",
        parameters={
            "null_rate": NULL_RATE,
            "steepness": strength,
            "side": side,
            "proxy": proxy.column,
            "where": {proxy.column: [proxy.where]},
        },
        summary=f"{host} is null in {NULL_RATE:.0%} of the rows, mostly where its value would be {side}, "
        f"as {proxy.column} tells.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the null rate where the proxy says that the value would have been on the hidden side."""
    inside = rows_where(frame, key.parameters["where"])
    return {"null_rate": statistics.null_rate(frame[key.columns[0]][inside])}


def null_auc(frame: pd.DataFrame, key: PlantKey) -> float:
    """Return how well the proxy ranks null above known rows, as an AUC; 0.5 without a null."""
    missing = frame[key.columns[0]].isna().to_numpy()
    value = statistics.auc(frame[key.parameters["proxy"]], missing.astype(np.int64))
    return 0.5 if np.isnan(value) else value


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the proxy ranks null above known rows with an AUC of 0.60 or more."""
    return null_auc(frame, key) >= PRESENT_AUC


def _tie_broken(frame: pd.DataFrame, host: str, rng: np.random.Generator) -> Floats:
    """Return the values with less than the smallest step between two of them added at random."""
    step = 1.0 if frame[host].dtype.kind == "i" else 0.01
    return frame[host].to_numpy(dtype=np.float64) + step * rng.random(len(frame))


def _position(values: Floats, edges: Floats, high: bool) -> npt.NDArray[np.int64]:
    """Return each row's group by the value, `GROUPS` − 1 the most hidden."""
    position = np.searchsorted(edges, values)
    return position if high else GROUPS - 1 - position


def _chance(steepness: float) -> Floats:
    """Return each group's chance of a null, the mean being NULL_RATE."""
    rank = (np.arange(GROUPS) + 0.5) / GROUPS
    low, high = -80.0, 20.0
    for _ in range(60):
        level = (low + high) / 2
        chance = 1 / (1 + np.exp(-(level + steepness * (rank - 0.5))))
        low, high = (level, high) if chance.mean() < NULL_RATE else (low, level)
    return np.asarray(chance)


def _steepness(draft: Draft, proxy: Proxy, position: npt.NDArray[np.int64]) -> float:
    """Return the steepness at which the expected AUC of null rows by the proxy is on target."""
    code = np.clip(draft.public[proxy.column].to_numpy(), 0, LEVELS - 1).astype(np.int64)
    table = np.bincount(position * LEVELS + code, minlength=GROUPS * LEVELS)
    by_group = table.reshape(GROUPS, LEVELS)[:, :: 1 if proxy.high else -1].astype(np.float64)

    def expected_auc(steepness: float) -> float:
        chance = _chance(steepness)
        null, known = chance @ by_group, (1 - chance) @ by_group
        below = np.cumsum(known) - known
        return float((null * (below + known / 2)).sum() / (null.sum() * known.sum()))

    # On a few thousand rows the proxy may tell too little for the whole way.
    aim = min(TARGET_AUC, expected_auc(STEEPEST))
    return bisect(expected_auc, aim, 0.0, STEEPEST, 0.002, KIND)


def _nulled(frame: pd.DataFrame, host: str, missing: npt.NDArray[np.bool_]) -> Floats:
    return np.where(missing, np.nan, frame[host].to_numpy(dtype=np.float64))


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="M",
    apply=apply,
    measure=measure,
    present=present,
    hosts=tuple(HOSTS),
    touches=lambda place, c: frozenset({place.host, HOSTS[place.host].column}),
)
