"""Maps from a raw score to a probability, small enough to be kept as JSON."""

from dataclasses import dataclass

import numpy as np

EDGE = 1e-7


@dataclass(frozen=True)
class Calibration:
    """`none`, `platt` (slope and intercept on the logit) or `isotonic` (steps x to y, linear between them)."""

    kind: str
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def apply(self, raw: np.ndarray) -> np.ndarray:
        """Return probabilities for raw ones, both (n,) in 0..1; the order of rows never turns round."""
        if self.kind == "platt":
            return 1.0 / (1.0 + np.exp(-(self.x[0] * logit(raw) + self.y[0])))
        if self.kind == "isotonic":
            return np.interp(raw, self.x, self.y)
        return np.asarray(raw, dtype=float)


def logit(probability: np.ndarray) -> np.ndarray:
    """Return the log-odds, finite at 0 and 1."""
    inside = np.clip(probability, EDGE, 1 - EDGE)
    return np.log(inside / (1 - inside))
