"""A fixed, independent model: how good honest work gets on a variant, and how far naive work is flattered."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from data_generator.key import (
    Dummy,
    DummyReplay,
    Naive,
    Oracle,
    OracleReplay,
    PlantKey,
    Reference,
    ReplayFigures,
    TestFigures,
    months_range,
)
from data_generator.months import HORIZON_MONTHS, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import months_of
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.streams import stream
from data_generator.variant import Variant

TEST_MONTHS = 3
RESAMPLES = 100
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 150,
    "max_bin": 127,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
ROUNDS = 100

# The brief's costs in EUR and its capacity, as in assignment/contract.yaml.
CALL_COST, SAVE_RATE, KEPT_VALUE, CAPACITY_SHARE = 12.0, 0.25, 240.0, 0.10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """The figures that need a model; `blind_cost` is the share of the attainable profit lost by a full call list."""

    reference: Reference
    oracle: Oracle
    dummy: Dummy
    naive: Naive
    blind_cost: float


def measure(variant: Variant) -> Measured:
    """Fit the yardstick and the naive model; bounded: two fits of 100 trees on one core."""
    replay, label = variant.replay, variant.replay[LABEL].to_numpy()
    truth = variant.replay["true_probability"].to_numpy()
    first_test = LAST_MATURE_MONTH - TEST_MONTHS + 1

    public, later = repaired_rows(variant), repair(replay, variant.plants)
    features = honest_features(variant)
    month = months_of(public)
    # The last label used for training must be known before the first test month begins.
    model = _fit(public[month <= first_test - HORIZON_MONTHS], features, variant.seed)
    test = public[(month >= first_test) & (month <= LAST_MATURE_MONTH)]
    p_test, p_replay = _predict(model, test, features), _predict(model, later, features)
    reference = Reference(
        test=TestFigures(
            pr_auc=pr_auc(test[LABEL].to_numpy(), p_test),
            roc_auc=float(roc_auc_score(test[LABEL], p_test)),
            months=months_range(month_name(first_test), month_name(LAST_MATURE_MONTH)),
        ),
        replay=ReplayFigures(
            pr_auc=pr_auc(label, p_replay),
            pr_auc_se=customer_bootstrap_se(replay["customer_id"].to_numpy(), label, p_replay, variant.seed),
            roc_auc=float(roc_auc_score(label, p_replay)),
            expected_pr_auc=expected_pr_auc(truth, p_replay),
        ),
    )
    return Measured(
        reference=reference,
        oracle=Oracle(
            replay=OracleReplay(pr_auc=pr_auc(label, truth), roc_auc=float(roc_auc_score(label, truth)))
        ),
        dummy=Dummy(replay=DummyReplay(pr_auc=float(label.mean()))),
        naive=_naive(variant),
        blind_cost=blind_cost(truth, p_replay, months_of(replay)),
    )


def repair(frame: pd.DataFrame, keys: tuple[PlantKey, ...]) -> pd.DataFrame:
    """Return issued or scoring rows with every plant's values undone that honest work can undo."""
    plants = plants_by_kind()
    for key in keys:
        frame = plants[key.kind].repair(frame, key)
    return frame


def repaired_rows(variant: Variant) -> pd.DataFrame:
    """Return the issued rows that honest work fits and tests on, repaired."""
    plants = plants_by_kind()
    frame = variant.public
    fit = np.ones(len(frame), dtype=bool)
    for key in variant.plants:
        unfit = plants[key.kind].unfit
        if unfit is not None:
            fit &= ~unfit(frame, key)
    return repair(frame[fit], variant.plants)


def honest_features(variant: Variant) -> list[str]:
    """Return the issued columns that no leak touches."""
    leaking = {column for plant in variant.plants if plant.family == "leakage" for column in plant.columns}
    return [name for name in feature_names(variant.columns) if name not in leaking]


def pr_auc(label: npt.NDArray[np.int64], score: Floats) -> float:
    """Return `average_precision_score`."""
    return float(average_precision_score(label, score))


def expected_pr_auc(probability: Floats, score: Floats) -> float:
    """Return the average precision with true probabilities in the place of labels; free of realisation noise."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(probability[order])
    precision = hits / np.arange(1, len(hits) + 1)
    return float(np.sum(precision * probability[order]) / hits[-1])


def blind_cost(probability: Floats, score: Floats, month: npt.NDArray[np.int64]) -> float:
    """Return which share of the attainable profit is lost by calling as many as the capacity allows each month.

    Profits are expected ones by the true probabilities; attainable is the best that one threshold on the score
    earns inside the capacity. 1 or more where blind calling earns nothing; 0 where every call pays.
    """
    listed = np.concatenate([_highest(score, np.flatnonzero(month == m)) for m in np.unique(month)])
    listed = listed[np.argsort(-score[listed], kind="stable")]
    profit = np.cumsum(SAVE_RATE * KEPT_VALUE * probability[listed] - CALL_COST)
    best = float(profit.max(initial=0.0))
    return 1 - float(profit[-1]) / best if best > 0 else 1.0


def _highest(score: Floats, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return rows[np.argsort(-score[rows], kind="stable")[: int(CAPACITY_SHARE * rows.size)]]


def customer_bootstrap_se(
    customer: npt.NDArray[np.int64], label: npt.NDArray[np.int64], score: Floats, seed: int
) -> float:
    """Return the standard error of the PR-AUC when customers, not rows, are drawn again."""
    rng = stream(seed, "yardstick:bootstrap")
    _, inverse = np.unique(customer, return_inverse=True)
    size = int(inverse.max()) + 1
    order = np.argsort(-score, kind="stable")
    who, hit = inverse[order], label[order]
    values = []
    for _ in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, size, size), minlength=size)[who]
        found = np.cumsum(weight * hit)
        values.append(np.sum(weight * hit * found / np.maximum(np.cumsum(weight), 1)) / max(found[-1], 1))
    return float(np.std(values, ddof=1))


def _naive(variant: Variant) -> Naive:
    """Fit all columns of the file, keys included, on a random part of it, as one who looks at nothing does."""
    features = [*KEYS, *feature_names(variant.columns)]
    held_out = stream(variant.seed, "yardstick:split").random(len(variant.public)) < 0.25
    public, replay = (_numbered(frame) for frame in (variant.public, variant.replay))
    model = _fit(public[~held_out], features, variant.seed)
    split = public[held_out]
    return Naive(
        random_split_pr_auc=pr_auc(split[LABEL].to_numpy(), _predict(model, split, features)),
        replay_pr_auc=pr_auc(replay[LABEL].to_numpy(), _predict(model, replay, features)),
    )


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with months as numbers, which a tree can split."""
    return frame.assign(snapshot_month=months_of(frame))


def _fit(frame: pd.DataFrame, features: list[str], seed: int) -> lightgbm.Booster:
    data = lightgbm.Dataset(frame[features], label=frame[LABEL], free_raw_data=True)
    return lightgbm.train({**PARAMETERS, "seed": seed % 2**31}, data, num_boost_round=ROUNDS)


def _predict(model: lightgbm.Booster, frame: pd.DataFrame, features: list[str]) -> Floats:
    return np.asarray(model.predict(frame[features]), dtype=np.float64)
