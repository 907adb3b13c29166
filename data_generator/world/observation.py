"""What the company's systems record of each customer-month: the 40 features, before any defect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.months import PUBLIC_MONTHS, REPLAY_MONTHS
from data_generator.schema import FEATURES, NOISE
from data_generator.streams import stream
from data_generator.world.customers import (
    CHANNELS,
    CONTRACTS,
    PAYMENTS,
    REGIONS,
    SEGMENTS,
    TIERS,
    constant_log_odds,
    engagement_slope,
)
from data_generator.world.dynamics import HISTORY
from data_generator.world.hazard import clock_log_odds, months_to_end
from data_generator.world.panel import Panel

Floats = npt.NDArray[np.float64]
Columns = dict[str, object]
# Correlation of the strong predictor with the hazard's logit, so that each column reaches an AUC near 0.725.
STRONG_WEIGHT = {"days_since_last_login": 0.67, "active_days_30d": 0.70, "features_used": 0.80}
SHAPE_MONTHS = HISTORY + PUBLIC_MONTHS + REPLAY_MONTHS


@dataclass(frozen=True)
class Observation:
    """The clean features of every panel row, and the monthly meters that trailing windows are made of.

    `meters` maps the monthly column to its dense month × slot array, month t in row `HISTORY + t`.
    """

    features: pd.DataFrame
    meters: dict[str, Floats]


def observe(seed: int, panel: Panel) -> Observation:
    """Record the 40 features of every panel row; each draw has its own stream, which runs by month."""
    meters = {"data_usage_gb": _usage(seed, panel), "logins_30d": _logins(seed, panel)}
    columns: Columns = {}
    columns |= _account(panel)
    columns |= _commercial(seed, panel)
    columns |= _usage_block(seed, panel, meters)
    columns |= _service(seed, panel)
    columns |= _billing(seed, panel)
    columns |= _other(seed, panel)
    frame = pd.DataFrame({column.name: _typed(columns[column.name], column.decimals) for column in FEATURES})
    return Observation(frame, meters)


def risk_index(panel: Panel) -> Floats:
    """Return the standardised logit of the unchanged hazard, the honest core of the strong predictor."""
    d, c = panel.dynamics, panel.dynamics.coefficients
    pool, who = d.customers, panel.customer
    logit = (
        constant_log_odds(pool, c)[who]
        + engagement_slope(pool, c)[who] * panel.here(d.engagement)
        + c.satisfaction * panel.here(d.satisfaction)
        + c.stress * panel.here(d.stress)
        + clock_log_odds(c, panel.here(d.tenure), pool.term[who])
    )
    # By the first month, which no change of the hazard has touched yet.
    first = logit[panel.month == 0]
    return np.asarray((logit - first.mean()) / first.std())


def _typed(values: object, decimals: int) -> object:
    if isinstance(values, pd.Categorical):
        return values
    array = np.asarray(values)
    return np.round(array, decimals) if array.dtype.kind == "f" else array.astype(np.int64)


def _category(codes: npt.NDArray[np.int64], levels: tuple[str, ...]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index(levels, dtype=object))


def _account(panel: Panel) -> Columns:
    d, pool, who = panel.dynamics, panel.dynamics.customers, panel.customer
    return {
        "tenure_months": panel.here(d.tenure),
        "customer_segment": _category(pool.segment[who], SEGMENTS),
        "plan_tier": _category(panel.here(d.tier), TIERS),
        "region": _category(pool.region[who], REGIONS),
        "acquisition_channel": _category(pool.channel[who], CHANNELS),
        "contract_type": _category(pool.contract[who], CONTRACTS),
        "payment_method": _category(pool.payment[who], PAYMENTS),
        "autopay_enabled": pool.autopay[who],
        "owner_age": pool.owner_age[who],
    }


def _commercial(seed: int, panel: Panel) -> Columns:
    d, pool, who = panel.dynamics, panel.dynamics.customers, panel.customer
    left = months_to_end(panel.here(d.tenure), pool.term[who])
    active = _draws(seed, "seats_active").binomial(
        pool.seats[who], _share(1.3 + 0.8 * panel.here(d.engagement))
    )
    return {
        "seats_purchased": pool.seats[who],
        "seats_active": active,
        "monthly_charge": panel.here(d.charge),
        "discount_pct": pool.discount[who],
        "total_charges": panel.here(d.total),
        "months_to_contract_end": np.where(left > 0, left, np.nan),
    }


def _usage(seed: int, panel: Panel) -> Floats:
    d = panel.dynamics
    engagement = d.engagement[:SHAPE_MONTHS]
    noise = _draws(seed, "usage").standard_normal(engagement.shape)
    appetite = d.customers.appetite[d.customer[:SHAPE_MONTHS]]
    log_usage = 2.9 + 0.42 * appetite + 0.22 * d.tier[:SHAPE_MONTHS] + 0.42 * engagement + 0.16 * noise
    return np.asarray(np.round(np.exp(log_usage + 0.06 * _yearly(SHAPE_MONTHS)), 2))


def _logins(seed: int, panel: Panel) -> Floats:
    d, c = panel.dynamics, panel.dynamics.coefficients
    habit = d.customers.habit[d.customer[:SHAPE_MONTHS]]
    mean = np.exp(2.4 + 0.35 * habit + 0.42 * d.engagement[:SHAPE_MONTHS])
    if c.dip_column == "logins_30d":
        mean = mean * _dip(panel, np.arange(-HISTORY, SHAPE_MONTHS - HISTORY))[:, None]
    return np.asarray(_draws(seed, "logins").poisson(mean), dtype=np.float64)


def _usage_block(seed: int, panel: Panel, meters: dict[str, Floats]) -> Columns:
    d, c, pool, who = panel.dynamics, panel.dynamics.coefficients, panel.dynamics.customers, panel.customer
    n = panel.month.size
    engagement, habit = panel.here(d.engagement), pool.habit[who]
    usage = panel.here(meters["data_usage_gb"])
    usage_sum, months = panel.trailing(meters["data_usage_gb"], 3)
    login_sum, _ = panel.trailing(meters["logins_30d"], 3)
    earlier = np.where(panel.known(2), panel.here(meters["data_usage_gb"], 2), np.nan)
    dip = _dip(panel, panel.month)

    def normal(name: str) -> Floats:
        return _draws(seed, name).standard_normal(panel.month.size)

    def driver(name: str, ordinary: Floats) -> Floats:
        if name != c.strong_column:
            return ordinary
        weight = STRONG_WEIGHT[name]
        noise = np.sqrt(1 - weight**2) * _draws(seed, "strong").standard_normal(n)
        return np.asarray(-weight * risk_index(panel) - noise)

    days = driver("active_days_30d", 0.75 * engagement + 0.45 * habit + 0.25 * normal("active_days"))
    recency = driver("days_since_last_login", 0.65 * engagement + 0.65 * normal("recency"))
    features = driver("features_used", 0.6 * engagement + 0.5 * habit + 0.45 * normal("features"))
    calls = np.exp(3.2 + 0.4 * habit + 0.3 * engagement + 0.3 * normal("api_calls")) * pool.integrations[who]
    session = np.exp(2.3 + 0.35 * _draws(seed, "session").standard_normal(n))
    day_share = _share(0.1 + 0.9 * days) * (dip if c.dip_column == "active_days_30d" else 1.0)
    return {
        "data_usage_gb": usage,
        "usage_avg_3m": usage_sum / months,
        "usage_trend_3m": (usage - earlier) / (usage_sum / months),
        "logins_30d": panel.here(meters["logins_30d"]).astype(np.int64),
        "logins_avg_3m": login_sum / months,
        "active_days_30d": _draws(seed, "days").binomial(30, day_share),
        "days_since_last_login": np.minimum(np.floor(np.exp(1.1 - 0.85 * recency)), 60).astype(np.int64),
        "features_used": _draws(seed, "features_used").binomial(12, _share(-0.2 + 0.8 * features)),
        "api_calls_30d": np.round(calls).astype(np.int64),
        "mobile_share": _share(0.2 + 1.1 * _draws(seed, "mobile").standard_normal(n)),
        "session_minutes_avg": session * (dip if c.dip_column == "session_minutes_avg" else 1.0),
    }


def _service(seed: int, panel: Panel) -> Columns:
    d, pool, who = panel.dynamics, panel.dynamics.customers, panel.customer
    n = panel.month.size
    satisfaction, quality = panel.here(d.satisfaction), pool.quality[who]
    dense_rate = np.exp(-1.15 - 0.45 * d.satisfaction - 0.3 * pool.quality[d.customer])[:SHAPE_MONTHS]
    tickets = _draws(seed, "tickets").poisson(dense_rate)
    recent, _ = panel.trailing(tickets, 3)
    hours = np.exp(2.9 - 0.25 * quality + 0.45 * _draws(seed, "resolution").standard_normal(n))
    feeling = 1.7 * satisfaction + 0.6 * quality + 1.1 * _draws(seed, "nps").standard_normal(n)
    nps = np.clip(np.round(7.0 + feeling), 0, 10)
    answers = _draws(seed, "answers").random(n) < 1 - np.exp(-(panel.here(d.tenure) + 1) / 9)
    csat = np.clip(np.round(3.5 + 0.75 * satisfaction + 0.55 * _draws(seed, "csat").standard_normal(n)), 1, 5)
    rated = (recent > 0) & (_draws(seed, "rated").random(n) < 0.7)
    backlog = np.exp(-1.6 - 0.4 * satisfaction) + 0.25 * panel.here(tickets)
    return {
        "support_tickets_30d": panel.here(tickets),
        "tickets_open": _draws(seed, "tickets_open").poisson(backlog),
        "avg_resolution_hours": np.where(recent > 0, hours, np.nan),
        "nps_score": np.where(answers, nps, np.nan),
        "csat_last": np.where(rated, csat, np.nan),
        "outages_30d": _draws(seed, "outages").poisson(np.exp(-0.9 - 0.5 * quality)),
    }


def _billing(seed: int, panel: Panel) -> Columns:
    stress = panel.dynamics.stress[:SHAPE_MONTHS]
    failures = _draws(seed, "failures").poisson(np.exp(-2.3 + 0.85 * stress))
    late = _draws(seed, "late").random(stress.shape) < _share(-2.4 + 0.9 * stress)
    overdue = _share(-1.7 + 1.5 * panel.here(stress)) > _draws(seed, "overdue").random(panel.month.size)
    days = np.ceil(
        _draws(seed, "days_overdue").gamma(1.6, 7.0, panel.month.size) * np.exp(0.4 * panel.here(stress))
    )
    return {
        "payment_failures_3m": panel.trailing(failures, 3)[0].astype(np.int64),
        "days_past_due": np.where(overdue, np.minimum(days, 90), 0).astype(np.int64),
        "late_payments_12m": panel.trailing(late, 12)[0].astype(np.int64),
    }


def _other(seed: int, panel: Panel) -> Columns:
    d, pool, who = panel.dynamics, panel.dynamics.customers, panel.customer
    n = panel.month.size
    return {
        "email_open_rate": _share(-0.8 + 0.9 * _draws(seed, "open_rate").standard_normal(n)),
        "marketing_touches_30d": _draws(seed, "touches").poisson(2.2, n),
        "plan_changes_12m": panel.trailing(d.plan_changed, 12)[0].astype(np.int64),
        "integrations_count": pool.integrations[who],
        "referral_count": _draws(seed, "referrals").poisson(0.6, pool.quality.size)[who],
    }


def _draws(seed: int, name: str) -> np.random.Generator:
    # Rows are in the order of months, so a change of the hazard leaves all draws before it as they were.
    return stream(seed, f"observe:{name}")


def _share(logit: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _yearly(months: int) -> Floats:
    return np.cos(2 * np.pi * ((np.arange(months) - HISTORY) % 12) / 12)[:, None]


def _dip(panel: Panel, month: npt.NDArray[np.int64]) -> Floats:
    c = panel.dynamics.coefficients
    return np.where(np.isin(month % 12 + 1, c.dip_months), c.dip_factor, 1.0)


assert set(NOISE) <= {column.name for column in FEATURES}
