"""Does anything say more of the label than the world says it should?

The true probability is the expectation of the label given the hidden state at the snapshot. So the residual,
label minus probability, has mean zero whatever was known then, and every bounded function of a row times its
residual adds up to zero, in standard errors by customer (a score test). Whatever does not has seen the future.
"""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from data_generator.schema import NOISE
from data_generator.validation.aspects import Floats, aspects, column_ranks, monthly_ranks, numbers
from data_generator.validation.exhibit import Exhibit
from data_generator.validation.identifiers import id_aspects
from data_generator.validation.reading import EVENTS, Reading, customer_z, finite

PARAMETERS = {
    "objective": "regression", "learning_rate": 0.1, "num_leaves": 15, "min_data_in_leaf": 200, "max_bin": 63,
    "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1, "seed": 0,
}  # fmt: skip
ROUNDS = 40
SMALLEST_FIT = 20_000  # rows below which a model of the residual is not worth its time


def aspects_against_residual(exhibit: Exhibit) -> list[Reading]:
    """Test every aspect of every column that is not declared to leak, over all months and by month."""
    rows = np.flatnonzero(exhibit.judged)
    readings: list[Reading] = []
    for column in exhibit.columns:
        if column.name in exhibit.declared.leaks:
            continue
        for name, value in aspects(exhibit, column):
            place = f"{column.name}, {name}"
            readings += _score("predicts the label", place, exhibit, rows, value[rows])
            if name in ("rank", "null"):
                readings += _by_month("predicts the label", place, exhibit, rows, value[rows])
    return readings


def patterns_against_residual(exhibit: Exhibit) -> list[Reading]:
    """Test the joint patterns of nulls, the level of the label month by month, and aspects of identifiers."""
    rows = np.flatnonzero(exhibit.judged)
    one = np.ones(rows.size)
    readings = _score("label's level", "all months", exhibit, rows, one)
    readings += _by_month("label's level", "every row", exhibit, rows, one)
    names = [n for n in exhibit.names if n not in exhibit.declared.leaks and exhibit.frame[n].isna().any()]
    code = np.zeros(len(exhibit.frame), dtype=np.int64)
    for name in names:
        code = 2 * code + exhibit.frame[name].isna().to_numpy()
    for pattern in np.unique(code[rows]).tolist():
        missing = [n for i, n in enumerate(reversed(names)) if pattern >> i & 1]
        place = "null together: " + (", ".join(sorted(missing)) or "nothing")
        readings += _score("null pattern", place, exhibit, rows, (code[rows] == pattern).astype(float))
    if not exhibit.declared.holds("identifier_leak"):
        for name, value in id_aspects(exhibit.frame["customer_id"].to_numpy()):
            readings += _score("identifier predicts the label", name, exhibit, rows, value[rows])
    return readings


def noise_against_everything(exhibit: Exhibit) -> list[Reading]:
    """Test that the columns which are noise by construction go with nothing: not with the risk, not with a column."""
    rows = np.flatnonzero(exhibit.first)
    month, customer = exhibit.month[rows], exhibit.customer[rows]
    declared = exhibit.declared.columns
    free = [n for n in exhibit.names if n not in declared]
    ranked = {n: column_ranks(exhibit, n)[rows] for n in free}
    ranked["true probability"] = monthly_ranks(exhibit.probability[rows], month)
    table = np.column_stack(list(ranked.values()))
    by_customer = csr_matrix((np.ones(rows.size), (customer, np.arange(rows.size))))
    readings: list[Reading] = []
    for noise in (n for n in NOISE if n in free):
        sums = np.asarray(by_customer @ (table * ranked[noise][:, None]))
        with np.errstate(invalid="ignore", divide="ignore"):
            z = sums.sum(axis=0) / np.sqrt((sums**2).sum(axis=0))
        readings += finite(
            *(
                ("noise column", f"{noise} with {other}", value)
                for other, value in zip(ranked, z.tolist(), strict=True)
                if other != noise
            )
        )
    return readings


def model_of_residual(exhibit: Exhibit) -> list[Reading]:
    """Fit trees to the residual on half of the customers; on the other half they must predict nothing of it."""
    rows = np.flatnonzero(exhibit.judged)
    if rows.size < SMALLEST_FIT:
        return []
    names = [n for n in exhibit.names if n not in exhibit.declared.leaks]
    table: dict[str, Floats] = {n: numbers(exhibit.frame[n])[rows] for n in names}
    table |= {f"null_{n}": np.isnan(v).astype(float) for n, v in table.items() if np.isnan(v).any()}
    table["month"] = exhibit.month[rows].astype(np.float64)
    features = pd.DataFrame(table)
    residual, customer = exhibit.residual[rows], exhibit.customer[rows]
    half = np.random.default_rng(0).random(int(customer.max()) + 1)[customer] < 0.5
    score = np.empty(rows.size)
    gain = np.zeros(features.shape[1])
    for fit in (half, ~half):
        data = lightgbm.Dataset(features[fit], label=residual[fit])
        model = lightgbm.train(PARAMETERS, data, num_boost_round=ROUNDS)
        prediction = np.asarray(model.predict(features[~fit]))
        score[~fit] = prediction - prediction.mean()
        gain += model.feature_importance("gain")
    leading = ", ".join(np.array(features.columns)[np.argsort(-gain)][:3])
    z = customer_z(score * residual, customer)
    return finite(("model of the residual", f"all columns together, {leading} first", z))


def _score(test: str, place: str, exhibit: Exhibit, rows: np.ndarray, value: Floats) -> list[Reading]:
    if float(exhibit.probability[rows][value != 0].sum()) < EVENTS:
        return []
    return finite((test, place, customer_z(value * exhibit.residual[rows], exhibit.customer[rows])))


def _by_month(test: str, place: str, exhibit: Exhibit, rows: np.ndarray, value: Floats) -> list[Reading]:
    month = exhibit.month[rows]
    product = value * exhibit.residual[rows]
    total = np.bincount(month, weights=product, minlength=1)
    spread = np.sqrt(np.bincount(month, weights=product**2, minlength=1))
    expected = np.bincount(month, weights=exhibit.probability[rows] * (value != 0))
    return [
        Reading(test, f"{place}, month {m}", float(total[m] / spread[m]))
        for m in range(total.size)
        if expected[m] >= EVENTS and spread[m] > 0
    ]
