"""The month-by-month core: hidden states, the cancellation hazard, and who holds which slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.months import PUBLIC_MONTHS, SIMULATED_MONTHS
from data_generator.streams import stream
from data_generator.world.coefficients import MONTHLY_HAZARD, PERSISTENCE, Coefficients, sigmoid
from data_generator.world.customers import Customers, constant_log_odds, draw_customers, engagement_slope
from data_generator.world.hazard import (
    HazardChange,
    active_changes,
    changed,
    clock_log_odds,
    level_for,
    season_log_odds,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

HISTORY = 12  # months before the first snapshot that trailing windows may look at
BURN_IN = 72  # months until the mix of customers no longer depends on how it was started
OLDEST_AT_START = 160  # months since the company began when the burn-in starts
START_LEVEL = -3.9  # a first guess of the hazard's level, hidden states averaged in
CANDIDATES = 5  # customers of the pool that compete for a slot at the start
CALIBRATION_SLOTS = 6000  # the hazard's level is set on at least this many customers
LIST_PRICE = np.array([19.0, 29.0, 45.0, 69.0])
PLAN_CHANGE_RATE = 0.012


@dataclass(frozen=True)
class Dynamics:
    """Dense month × slot arrays; row `HISTORY + t` is month `t`, one customer holds a slot until they cancel.

    `customer` indexes the pool, `cancels` says that the holder's cancellation takes effect at the next
    month-end, `schedule[t]` slots are active in month t. The hazard's intercept in month t is
    `level + shift[t]`; `shift` is what `changes` of the hazard add, re-centring included.
    """

    customers: Customers
    coefficients: Coefficients
    changes: tuple[HazardChange, ...]
    level: float
    shift: Floats
    schedule: Integers
    customer: Integers
    tenure: Integers
    tier: Integers
    plan_changed: npt.NDArray[np.bool_]
    charge: Floats
    total: Floats
    engagement: Floats
    satisfaction: Floats
    stress: Floats
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
) -> Dynamics:
    """Simulate the panel: exactly `rows` active customer-months in the public months.

    Before the first of `changes` the panel is that without them. `hazard_factor` scales the mean hazard.
    """
    rng = stream(seed, "dynamics")
    schedule = active_schedule(rows, c.growth)
    slots = int(schedule[-1])
    pool = draw_customers(seed, _pool_size(slots))
    state = _start(rng, pool, c, max(slots, CALIBRATION_SLOTS), MONTHLY_HAZARD * hazard_factor)
    state.level = _burn_in(rng, pool, c, state)
    state.shrink(slots)
    kept: dict[str, npt.NDArray[Any]] = {
        name: np.empty((HISTORY + SIMULATED_MONTHS, slots), dtype=kind) for name, kind in KEPT.items()
    }
    shift = np.zeros(SIMULATED_MONTHS)
    for month in range(-HISTORY, SIMULATED_MONTHS):
        hazard, shift[max(month, 0)] = state.changed_hazard(pool, c, month, active_changes(changes, month))
        cancels = rng.random(slots) < hazard
        state.bill(pool)
        for name in kept:
            kept[name][HISTORY + month] = cancels if name == "cancels" else getattr(state, name)
        leave = cancels.copy()
        if month < 0:
            leave |= rng.random(slots) < _monthly_growth(c)
        elif month + 1 < SIMULATED_MONTHS:
            leave[schedule[month] : schedule[month + 1]] = True
        state.advance(rng, pool, leave)
    return Dynamics(
        customers=pool,
        coefficients=c,
        changes=changes,
        level=state.level,
        shift=shift,
        schedule=schedule,
        **kept,
    )


KEPT: dict[str, type] = {
    "customer": np.int64,
    "tenure": np.int64,
    "tier": np.int64,
    "plan_changed": np.bool_,
    "charge": np.float64,
    "total": np.float64,
    "engagement": np.float64,
    "satisfaction": np.float64,
    "stress": np.float64,
    "cancels": np.bool_,
}


@dataclass
class _Slots:
    """The present month of every slot; the only mutable value of the world, alive inside `simulate` alone."""

    mean_hazard: float
    level: float
    used: int
    customer: Integers
    tenure: Integers
    tier: Integers
    plan_changed: npt.NDArray[np.bool_]
    charge: Floats
    total: Floats
    engagement: Floats
    satisfaction: Floats
    stress: Floats

    def shrink(self, slots: int) -> None:
        """Keep the first slots only."""
        for name in KEPT:
            if name != "cancels":
                setattr(self, name, getattr(self, name)[:slots])

    def logit(self, pool: Customers, c: Coefficients, month: int) -> Floats:
        """Return the logit of each slot's hazard of cancelling at the next month-end."""
        who = self.customer
        return np.asarray(
            self.level
            + constant_log_odds(pool, c)[who]
            + engagement_slope(pool, c)[who] * self.engagement
            + c.satisfaction * self.satisfaction
            + c.stress * self.stress
            + clock_log_odds(c, self.tenure, pool.term[who])
            + season_log_odds(c, month)
        )

    def changed_hazard(
        self, pool: Customers, c: Coefficients, month: int, changes: tuple[HazardChange, ...]
    ) -> tuple[Floats, float]:
        """Return each slot's hazard under the changes that act in a month, and their shift of the level."""
        lasting = [change for change in changes if not change.recentre]
        added = sum(change.log_odds for change in lasting)
        hazard = sigmoid(self.logit(pool, changed(c, lasting), month) + added)
        if len(lasting) == len(changes):
            return hazard, added
        # The stationary mean, not that of those present: a change also changes who stays.
        clean = sigmoid(self.logit(pool, c, month))
        expected = self.mean_hazard * np.exp(season_log_odds(c, month)) * hazard.mean() / clean.mean()
        logit = self.logit(pool, changed(c, changes), month)
        shift = level_for(logit, float(expected))
        return sigmoid(logit + shift), shift

    def bill(self, pool: Customers) -> None:
        """Invoice the month."""
        self.charge = _charge(pool, self.customer, self.tier)
        self.total = np.round(self.total + self.charge, 2)

    def advance(self, rng: np.random.Generator, pool: Customers, leave: npt.NDArray[np.bool_]) -> None:
        """Move to the next month; slots in `leave` go to customers who have just signed up."""
        size, fresh = leave.size, int(leave.sum())
        states = (self.engagement, self.satisfaction, self.stress)
        self.engagement, self.satisfaction, self.stress = (
            np.where(leave, noise, rho * x + np.sqrt(1 - rho**2) * noise)
            for rho, x, noise in zip(PERSISTENCE, states, rng.standard_normal((3, size)), strict=True)
        )
        luck = rng.random(size)
        self.plan_changed = (luck < PLAN_CHANGE_RATE) & ~leave
        step = np.where(luck < PLAN_CHANGE_RATE / 2, 1, -1)
        step = np.where((self.tier + step < 0) | (self.tier + step >= LIST_PRICE.size), -step, step)
        assert self.used + fresh <= pool.quality.size, "the pool of customers is larger than any inflow"
        self.customer = self.customer.copy()
        self.customer[leave] = np.arange(self.used, self.used + fresh)
        self.used += fresh
        self.tenure = np.where(leave, 0, self.tenure + 1)
        self.tier = np.where(leave, pool.first_tier[self.customer], self.tier + step * self.plan_changed)
        self.total = np.where(leave, 0.0, self.total)


