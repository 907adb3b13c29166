"""Which column of a table is which of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.probes.shared.text import word

CHANCE = (
    r"(p|prob|probs|proba|probability|pred|prediction|predicted|score|yhat|y_prob|y_proba|y_score|y_pred)"
)
BASELINE = r"(baseline|base|logreg|logistic|logistic_regression|lr|dummy|linear)"
TUNED = r"(tuned|final|best|calibrated|lgbm|lightgbm|gbm|xgb|xgboost|catboost|model|champion|churn)"
NAMES: dict[str, tuple[str, ...]] = {
    "customer_id": ("customer_id", "customerid", "cust_id", "customer", "client_id", "account_id", "id"),
    "snapshot_month": (
        "snapshot_month",
        "snapshotmonth",
        "month",
        "snapshot",
        "snapshot_date",
        "date",
        "period",
    ),
    "split": ("split", "set", "fold", "dataset", "partition", "subset", "part", "data_split"),
    "y_true": (
        "y_true",
        "ytrue",
        "churned_90d",
        "label",
        "target",
        "y",
        "actual",
        "truth",
        "churned",
        "churn",
    ),
    "y_used": ("y_used", "label_used", "target_used", "y_repaired", "y_fixed", "y_clean"),
    "p_baseline": (
        "p_baseline",
        f"{CHANCE}_{BASELINE}",
        f"{BASELINE}_{CHANCE}",
        f"{CHANCE}_.*{BASELINE}",
        BASELINE,
    ),
    "p_tuned": (
        "p_tuned",
        f"{CHANCE}_tuned(_calibrated)?",
        f"tuned_{CHANCE}",
        "tuned",
        f"{CHANCE}_{TUNED}",
        f"{TUNED}_{CHANCE}",
        f"{CHANCE}_.*{TUNED}",
        f"y_pred_{CHANCE}",
        CHANCE,
    ),
}


CONTEST = r"(champion|challenger|incumbent)"
_ROLE = rf"(?:model_)?{CONTEST}(?:_model)?"
CONTESTED = re.compile(rf"{CHANCE}_{_ROLE}|{_ROLE}_{CHANCE}|{_ROLE}")


def contested(names: Sequence[str]) -> frozenset[str]:
    """Return, as words, the probabilities of a champion and a challenger where nothing says whose is the baseline.

    A champion is the model in use to one and the winner to another: beside a baseline it is the tuned model, and
    beside its challenger either reading may be wrong, as in the metrics document.

    >>> sorted(contested(["p_champion", "p_challenger"])), sorted(contested(["p_champion", "p_baseline"]))
    (['p_challenger', 'p_champion'], [])
    """
    given = [word(name) for name in names]
    bare = {name for name in given if CONTESTED.fullmatch(name)}
    roles = {role for name in given for role in re.findall(rf"(?:^|_){CONTEST}(?=_|$)", name)}
    others = [name for name in given if not re.search(CONTEST, name)]
    if len(roles) < 2 or any(re.fullmatch(p, name) for p in NAMES["p_baseline"] for name in others):
        return frozenset()
    return frozenset(bare)


def pick_columns(names: Sequence[str]) -> dict[str, str]:
    """Return the file's own column name for each of ours that it has."""
    given = {word(name): name for name in reversed(names)}
    for name in contested(names):
        del given[name]
    taken: dict[str, str] = {}
    for ours, patterns in NAMES.items():
        for pattern in patterns:
            found = next(
                (g for g in given if re.fullmatch(pattern, g) and given[g] not in taken.values()), None
            )
            if found is not None:
                taken[ours] = given[found]
                break
    return taken
