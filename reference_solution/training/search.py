"""The tuned model: LightGBM that starts from the baseline's log-odds, so it only has to learn what a line cannot say.

A seeded random search is judged on later months; then the winner is fitted slowly on all training rows.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import lightgbm
import numpy as np
from sklearn.metrics import average_precision_score

SEARCH_RATE, FINAL_RATE = 0.1, 0.03
SEARCH_ROUNDS, FINAL_ROUNDS = 250, 900
PATIENCE, FINAL_PATIENCE = 20, 60
CUSTOMER_SHARE = 0.5
WORKERS = 2
FIXED = {
    "objective": "binary",
    "verbosity": -1,
    "deterministic": True,
    "force_col_wise": True,
    # One thread a model and two models at once: the same trees everywhere, and no waiting of threads for each other.
    "num_threads": 1,
    "feature_pre_filter": False,
    "bagging_freq": 1,
    "max_bin": 127,
}


@dataclass(frozen=True)
class Rows:
    """A split's matrix (n, d), label (n,), customers (n,) and the baseline's log-odds (n,), where boosting starts."""

    matrix: np.ndarray
    label: np.ndarray
    customers: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True)
class Trial:
    """One set of parameters and what it reached on validation; log loss is what boosting stops on."""

    number: int
    parameters: dict[str, float]
    pr_auc: float
    log_loss: float
    rounds: int
    seconds: float


def draw_parameters(rng: np.random.Generator) -> dict[str, float]:
    """Draw one point of the search space; small trees and strong regularisation suit a 6 % base rate."""
    return {
        "num_leaves": int(rng.integers(4, 32)),
        "min_data_in_leaf": int(np.exp(rng.uniform(np.log(30), np.log(500)))),
        "feature_fraction": float(rng.uniform(0.25, 0.9)),
        "bagging_fraction": float(rng.uniform(0.5, 0.95)),
        "lambda_l2": float(np.exp(rng.uniform(np.log(0.1), np.log(50)))),
        "min_gain_to_split": float(rng.choice([0.0, 0.05, 0.2])),
    }


def search(
    train: Rows, validation: Rows, trials: int, seed: int, report: Callable[[Trial], None]
) -> list[Trial]:
    """Run the trials on half of the training customers and all validation rows; lowest log loss first.

    The half is for speed: it ranks parameter sets nearly as the whole does.
    """
    rng = np.random.default_rng(seed)
    customers = np.unique(train.customers)
    chosen = np.isin(train.customers, rng.permutation(customers)[: int(CUSTOMER_SHARE * customers.size)])
    half = Rows(train.matrix[chosen], train.label[chosen], train.customers[chosen], train.offset[chosen])
    drawn = list(enumerate((draw_parameters(rng) for _ in range(trials)), start=1))
    with ThreadPoolExecutor(WORKERS) as pool:
        shares = [
            pool.submit(_run_trials, drawn[worker::WORKERS], half, validation, seed)
            for worker in range(WORKERS)
        ]
        results = sorted((trial for share in shares for trial in share.result()), key=lambda one: one.number)
    for trial in results:
        report(trial)
    return sorted(results, key=lambda one: (one.log_loss, one.number))


def _run_trials(drawn: list[tuple[int, dict]], train: Rows, validation: Rows, seed: int) -> list[Trial]:
    data, held = _datasets(train, validation)
    results = []
    for number, parameters in drawn:
        started = time.perf_counter()
        booster, loss = _boost(data, held, parameters, SEARCH_RATE, SEARCH_ROUNDS, PATIENCE, seed)
        score = validation.offset + booster.predict(validation.matrix, raw_score=True, num_threads=1)
        pr_auc = float(average_precision_score(validation.label, score))
        results.append(
            Trial(number, parameters, pr_auc, loss, booster.best_iteration, time.perf_counter() - started)
        )
    return results


def _datasets(train: Rows, validation: Rows) -> tuple[lightgbm.Dataset, lightgbm.Dataset]:
    data = lightgbm.Dataset(
        train.matrix, train.label, init_score=train.offset, params=dict(FIXED), free_raw_data=False
    )
    return data, lightgbm.Dataset(
        validation.matrix, validation.label, init_score=validation.offset, reference=data, free_raw_data=False
    )


def fit_final(train: Rows, validation: Rows, parameters: dict[str, float], seed: int) -> lightgbm.Booster:
    """Fit on all training rows with a low learning rate, stopped on validation."""
    data, held = _datasets(train, validation)
    booster, _ = _boost(data, held, parameters, FINAL_RATE, FINAL_ROUNDS, FINAL_PATIENCE, seed)
    # Served from its text form, so that what is evaluated is what was written down.
    return lightgbm.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration))


def refit(rows: Rows, parameters: dict[str, float], trees: int, seed: int) -> lightgbm.Booster:
    """Fit the chosen parameters and number of trees on all rows that may be learnt from."""
    data = lightgbm.Dataset(rows.matrix, rows.label, init_score=rows.offset, params=dict(FIXED))
    settings = {**FIXED, **parameters, "learning_rate": FINAL_RATE, "seed": seed}
    booster = lightgbm.train(settings, data, max(trees, 1))
    return lightgbm.Booster(model_str=booster.model_to_string())


def _boost(
    data: lightgbm.Dataset,
    held: lightgbm.Dataset,
    parameters: dict,
    rate: float,
    rounds: int,
    patience: int,
    seed: int,
) -> tuple[lightgbm.Booster, float]:
    settings = {**FIXED, **parameters, "learning_rate": rate, "seed": seed, "metric": "binary_logloss"}
    booster = lightgbm.train(
        settings,
        data,
        rounds,
        valid_sets=[held],
        callbacks=[lightgbm.early_stopping(patience, verbose=False)],
    )
    return booster, float(booster.best_score["valid_0"]["binary_logloss"])
