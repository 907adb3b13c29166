"""What the company's systems record of each customer-month: the 40 features, before any defect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.schema import FEATURES, NOISE
from data_generator.world.customers import CHANNELS, CONTRACTS, PAYMENTS, REGIONS, SEGMENTS, TIERS
from data_generator.world.draws import Draws, draws, poisson_table
from data_generator.world.dynamics import HISTORY
from data_generator.world.hazard import months_to_end
from data_generator.world.panel import Panel
from data_generator.world.readings import Readings, dip, share, take_readings
from data_generator.world.risk import risk_index

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[Any]
Columns = dict[str, Any]
# Correlation of the strong predictor with the hazard's logit, so that each column reaches an AUC near 0.725.
STRONG_WEIGHT = {"days_since_last_login": 0.645, "active_days_30d": 0.64, "features_used": 0.655}


@dataclass(frozen=True)
class Observation:
    """The clean features of every panel row, and the monthly meters that trailing windows are made of.

    `meters` maps the monthly column to its dense month × slot array, month t in row `HISTORY + t`.
    """

    features: Columns
    meters: dict[str, Floats]


def observe(seed: int, panel: Panel, shard: int = 0) -> Observation:
    """Record the 40 features of every panel row.

    Each column draws from its own stream in the order of months, so a change of the hazard leaves all records
    before it as they were.
    """

    def of(name: str) -> Draws:
        return draws(seed, f"observe:{name}", shard)

    view = _View(panel, of)
    readings = take_readings(panel.dynamics, of)
    columns = (
        _account(view)
        | _commercial(view)
        | _usage(view, readings)
        | _service(view, readings)
        | _billing(view, readings)
        | _other(view)
    )
    features = {column.name: _typed(columns[column.name], column.decimals) for column in FEATURES}
    return Observation(features, {"data_usage_gb": readings.usage, "logins_30d": readings.logins})


class _View:
    """The panel's hidden values by row, and draws of one number per row."""

    def __init__(self, panel: Panel, of: Callable[[str], Draws]) -> None:
        d = panel.dynamics
        self.panel, self.pool, self.of, self.rows = panel, d.customers, of, panel.month.size
        self.engagement, self.satisfaction = panel.here(d.engagement), panel.here(d.satisfaction)
        self.stress = panel.here(d.stress)
        self.quality, self.habit = self.fixed("quality"), self.fixed("habit")

    def fixed(self, name: str) -> Values:
        return np.asarray(getattr(self.pool, name).take(self.panel.customer))

    def normal(self, name: str) -> npt.NDArray[np.float32]:
        return self.of(name).normal(self.rows)

    def uniform(self, name: str) -> npt.NDArray[np.float32]:
        return self.of(name).uniform(self.rows)


def _typed(values: Any, decimals: int) -> Any:
    if isinstance(values, pd.Categorical):
        return values
    if values.dtype.kind != "f":
        return values.astype(np.int64)
    # Adding zero turns -0.0 into 0.0, which would tell the sign of what was rounded away.
    return np.round(values.astype(np.float64), decimals) + 0.0


def _category(codes: Values, levels: tuple[str, ...]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index(levels, dtype=object))


def _account(view: _View) -> Columns:
    return {
        "tenure_months": view.panel.tenure,
        "customer_segment": _category(view.fixed("segment"), SEGMENTS),
        "plan_tier": _category(view.panel.here(view.panel.dynamics.tier), TIERS),
        "region": _category(view.fixed("region"), REGIONS),
        "acquisition_channel": _category(view.fixed("channel"), CHANNELS),
        "contract_type": _category(view.fixed("contract"), CONTRACTS),
        "payment_method": _category(view.fixed("payment"), PAYMENTS),
        "autopay_enabled": view.fixed("autopay"),
        "owner_age": view.fixed("owner_age"),
    }


def _commercial(view: _View) -> Columns:
    d, seats = view.panel.dynamics, view.fixed("seats")
    left = months_to_end(view.panel.tenure, d.customers.term.take(view.panel.customer))
    use = share(1.3 + 0.8 * view.engagement + 0.4 * view.normal("seat_use"))
    return {
        "seats_purchased": seats,
        # Rounded up or down at random, so that a single seat is in use with the probability `use`.
        "seats_active": np.floor(seats * use + view.uniform("seats_active")).astype(np.int64),
        "monthly_charge": view.panel.here(d.charge_cents) / 100,
        "discount_pct": view.fixed("discount"),
        "total_charges": view.panel.here(d.total_cents) / 100,
        "months_to_contract_end": np.where(left > 0, left, np.nan),
    }


