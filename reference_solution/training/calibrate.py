"""Choose a calibration on months that neither fitted nor chose the model."""

import numpy as np
from scoring.calibration import EDGE, Calibration, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

FOLDS = 5
WORTHWHILE = 0.0005
STEPS = 25


def fit_platt(raw: np.ndarray, label: np.ndarray) -> Calibration:
    """Fit a slope and an intercept on the logit."""
    model = LogisticRegression(C=1e6).fit(logit(raw)[:, None], label)
    return Calibration("platt", (float(model.coef_[0, 0]),), (float(model.intercept_[0]),))


def fit_isotonic(raw: np.ndarray, label: np.ndarray) -> Calibration:
    """Fit a monotone step function, kept as its corner points."""
    model = IsotonicRegression(y_min=EDGE, y_max=1 - EDGE, out_of_bounds="clip").fit(raw, label)
    return Calibration("isotonic", tuple(model.X_thresholds_.tolist()), tuple(model.y_thresholds_.tolist()))


def at_usual_rate(calibration: Calibration, raw: np.ndarray, usual: float) -> Calibration:
    """Move a calibration until the mean prediction of rows is their usual rate (0..1).

    raw: scores of the rows of months in which churn was usual, where the model or its calibration saw others too.
    All log-odds move alike, so the ranking stays.
    """
    odds, by = logit(calibration.apply(raw)), 0.0
    for _ in range(STEPS):
        mean = np.mean(1.0 / (1.0 + np.exp(-(odds + by))))
        by += float(np.diff(logit(np.array([mean, usual])))[0])
    if calibration.kind == "isotonic":
        moved = 1.0 / (1.0 + np.exp(-(logit(np.asarray(calibration.y)) + by)))
        return Calibration("isotonic", calibration.x, tuple(moved.tolist()))
    slope, level = (calibration.x[0], calibration.y[0]) if calibration.kind == "platt" else (1.0, 0.0)
    return Calibration("platt", (slope,), (level + by,))


def usual_rows(months: np.ndarray, unusual: tuple[str, ...], test: tuple[str, ...]) -> np.ndarray | None:
    """Return which rows (n,) tell the usual level: of no unusual and no test month; None where none was unusual.

    It matters which months the model learnt from too, not only which it was calibrated on: their level is in it.
    """
    return ~np.isin(months, (*unusual, *test)) if unusual else None


FITTERS = {"platt": fit_platt, "isotonic": fit_isotonic}


def choose_calibration(
    raw: np.ndarray, label: np.ndarray, customers: np.ndarray, seed: int
) -> tuple[Calibration, dict[str, float]]:
    """Return the calibration with the lowest log loss in folds of customers, and every candidate's loss.

    A map with more freedom has to win by `WORTHWHILE` over the simpler one before it (none, Platt, isotonic).
    """
    fold = np.random.default_rng(seed).integers(0, FOLDS, customers.max() + 1 if customers.size else 0)
    fold_of = fold[customers]
    losses = {"none": float(log_loss(label, np.clip(raw, EDGE, 1 - EDGE)))}
    for name, fit in FITTERS.items():
        held = np.empty(raw.size)
        for number in range(FOLDS):
            out = fold_of == number
            held[out] = fit(raw[~out], label[~out]).apply(raw[out])
        losses[name] = float(log_loss(label, np.clip(held, EDGE, 1 - EDGE)))
    best = "none"
    for name in FITTERS:
        if losses[name] < losses[best] - WORTHWHILE:
            best = name
    return (Calibration("none") if best == "none" else FITTERS[best](raw, label)), losses
