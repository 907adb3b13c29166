"""The true probability of leaving within the horizon, given the hidden state at the snapshot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.world.coefficients import PERSISTENCE, sigmoid
from data_generator.world.dynamics import clock_log_odds, season_log_odds
from data_generator.world.panel import Panel

NODES = 9
METHOD = f"Gauss-Hermite quadrature over the next two months' hidden states, {NODES} x {NODES} nodes"

Floats = npt.NDArray[np.float64]


def true_probability(panel: Panel, rows: npt.NDArray[np.int64]) -> Floats:
    """Return P(leaves at one of the next three month-ends | state now) of the given row numbers.

    The logit of the hazard is linear in Gaussian AR(1) states, so the logits of the next two months are
    jointly Gaussian given the present and the expectation over them is a two-dimensional integral.
    """
    d, c = panel.dynamics, panel.dynamics.coefficients
    pool, who = d.customers, panel.customer[rows]
    month = panel.month[rows]
    state = [panel.here(x)[rows] for x in (d.engagement, d.satisfaction, d.stress)]
    slope = [pool.engagement_slope[who], np.full(rows.size, c.satisfaction), np.full(rows.size, c.stress)]
    tenure, term = panel.here(d.tenure)[rows], pool.term[who]
    season = np.array([season_log_odds(c, m) for m in range(12)])

    def mean_logit(ahead: int) -> Floats:
        drift = sum(b * rho**ahead * x for b, rho, x in zip(slope, PERSISTENCE, state, strict=True))
        clock = clock_log_odds(c, tenure + ahead, term)
        return np.asarray(d.level + pool.log_odds[who] + drift + clock + season[(month + ahead) % 12])

    fresh = [b**2 * (1 - rho**2) for b, rho in zip(slope, PERSISTENCE, strict=True)]
    first = np.sqrt(sum(fresh))
    second = sum(v * (1 + rho**2) for v, rho in zip(fresh, PERSISTENCE, strict=True))
    carried = sum(v * rho for v, rho in zip(fresh, PERSISTENCE, strict=True)) / first
    rest = np.sqrt(second - carried**2)
    z, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()

    now, next_mean, last_mean = (mean_logit(ahead) for ahead in range(3))
    stays = np.zeros(rows.size)
    for z1, w1 in zip(z, weight, strict=True):
        last = sum(
            w2 * sigmoid(-(last_mean + carried * z1 + rest * z2)) for z2, w2 in zip(z, weight, strict=True)
        )
        stays += w1 * sigmoid(-(next_mean + first * z1)) * last
    return np.asarray(1 - sigmoid(-now) * stays)