def _usage(view: _View, readings: Readings) -> Columns:
    panel, c = view.panel, view.panel.dynamics.coefficients
    usage = panel.here(readings.usage)
    usage_sum, months = panel.trailing(readings.usage, 3)
    login_sum, _ = panel.trailing(readings.logins, 3)
    earlier = np.where(panel.known(2), panel.here(readings.usage, 2), np.nan)

    def driver(name: str, engagement: float, habit: float, noise: float) -> Values:
        if name == c.strong_column:
            weight = STRONG_WEIGHT[name]
            own = np.float32(np.sqrt(1 - weight**2)) * view.normal(name)
            return np.asarray(np.float32(-weight) * risk_index(panel) - own)
        return np.asarray(engagement * view.engagement + habit * view.habit + noise * view.normal(name))

    def dipping(name: str) -> Values | float:
        return dip(c, panel.month) if c.dip_column == name else 1.0

    days = share(0.1 + 0.9 * driver("active_days_30d", 0.75, 0.45, 0.5)) * dipping("active_days_30d")
    recency = driver("days_since_last_login", 0.65, 0.0, 0.65)
    features = share(-0.2 + 0.8 * driver("features_used", 0.6, 0.5, 0.85))
    calls = np.exp(3.2 + 0.4 * view.habit + 0.3 * view.engagement + 0.3 * view.normal("api_calls"))
    return {
        "data_usage_gb": usage,
        "usage_avg_3m": usage_sum / months,
        "usage_trend_3m": (usage - earlier) * months / usage_sum,
        "logins_30d": panel.here(readings.logins).astype(np.int64),
        "logins_avg_3m": login_sum / months,
        "active_days_30d": np.round(30 * days).astype(np.int64),
        "days_since_last_login": np.minimum(np.exp(1.1 - 0.85 * recency), 60).astype(np.int64),
        "features_used": np.round(12 * features).astype(np.int64),
        "api_calls_30d": np.round(calls * view.fixed("integrations")).astype(np.int64),
        "mobile_share": share(0.2 + 1.1 * view.normal("mobile_share")),
        "session_minutes_avg": np.exp(2.3 + 0.35 * view.normal("session")) * dipping("session_minutes_avg"),
    }


def _service(view: _View, readings: Readings) -> Columns:
    panel = view.panel
    tickets, recent = panel.here(readings.tickets), panel.trailing(readings.tickets, 3)[0] > 0
    hours = np.exp(2.9 - 0.25 * view.quality + 0.45 * view.normal("resolution"))
    nps = 7.0 + 1.7 * view.satisfaction + 0.6 * view.quality + 1.1 * view.normal("nps")
    csat = 3.5 + 0.75 * view.satisfaction + 0.55 * view.normal("csat")
    silent = np.exp(-(np.arange(1, 2 + panel.tenure.max())) / 9).astype(np.float32)
    answered = view.uniform("answered") >= silent.take(panel.tenure)
    rated = recent & (view.uniform("rated") < np.float32(0.7))
    backlog = np.exp(-1.6 - 0.4 * view.satisfaction) + np.float32(0.25) * tickets
    return {
        "support_tickets_30d": tickets,
        "tickets_open": view.of("tickets_open").poisson(backlog),
        "avg_resolution_hours": np.where(recent, hours, np.nan),
        "nps_score": np.where(answered, np.round(np.clip(nps, 0, 10)), np.nan),
        "csat_last": np.where(rated, np.round(np.clip(csat, 1, 5)), np.nan),
        "outages_30d": view.of("outages").poisson(np.exp(-0.9 - 0.5 * view.quality)),
    }


def _billing(view: _View, readings: Readings) -> Columns:
    overdue = share(-1.7 + 1.5 * view.stress) > view.uniform("overdue")
    days = np.minimum(np.ceil(np.exp(1.95 + 0.75 * view.normal("days_overdue") + 0.4 * view.stress)), 90)
    return {
        "payment_failures_3m": view.panel.trailing(readings.failures, 3)[0].astype(np.int64),
        "days_past_due": np.where(overdue, days, 0).astype(np.int64),
        "late_payments_12m": view.panel.trailing(readings.late, 12)[0].astype(np.int64),
    }


def _other(view: _View) -> Columns:
    return {
        "email_open_rate": share(-0.8 + 0.9 * view.normal("email")),
        "marketing_touches_30d": view.of("touches").of(poisson_table(2.2), view.rows),
        "plan_changes_12m": view.panel.trailing(view.panel.dynamics.plan_changed, 12)[0].astype(np.int64),
        "integrations_count": view.fixed("integrations"),
        "referral_count": view.fixed("referrals"),
    }


assert set(NOISE) <= {column.name for column in FEATURES}
assert HISTORY >= 12, "the longest trailing window"
