"""The baseline: a logistic regression on filled and scaled columns, in the form in which it can be served."""

import numpy as np
from scoring.model import LogisticWeights
from sklearn.linear_model import LogisticRegression

PARAMETERS = {
    "C": 0.1,
    "max_iter": 200,
    "solver": "lbfgs",
    "class_weight": "none",
    "fill": "median",
    "clip": 8,
}


def fit_baseline(matrix: np.ndarray, label: np.ndarray) -> LogisticWeights:
    """Fit on the training rows; no class weights, since they would distort the probabilities."""
    null = np.isnan(matrix)
    fill = np.nan_to_num(np.nanmedian(matrix, axis=0))
    filled = np.where(null, fill, matrix)
    scale = filled.std(axis=0)
    columns = tuple(int(index) for index in np.flatnonzero(null.mean(axis=0) > 0.001))
    empty = LogisticWeights(
        tuple(fill.tolist()),
        tuple(filled.mean(axis=0).tolist()),
        tuple(np.where(scale > 0, scale, 1.0).tolist()),
        columns,
        (),
        0.0,
    )
    model = LogisticRegression(
        C=PARAMETERS["C"], max_iter=PARAMETERS["max_iter"], solver=PARAMETERS["solver"]
    )
    model.fit(empty.design(matrix), label)
    return LogisticWeights(
        empty.fill,
        empty.mean,
        empty.scale,
        columns,
        tuple(model.coef_[0].tolist()),
        float(model.intercept_[0]),
    )
