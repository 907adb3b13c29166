"""The words by which people name models, metrics, splits and intervals."""

from __future__ import annotations

import re

MODELS = {
    "tuned": r"(tuned|final|best|champion|calibrated|lightgbm|lgbm|lgb|gbm|xgboost|xgb|catboost|model)",
    "baseline": r"(baseline|logreg|logistic|logistic_regression|lr|dummy)",
}
_TENTH = r"(10|0_10?)"
_UNIT = r"(_?(pct|percent|p|share))"
_TOP = rf"(top_?(decile|tenth)|top_?{_TENTH}{_UNIT}?)"
_PRECISION = r"(precision|p|prec)"


def _at_capacity(contract: str, name: str, of_all: str = "") -> tuple[str, ...]:
    """Return the spellings of a figure of the call list: of the capacity, of a tenth, of any other number."""
    return (
        contract,
        rf"{name}_?at_?(capacity|k|top){_UNIT}?|{name}_at_capacity_{_TENTH}{_UNIT}?|{name}_at_{_TENTH}{_UNIT}_capacity",
        rf"{name}_at_(top_?)?{_TENTH}{_UNIT}?{of_all}",
        rf"{name}_at_(top_?)?\d+{_UNIT}?",
    )


METRICS: dict[str, tuple[str, ...]] = {  # the contract's own name first, the vaguest spelling last
    "pr_auc": (
        r"pr_auc",
        r"(average|avg|mean)_?prec(ision)?(_score)?",
        r"prauc|au_?prc|auprc?|auc_?prc?|pr_?auc_score|pr_curve_auc|auc_pr_curve|area_under_(the_)?pr_curve"
        r"|precision_recall_auc|area_under_(the_)?precision_recall_curve|pr_?auc_ap|ap_pr_?auc",
        r"ap",
    ),
    "roc_auc": (r"roc_auc", r"(rocauc|auroc|auc_?roc|roc_auc_score)", r"auc"),
    "brier": (r"brier", r"brier(_score|_loss|_score_loss)"),
    # A tenth of all rows is not quite one of each month: read of the figure that is asked for, and so lacks otherwise.
    "precision_at_capacity": _at_capacity(
        r"precision_at_capacity",
        _PRECISION,
        rf"|{_PRECISION}_((at|in|of)_)?(the_)?{_TOP}|{_TOP}_{_PRECISION}",
    ),
    "recall_at_capacity": _at_capacity(r"recall_at_capacity", r"(recall|r|capture(_rate)?)"),
    "base_rate": (r"base_?rate", r"(prevalence|positive_rate|churn_rate|event_rate)"),
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
        r"capacityshare|capacity(_fraction)?",
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
        "in_sample",
        "oof",
        "out_of_fold",
    )
)
TESTS = ("test", "holdout", "out_of_time", "oot")
"""What people call the test split, the contract's own word first."""
_CI = r"(?:(?:95_?)?ci_?(?:95_?)?)?"
_OF_95 = r"(?:_?(?:95_?ci|ci_?95|ci|95))?"
LOW, HIGH = (
    rf"({_CI}(low|lower|lo|lb|lower_bound){_OF_95}|min|{_CI}[pq]?2_5(_?(th|pct|percent|percentile)){{0,2}}|[pq]?0?_?025)",
    rf"({_CI}(high|upper|hi|ub|upper_bound){_OF_95}|max|{_CI}[pq]?97_5(_?(th|pct|percent|percentile)){{0,2}}|[pq]?0?_?975)",
)
_SURE = r"(?:ci|ci_?95|95_?ci|ci_95pct|interval|conf_?int|confidence_intervals?)"
INTERVAL = rf"_?(?:bootstrap(?:ped)?_)?{_SURE}$"
INTERVAL_OF = rf"^{_SURE}_(?:of_|for_)?(?=.)"
LEVELS = (0.8, 0.9, 0.95, 0.99, 80, 90, 95, 99)
"""How sure an interval is, as it stands beside its ends."""
POLICY = ("policy", "operating_point", "operating_policy", "decision_rule", "decision_policy", "call_policy")
"""What people call the part of the document that is the decision."""
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