def _start(
    rng: np.random.Generator, pool: Customers, c: Coefficients, slots: int, mean_hazard: float
) -> _Slots:
    # In a stationary mix a customer is met in proportion to the time they stay, at a random moment of it.
    candidates = np.arange(CANDIDATES * slots)
    stay = 1 / (sigmoid(START_LEVEL + constant_log_odds(pool, c)[candidates]) + _monthly_growth(c))
    luck = np.log(stay) + rng.gumbel(size=candidates.size)
    customer = np.sort(np.argpartition(-luck, slots)[:slots])
    # Folded at the company's age rather than cut, or a cohort with one renewal month would pile up there.
    tenure = (rng.exponential(stay[customer]) % OLDEST_AT_START).astype(np.int64)
    tier = pool.first_tier[customer]
    charge = _charge(pool, customer, tier)
    engagement, satisfaction, stress = rng.standard_normal((3, slots))
    return _Slots(
        mean_hazard=mean_hazard,
        level=START_LEVEL,
        used=CANDIDATES * slots,
        customer=customer,
        tenure=tenure,
        tier=tier,
        plan_changed=np.zeros(slots, dtype=bool),
        charge=charge,
        total=np.round(charge * tenure, 2),
        engagement=engagement,
        satisfaction=satisfaction,
        stress=stress,
    )


def _burn_in(rng: np.random.Generator, pool: Customers, c: Coefficients, state: _Slots) -> float:
    """Run until the mix of customers is stationary; return the level that gives the wanted monthly hazard."""
    levels: list[float] = []
    for month in range(-HISTORY - BURN_IN, -HISTORY):
        hazard = sigmoid(state.logit(pool, c, month))
        state.level += 0.5 * float(np.log(state.mean_hazard / hazard.mean()))
        levels.append(state.level)
        state.bill(pool)
        # Growth thins out older customers as much as it will in the months that follow.
        state.advance(rng, pool, rng.random(hazard.size) < hazard + _monthly_growth(c))
    # Whole years, so that the season averages out.
    return float(np.mean(levels[-24:]))


def _monthly_growth(c: Coefficients) -> float:
    return c.growth / (PUBLIC_MONTHS - 1)


def _pool_size(slots: int) -> int:
    burn_slots = max(slots, CALIBRATION_SLOTS)
    monthly_inflow = 2 * MONTHLY_HAZARD  # twice what is expected of cancellations and growth
    return (
        int(
            burn_slots * (CANDIDATES + BURN_IN * monthly_inflow)
            + slots * (HISTORY + SIMULATED_MONTHS) * monthly_inflow
        )
        + 500
    )


def _charge(pool: Customers, holder: Integers, tier: Integers) -> Floats:
    price = LIST_PRICE[tier] * pool.seats[holder] ** 0.85 * pool.price_factor[holder]
    return np.asarray(np.round(price * (1 - pool.discount[holder] / 100), 2))
