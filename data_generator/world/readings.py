"""Monthly readings of every slot, which columns and their trailing windows are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_generator.months import PUBLIC_MONTHS, REPLAY_MONTHS
from data_generator.world.coefficients import Coefficients
from data_generator.world.draws import Draws
from data_generator.world.dynamics import HISTORY, Dynamics

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[Any]
READ_MONTHS = HISTORY + PUBLIC_MONTHS + REPLAY_MONTHS
TICKETS_FROM = HISTORY - 2  # the first month that a window of three months looks at


@dataclass(frozen=True)
class Readings:
    """Dense month × slot arrays, month t in row `HISTORY + t`; counts that no window needs are 0."""

    usage: Floats
    logins: Floats
    tickets: npt.NDArray[np.int16]
    failures: npt.NDArray[np.int16]
    late: npt.NDArray[np.bool_]


def take_readings(d: Dynamics, of: Callable[[str], Draws]) -> Readings:
    """Read every meter and counter in every month."""
    engagement, stress, satisfaction = (x[:READ_MONTHS] for x in (d.engagement, d.stress, d.satisfaction))
    shape, who = engagement.shape, d.customer[:READ_MONTHS]
    months = np.arange(-HISTORY, READ_MONTHS - HISTORY)[:, None]
    pool = d.customers
    yearly = 2.9 + 0.06 * np.cos(2 * np.pi * (months % 12) / 12)
    log_usage = np.float32(0.42) * (engagement + pool.appetite.take(who))
    log_usage += np.float32(0.16) * of("usage").normal(*shape)
    log_usage += np.float32(0.22) * d.tier[:READ_MONTHS]
    log_usage += yearly.astype(np.float32)
    expected = np.exp(np.float32(0.42) * engagement + (2.4 + np.float32(0.35) * pool.habit).take(who))
    if d.coefficients.dip_column == "logins_30d":
        expected *= dip(d.coefficients, months).astype(np.float32)
    ticket_rate = np.exp(-1.15 - np.float32(0.45) * satisfaction - (np.float32(0.3) * pool.quality).take(who))
    return Readings(
        usage=np.round(np.exp(log_usage).astype(np.float64), 2),
        logins=_counts(expected, of("logins").normal(*shape)),
        tickets=_recent(of("tickets"), ticket_rate),
        failures=_recent(of("failures"), np.exp(np.float32(0.85) * stress - 2.3)),
        late=of("late").uniform(*shape) < share(np.float32(0.9) * stress - 2.4),
    )


def share(logit: Values) -> Values:
    """Return 1 / (1 + exp(−logit))."""
    return np.asarray(1 / (1 + np.exp(-logit)))


def dip(c: Coefficients, month: Values) -> Values:
    """Return the factor of the holiday months, 1 in all others."""
    factor = np.where(np.isin(np.arange(12) + 1, c.dip_months), c.dip_factor, 1.0)
    return np.asarray(factor[month % 12])


def _recent(numbers: Draws, rate: Values) -> npt.NDArray[np.int16]:
    counts = np.zeros(rate.shape, dtype=np.int16)
    counts[TICKETS_FROM:] = numbers.poisson(rate[TICKETS_FROM:])
    return counts


def _counts(expected: Values, z: Values) -> Floats:
    # Cornish-Fisher: a normal number bent until mean, variance and skewness are those of a Poisson count.
    bent = expected + np.sqrt(expected) * z + (z * z - 1) / 6
    return np.asarray(np.maximum(np.round(bent), 0), dtype=np.float64)
