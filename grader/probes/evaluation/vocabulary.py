"""The words by which people name models, metrics, splits and intervals."""

from __future__ import annotations

import re

MODELS = {
    "tuned": r"(tuned|final|best|champion|calibrated|lightgbm|lgbm|lgb|gbm|xgboost|xgb|catboost|model)",
    "baseline": r"(baseline|logreg|logistic|logistic_regression|lr|dummy)",
}
METRICS = {
    "pr_auc": r"(pr_?auc|average_precision|ap|auprc|auc_?pr|average_precision_score|pr_auc_score)",
    "roc_auc": r"(roc_?auc|auc|auroc|auc_?roc|roc_auc_score)",
    "brier": r"brier(_score|_loss|_score_loss)?",
    "precision_at_capacity": r"(precision|p|prec)_at_(capacity|k|top|top_?\d+|\d+)(_?(pct|percent|p|share))?",
    "recall_at_capacity": r"(recall|r|capture)_at_(capacity|k|top|top_?\d+|\d+)(_?(pct|percent|p|share))?",
    "base_rate": r"(base_rate|prevalence|positive_rate|churn_rate|event_rate)",
}
DECISION = {
    "threshold": r"(operating_|decision_|best_|optimal_|prob_|probability_)?(threshold|cut_?off)",
    "capacity_share": r"(capacity(_share|_fraction)?|call_share|top_share|top_fraction|share)",
}
SPLIT_WORDS = frozenset(
    (
        "train",
        "training",
        "validation",
        "valid",
        "val",
        "dev",
        "calibration",
        "calib",
        "cv",
        "cross_validation",
    )
)
LOW, HIGH = (
    r"(low|lower|lo|ci_low|ci_lower|lower_bound|min|p2_5|q025)",
    r"(high|upper|hi|ci_high|ci_upper|upper_bound|max|p97_5|q975)",
)
INTERVAL = r"_?(ci|ci95|ci_95|95_ci|95ci|ci_95pct|interval|conf_int|confidence_interval)$"
VALUE = (
    "value",
    "mean",
    "estimate",
    "point",
    "score",
    "metrics",
    "scores",
    "results",
    "test_metrics",
    "models",
)
SEGMENT = re.compile(r"segment|slice|by_group|subgroup")
