"""How likely a customer is to leave, as a standardised index: the honest core of the strong predictor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.world.hazard import season_log_odds
from data_generator.world.logits import Logits
from data_generator.world.panel import Panel


def risk_index(panel: Panel) -> npt.NDArray[np.float32]:
    """Return the logit of the unchanged hazard without its season, mean 0 and SD 1 over the stationary mix."""
    d = panel.dynamics
    mean, deviation = d.mix.risk
    logits = Logits(d.customers, d.coefficients, d.mix.level, (), 0.0)
    states = [panel.here(x) for x in (d.engagement, d.satisfaction, d.stress)]
    # Month 3 has no season: its cosine is 0.
    logit = logits.unshifted(d.coefficients, 3, panel.customer, panel.tenure.astype(np.int32), states)
    return np.asarray((logit - np.float32(mean + season_log_odds(d.coefficients, 3))) / np.float32(deviation))
