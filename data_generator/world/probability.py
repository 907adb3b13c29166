"""The true probability of leaving within the horizon, given the hidden state at the snapshot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.months import HORIZON_MONTHS
from data_generator.world.coefficients import PERSISTENCE, sigmoid
from data_generator.world.customers import constant_log_odds, engagement_slope
from data_generator.world.hazard import active_changes, changed, clock_log_odds, season_log_odds
from data_generator.world.panel import Panel

NODES = 6
METHOD = f"Gauss-Hermite quadrature over the next two months' hidden states, {NODES} x {NODES} nodes"

Floats = npt.NDArray[np.float64]


def true_probability(panel: Panel, rows: npt.NDArray[np.int64]) -> Floats:
    """Return P(leaves at one of the next three month-ends | state now) of the given row numbers.

    The logit of the hazard is linear in Gaussian AR(1) states, so the logits of the next two months are
    jointly Gaussian given the present and the expectation over them is a two-dimensional integral. Changes of
    the hazard give every month its own slopes and level.
    """
    month = panel.month[rows]
    probability = np.empty(rows.size)
    for present in np.unique(month).tolist():
        here = np.flatnonzero(month == present)
        probability[here] = _in_month(panel, rows[here], present)
    return probability


def _in_month(panel: Panel, rows: npt.NDArray[np.int64], month: int) -> Floats:
    d = panel.dynamics
    pool, who = d.customers, panel.customer[rows]
    state = [panel.here(x)[rows].astype(np.float64) for x in (d.engagement, d.satisfaction, d.stress)]
    tenure, term = panel.tenure[rows], pool.term[who]
    means: list[Floats] = []
    slopes: list[tuple[Floats, Floats, Floats]] = []
    for ahead in range(HORIZON_MONTHS):
        c = changed(d.coefficients, active_changes(d.changes, month + ahead))
        slope = (engagement_slope(pool, c)[who], np.array(c.satisfaction), np.array(c.stress))
        drift: Floats = sum(
            (b * rho**ahead * x for b, rho, x in zip(slope, PERSISTENCE, state, strict=True)),
            np.zeros(rows.size),
        )
        constant = constant_log_odds(pool, c)[who] + season_log_odds(c, month + ahead)
        clock = clock_log_odds(c, tenure + ahead, term)
        means.append(d.mix.level + d.shift[month + ahead] + constant + clock + drift)
        slopes.append(slope)

    # Innovations of the next month (variance 1 − rho²) reach the month after it damped by rho.
    terms = list(zip(slopes[1], slopes[2], PERSISTENCE, strict=True))
    first = np.sqrt(sum(b1**2 * (1 - rho**2) for b1, _, rho in terms))
    second = sum(b2**2 * (1 - rho**2) * (1 + rho**2) for _, b2, rho in terms)
    carried = sum(b1 * b2 * rho * (1 - rho**2) for b1, b2, rho in terms) / first
    rest = np.sqrt(second - carried**2)
    z, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()

    now, next_mean, last_mean = means
    stays = np.zeros(rows.size)
    for z1, w1 in zip(z, weight, strict=True):
        last = sum(
            w2 * sigmoid(-(last_mean + carried * z1 + rest * z2)) for z2, w2 in zip(z, weight, strict=True)
        )
        stays += w1 * sigmoid(-(next_mean + first * z1)) * last
    return np.asarray(1 - sigmoid(-now) * stays)
