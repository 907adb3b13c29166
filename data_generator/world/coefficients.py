"""Coefficients of the cancellation hazard, drawn per seed inside narrow bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generator.streams import stream

PERSISTENCE = (0.82, 0.75, 0.60)  # monthly AR(1) of engagement, satisfaction, payment stress
MONTHLY_HAZARD = 0.0223  # gives about 6.05 % within three months
STRONG_PREDICTORS = ("days_since_last_login", "active_days_30d", "features_used")
DIP_COLUMNS = ("logins_30d", "active_days_30d", "session_minutes_avg")
DIP_MONTHS = ((6, 7), (7, 8), (8, 9))


@dataclass(frozen=True)
class Coefficients:
    """Log-odds of cancelling at the next month-end per unit of each driver, and the seasonal habits.

    Hidden states have mean 0 and SD 1 among new customers. `contract` is by monthly, 12 and 24 months.
    `dip_months` are calendar months (1–12) in which `dip_column` falls by the factor `dip_factor` every year.
    """

    engagement: float
    engagement_monthly: float
    satisfaction: float
    stress: float
    quality: float
    contract: tuple[float, float, float]
    contract_end: float
    tenure: float
    autopay: float
    business: float
    season: float
    growth: float
    strong_column: str
    dip_column: str
    dip_months: tuple[int, int]
    dip_factor: float


def draw_coefficients(seed: int) -> Coefficients:
    """Draw the world's coefficients of a seed."""
    rng = stream(seed, "coefficients")

    def near(value: float, width: float = 0.04) -> float:
        return float(value * rng.uniform(1 - width, 1 + width))

    strong = str(rng.choice(STRONG_PREDICTORS))
    dip = str(rng.choice([name for name in DIP_COLUMNS if name != strong]))
    first = int(rng.integers(len(DIP_MONTHS)))
    return Coefficients(
        engagement=near(-0.95),
        engagement_monthly=near(-0.48),
        satisfaction=near(-0.86),
        stress=near(0.78),
        quality=near(-0.55),
        contract=(near(0.5), near(-0.3), near(-0.9)),
        contract_end=near(1.4),
        tenure=near(-0.38),
        autopay=near(-0.35),
        business=near(-0.25),
        season=near(0.05, 0.5),
        growth=float(rng.uniform(0.06, 0.11)),
        strong_column=strong,
        dip_column=dip,
        dip_months=DIP_MONTHS[first],
        dip_factor=near(0.55, 0.04),
    )


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))
