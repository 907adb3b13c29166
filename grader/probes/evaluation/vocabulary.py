"""The words by which people name models, metrics, splits and intervals."""

from __future__ import annotations

import re

MODELS = {
    "tuned": r"(tuned|final|best|champion|calibrated|lightgbm|lgbm|lgb|gbm|xgboost|xgb|catboost|model)",
    "baseline": r"(baseline|logreg|logistic|logistic_regression|lr|dummy)",
}
METRICS: dict[str, tuple[str, ...]] = {  # the contract's own name first, the vaguest spelling last
    "pr_auc": (
        r"pr_auc",
        r"(prauc|auprc|auc_?pr|average_precision|average_precision_score|pr_auc_score)",
        r"ap",
    ),
    "roc_auc": (r"roc_auc", r"(rocauc|auroc|auc_?roc|roc_auc_score)", r"auc"),
    "brier": (r"brier", r"brier(_score|_loss|_score_loss)"),
    "precision_at_capacity": (
        r"precision_at_capacity",
        r"(precision|p|prec)_at_(capacity|k|top)(_?(pct|percent|p|share))?",
        r"(precision|p|prec)_at_(top_?)?(10|0_10?)(_?(pct|percent|p|share))?",
        r"(precision|p|prec)_at_(top_?)?\d+(_?(pct|percent|p|share))?",
    ),
    "recall_at_capacity": (
        r"recall_at_capacity",
        r"(recall|r|capture)_at_(capacity|k|top)(_?(pct|percent|p|share))?",
        r"(recall|r|capture)_at_(top_?)?(10|0_10?)(_?(pct|percent|p|share))?",
        r"(recall|r|capture)_at_(top_?)?\d+(_?(pct|percent|p|share))?",
    ),
    "base_rate": (r"base_rate", r"(prevalence|positive_rate|churn_rate|event_rate)"),
}
PR_AUC = re.compile(
    r"pr_?(auc|area|curve)|auc_?pr(?!o|e(?!c))|au_?prc?(?=_|$)|(avg|average|mean)_?prec|precision_recall|(^|_)ap(_|$)"
)
"""Names, as words, that speak of the area under a precision-recall curve, whatever else they say."""
DECISION: dict[str, tuple[str, ...]] = {
    "threshold": (
        r"threshold",
        r"(operating_|decision_)(threshold|cut_?off)",
        r"cut_?off",
        r"(best_|optimal_|prob_|probability_)(threshold|cut_?off)",
    ),
    "capacity_share": (
        r"capacity_share",
        r"capacity(_fraction)?",
        r"(operating_|decision_)capacity(_share|_fraction)?",
        r"(call_share|top_share|top_fraction)",
        r"share",
    ),
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
    r"((ci_)?(low|lower|lo)(_?95)?|lower_bound|min|[pq]?2_5|[pq]?0?_?025)",
    r"((ci_)?(high|upper|hi)(_?95)?|upper_bound|max|[pq]?97_5|[pq]?0?_?975)",
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
    "overall",
    "all",
    "total",
)
SEGMENT = re.compile(r"segment|slice|by_group|subgroup")
BREAKDOWN = re.compile(r"(^|_)(by|per)_|^(month|monthly|quarter|quarterly|week|weekly|fold)s?$|^folds?_?\d+$")
PERIOD = re.compile(r"(19|20)\d\d(_?[01]?\d(_?[0-3]?\d)?|_?q[1-4])?|q[1-4](_?(19|20)\d\d)?")
_DASH = r"[-_ \u2010\u2011]?"
_ANYWHERE = (
    rf"pr{_DASH}(?:auc|curve|area)|auc{_DASH}\(?pr|au{_DASH}prc|avg{_DASH}prec|precision|recall|lift"
    rf"|balanced{_DASH}acc|hit{_DASH}rate|sensitivity|matthews|top{_DASH}(?:decile|tenth|\d+)|präzision|trefferquote"
)
_ALONE = (
    r"pr|prc|ap|prec|f[-_ ]?(?:[12]|0[._]5|beta|score|measure)|gains?|capture[ds]?|mcc|kappa|ppv|tpr|deciles?"
)
SUITED = re.compile(rf"{_ANYWHERE}|(?<![a-zäöü])(?:{_ALONE})(?![a-zäöü])", re.I)
"""Names of figures that tell a useful model from one that never says that anybody leaves."""
ACCURACY = r"(.*_)?acc(uracy)?(_score)?"
