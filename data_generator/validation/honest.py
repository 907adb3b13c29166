"""A second honest model, apart from the yardstick: what repaired data gives whoever works on it with other tools."""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from data_generator.months import HORIZON_MONTHS, LAST_MATURE_MONTH
from data_generator.plants.draft import months_of
from data_generator.schema import LABEL
from data_generator.variant import Variant
from data_generator.yardstick import expected_pr_auc, honest_features, pr_auc, repair, repaired_rows

# Stock settings of the library but for a slower rate and one thread; deliberately not the yardstick's.
PARAMETERS = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 100, "lambda_l2": 5.0,
    "feature_fraction": 0.5, "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbosity": -1,
    "seed": 1,
}  # fmt: skip
ROUNDS = 120
TEST_MONTHS = 3


def independent(variant: Variant) -> dict[str, float]:
    """Return ROC-AUC, PR-AUC and expected PR-AUC on the replay, and both on the last mature public months."""
    public, replay = repaired_rows(variant), repair(variant.replay, variant.plants)
    features = honest_features(variant)
    month = months_of(public)
    first_test = LAST_MATURE_MONTH - TEST_MONTHS + 1
    train = public[month <= first_test - HORIZON_MONTHS]
    test = public[(month >= first_test) & (month <= LAST_MATURE_MONTH)]
    model = lightgbm.train(
        PARAMETERS, lightgbm.Dataset(train[features], label=train[LABEL]), num_boost_round=ROUNDS
    )

    def score(frame: pd.DataFrame) -> np.ndarray:
        return np.asarray(model.predict(frame[features]), dtype=np.float64)

    p_test, p_replay = score(test), score(replay)
    truth = replay["true_probability"].to_numpy()
    return {
        "replay_roc_auc": float(roc_auc_score(replay[LABEL], p_replay)),
        "replay_pr_auc": pr_auc(replay[LABEL].to_numpy(), p_replay),
        "replay_expected_pr_auc": expected_pr_auc(truth, p_replay),
        "test_roc_auc": float(roc_auc_score(test[LABEL], p_test)),
        "test_pr_auc": pr_auc(test[LABEL].to_numpy(), p_test),
    }
