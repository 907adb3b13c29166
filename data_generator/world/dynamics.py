"""The month-by-month core: hidden states, the cancellation hazard, and who holds which slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.months import PUBLIC_MONTHS, SIMULATED_MONTHS
from data_generator.world.billing import (
    PLAN_CHANGE_RATE,
    changed_tier,
    charge_cents,
    charged_before,
    tier_after,
)
from data_generator.world.coefficients import MONTHLY_HAZARD, PERSISTENCE, Coefficients, sigmoid
from data_generator.world.customers import (
    Customers,
    complete,
    draw_newcomers,
)
from data_generator.world.draws import draws
from data_generator.world.hazard import HazardChange
from data_generator.world.logits import Logits
from data_generator.world.start import Start, draw_start
from data_generator.world.stationary import Mix, monthly_growth, stationary_mix

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

HISTORY = 12  # months before the first snapshot that trailing windows may look at
MONTHS = HISTORY + SIMULATED_MONTHS


@dataclass(frozen=True)
class Dynamics:
    """Dense month × slot arrays; row `HISTORY + t` is month `t`, one customer holds a slot until they cancel.

    `customer` indexes `customers`, `cancels` says that the holder's cancellation takes effect at the next
    month-end, `schedule[t]` slots are active in month t. The hazard's intercept in month t is
    `mix.level + shift[t]`; `shift` keeps the mean hazard of every month at what is expected, `changes` included.
    """

    customers: Customers
    coefficients: Coefficients
    changes: tuple[HazardChange, ...]
    mix: Mix
    shift: Floats
    schedule: Integers
    customer: Integers
    tenure: npt.NDArray[np.int32]
    tier: npt.NDArray[np.int8]
    plan_changed: npt.NDArray[np.bool_]
    charge_cents: Integers
    total_cents: Integers
    engagement: Singles
    satisfaction: Singles
    stress: Singles
    cancels: npt.NDArray[np.bool_]


def active_schedule(rows: int, growth: float) -> Integers:
    """Return active customers per simulated month: non-decreasing, the public months adding up to `rows`."""
    weight = (1 + growth) ** (np.arange(SIMULATED_MONTHS) / (PUBLIC_MONTHS - 1))
    ideal = rows * weight / weight[:PUBLIC_MONTHS].sum()
    active = np.floor(ideal).astype(np.int64)
    left = rows - int(active[:PUBLIC_MONTHS].sum())
    active[PUBLIC_MONTHS - left : PUBLIC_MONTHS] += 1
    active[PUBLIC_MONTHS:] = np.maximum(active[PUBLIC_MONTHS:], active[PUBLIC_MONTHS - 1])
    return np.asarray(active)


def simulate(
    seed: int,
    rows: int,
    c: Coefficients,
    changes: tuple[HazardChange, ...] = (),
    hazard_factor: float = 1.0,
    shard: int = 0,
) -> Dynamics:
    """Simulate the panel: exactly `rows` active customer-months in the public months.

    Before the first of `changes` the panel is that without them. `hazard_factor` scales the mean hazard.
    """
    schedule = active_schedule(rows, c.growth)
    slots = int(schedule[-1])
    mix = stationary_mix(c, MONTHLY_HAZARD * hazard_factor)
    start = draw_start(seed, shard, slots, mix, c)
    newcomers = int(1.5 * slots * MONTHS * (MONTHLY_HAZARD * hazard_factor + monthly_growth(c))) + 100
    while True:
        pool = complete(start.traits.followed_by(draw_newcomers(seed, shard, newcomers)), seed, shard)
        dynamics = _run(seed, shard, schedule, pool, start, mix, c, changes, MONTHLY_HAZARD * hazard_factor)
        if dynamics is not None:
            return dynamics
        newcomers *= 2


def _run(
    seed: int,
    shard: int,
    schedule: Integers,
    pool: Customers,
    start: Start,
    mix: Mix,
    c: Coefficients,
    changes: tuple[HazardChange, ...],
    mean_hazard: float,
) -> Dynamics | None:
    """Return the months one after another; None when the pool has too few newcomers."""
    slots = int(schedule[-1])
    shape = (MONTHS, slots)
    kept: dict[str, npt.NDArray[Any]] = {name: np.zeros(shape, dtype=kind) for name, kind in KEPT.items()}
    states = [kept[name] for name in ("engagement", "satisfaction", "stress")]
    customer, tenure, tier = kept["customer"], kept["tenure"], kept["tier"]
    charge, total = kept["charge_cents"], kept["total_cents"]
    noise, luck, thinning, cancelling = (
        draws(seed, f"dynamics:{name}", shard) for name in ("states", "plans", "thinning", "cancellations")
    )
    lottery = draws(seed, "dynamics:start", shard)

    customer[0], tenure[0] = np.arange(slots), start.tenure
    for state, values in zip(states, start.states, strict=True):
        state[0] = values
    tier[0] = tier_after(pool.first_tier[:slots], start.tenure, lottery.uniform(slots))
    charge[0] = charge_cents(pool.base_price[:slots], tier[0])
    total[0] = charged_before(pool, tier[0], start.tenure, lottery.uniform(slots)) + charge[0]
    logits = Logits(pool, c, mix.level, changes, mean_hazard)
    shift = np.zeros(SIMULATED_MONTHS)
    used = slots
    for now in range(MONTHS):
        month = now - HISTORY
        logit, shift[max(month, 0)] = logits.of(
            month, customer[now], tenure[now], [state[now] for state in states]
        )
        cancels = sampled(logit, float(cancelling.uniform(1)[0]))
        kept["cancels"][now] = cancels
        if now + 1 == MONTHS:
            break
        leave = cancels.copy()
        if month < 0:
            # Growth thins out older customers as much as it will in the months that follow.
            leave |= thinning.uniform(slots) < monthly_growth(c)
        else:
            leave[schedule[month] : schedule[month + 1]] = True
        joined = np.flatnonzero(leave)
        if used + joined.size > pool.quality.size:
            return None
        then = now + 1
        for state, rho, z in zip(states, PERSISTENCE, noise.normal(len(PERSISTENCE), slots), strict=True):
            np.multiply(state[now], np.float32(rho), out=state[then])
            state[then] += np.float32(np.sqrt(1 - rho**2)) * z
            state[then, joined] = z[joined]
        customer[then], tier[then], charge[then] = customer[now], tier[now], charge[now]
        np.add(tenure[now], 1, out=tenure[then])
        chance = luck.uniform(slots)
        kept["plan_changed"][then] = (chance < PLAN_CHANGE_RATE) & ~leave
        movers = np.flatnonzero(kept["plan_changed"][then])
        tier[then, movers] = changed_tier(tier[now, movers], chance[movers] < PLAN_CHANGE_RATE / 2)
        customer[then, joined] = np.arange(used, used + joined.size)
        tenure[then, joined] = 0
        tier[then, joined] = pool.first_tier[used : used + joined.size]
        used += joined.size
        repriced = np.concatenate([movers, joined])
        charge[then, repriced] = charge_cents(pool.base_price[customer[then, repriced]], tier[then, repriced])
        np.add(total[now], charge[then], out=total[then])
        total[then, joined] = charge[then, joined]
    return Dynamics(
        customers=pool, coefficients=c, changes=changes, mix=mix, shift=shift, schedule=schedule, **kept
    )


KEPT: dict[str, type] = {
    "customer": np.int64,
    "tenure": np.int32,
    "tier": np.int8,
    "plan_changed": np.bool_,
    "charge_cents": np.int64,
    "total_cents": np.int64,
    "engagement": np.float32,
    "satisfaction": np.float32,
    "stress": np.float32,
    "cancels": np.bool_,
}


def sampled(logit: Singles, luck: float) -> npt.NDArray[np.bool_]:
    """Return who cancels, drawn by systematic sampling in the order of the hazard.

    Everyone cancels with the probability of their own hazard; how many do in any band of risk hardly depends on
    luck, which keeps the base rate and every model's scores alike from seed to seed.
    """
    ranked = np.argsort(np.clip((logit + 16) * 2048, 0, 65535).astype(np.uint16), kind="stable")
    passed = np.floor(np.cumsum(sigmoid(logit[ranked].astype(np.float64))) + luck)
    cancels = np.empty(logit.size, dtype=bool)
    cancels[ranked] = np.diff(passed, prepend=0.0) > 0
    return cancels
