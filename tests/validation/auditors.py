"""Two scripted auditors: customary tools with customary cut-offs, and whatever beats the best honest column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.months import LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import months_of
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.variant import Variant
from grader.evidence.notebook import FindingClaim
from tests.validation.audit import INHERENT, claim

LEAK_AUC = 0.75
NULL_AUC = 0.64
DRIFT_PSI = 0.20
ONSET_PSI = 0.10
NULL_STEP = 0.05
LABEL_RATE_STEP = 0.30  # relative
JUMP = 10.0  # of the 99th percentile
CODES = (-999.0, -99.0, -1.0, 999.0, 9999.0, 99999.0)
CODE_SHARE = 0.002
KEPT = 0.5  # of its share: a level that loses more gave way to a new one
# What a suite of range checks holds for columns of these names.
HIGHEST = {
    "active_days_30d": 31, "features_used": 12, "late_payments_12m": 12, "nps_score": 10, "csat_last": 5,
    "owner_age": 110, "discount_pct": 100, "mobile_share": 1, "email_open_rate": 1,
}  # fmt: skip
AT_MOST = {
    "seats_active": "seats_purchased",
    "plan_changes_12m": "tenure_months",
    "monthly_charge": "total_charges",
}
FIRST, LAST = 6, 3  # months of the reference and of the current window


def cut_off_bot(frame: pd.DataFrame) -> tuple[FindingClaim, ...]:
    """Report what single-column AUC, PSI, null rates, counts and ranges say by the cut-offs of textbooks.

    `frame` holds the issued rows. The bot knows the facts of every variant, and nothing of this one.
    """
    names = [c for c in frame.columns if c not in (*KEYS, LABEL)]
    month = months_of(frame)
    found = [*INHERENT, *_label_rate(frame, month), *_absent_levels(frame, month, names)]
    if frame.duplicated(list(KEYS)).any():
        found.append(claim("duplicate_rows", *KEYS))
    found += _contradictions(frame)
    for name in names:
        found += _column(frame, month, name)
    return tuple(found)


def _contradictions(frame: pd.DataFrame) -> list[FindingClaim]:
    return [
        claim("impossible_values", small)
        for small, large in AT_MOST.items()
        if np.mean(frame[small] > frame[large]) >= CODE_SHARE
    ] + [
        claim("impossible_values", name, where={name: (f"> {high}",)})
        for name, high in HIGHEST.items()
        if name in frame and np.mean(frame[name] > high) >= CODE_SHARE and not _codes(frame[name])
    ]


def _column(frame: pd.DataFrame, month: np.ndarray, name: str) -> list[FindingClaim]:
    values, mature = frame[name], month <= LAST_MATURE_MONTH
    found: list[FindingClaim] = []
    if statistics.auc(values[mature], frame[LABEL][mature]) >= LEAK_AUC:
        found.append(claim("target_leakage", name))
    null = values.isna()
    if null.any() and statistics.auc(null[mature].astype(float), frame[LABEL][mature]) >= NULL_AUC:
        found.append(claim("leaky_missingness", name))
    rate = np.bincount(month, weights=null) / np.bincount(month)
    step = np.flatnonzero(np.abs(rate - rate[:FIRST].mean()) > NULL_STEP)
    if step.size:
        found.append(claim("missingness_shift", name, from_month=month_name(int(step[0]))))
    early, late = month < FIRST, month > month.max() - LAST
    if pd.api.types.is_numeric_dtype(values):
        found += _numeric(values, month, name)
    else:
        found += _levels(values, month, name)
    jumped = any(c.kind in ("unit_change", "category_recode", "missingness_shift") for c in found)
    if not jumped and statistics.psi(values[early], values[late]) >= DRIFT_PSI:
        by_month = [
            statistics.psi(values[early], values[month == m]) for m in range(FIRST, int(month.max()) + 1)
        ]
        onset = FIRST + next((i for i, psi in enumerate(by_month) if psi >= ONSET_PSI), 0)
        found.append(claim("covariate_drift", name, from_month=month_name(onset)))
    return found


def _numeric(values: pd.Series, month: np.ndarray, name: str) -> list[FindingClaim]:
    found: list[FindingClaim] = []
    x = values.to_numpy(dtype=np.float64, na_value=np.nan)
    lonely = _codes(values)
    if lonely:
        found.append(claim("sentinel_values", name, where={name: (f"{lonely[0]:g}",)}))
    ordinary = x[~np.isnan(x) & ~np.isin(x, lonely)]
    if ordinary.size and np.quantile(ordinary, 0.02) >= 0 and ordinary.min() < 0:
        found.append(claim("impossible_values", name))
    high = np.array([np.nanquantile(x[month == m], 0.99) for m in range(int(month.max()) + 1)])
    before = np.nanmedian(high[:FIRST])
    leap = np.flatnonzero(high >= JUMP * before) if before > 0 and not lonely else np.empty(0)
    if leap.size:
        found.append(claim("unit_change", name, from_month=month_name(int(leap[0]))))
    return found


def _codes(values: pd.Series) -> list[float]:
    """Return the customary codes for missing that stand alone: no other value is near them."""
    x = values.to_numpy(dtype=np.float64, na_value=np.nan)
    codes = [c for c in CODES if np.mean(x == c) >= CODE_SHARE]
    return [c for c in codes if not np.any((np.abs(x - c) < 0.05 * abs(c)) & (x != c)) and (x != c).any()]


def _levels(values: pd.Series, month: np.ndarray, name: str) -> list[FindingClaim]:
    shares = pd.crosstab(month, values.astype(object), normalize="index")
    new = [
        level for level in shares if (shares[level].iloc[:FIRST] == 0).all() and shares[level].max() > 0.01
    ]
    if not new:
        return []
    onset = min(int(np.flatnonzero(shares[level].to_numpy() > 0)[0]) for level in new)
    before = shares.iloc[onset - 1]
    if (shares.iloc[onset] < KEPT * before)[before > CODE_SHARE].any():
        return [claim("category_recode", name, from_month=month_name(onset))]
    # Nothing gave way to the new level, so its rows were not recorded before.
    return [claim("selection_gap", name, to_month=month_name(onset - 1), where={name: tuple(new)})]


def _absent_levels(frame: pd.DataFrame, month: np.ndarray, names: list[str]) -> list[FindingClaim]:
    found = []
    for name in names:
        if pd.api.types.is_numeric_dtype(frame[name]):
            continue
        shares = pd.crosstab(month, frame[name].astype(object), normalize="index")
        for level in shares:
            column = shares[level].to_numpy()
            gone = np.flatnonzero(column == 0)
            present = np.flatnonzero(column > 0.01)
            if gone.size and present.size and gone[0] < present[-1] and present[0] < gone[0]:
                months = {"from_month": month_name(int(gone[0])), "to_month": month_name(int(gone[-1]))}
                found.append(claim("selection_gap", name, **months))
    return found


def _label_rate(frame: pd.DataFrame, month: np.ndarray) -> list[FindingClaim]:
    rate = np.bincount(month, weights=frame[LABEL]) / np.bincount(month)
    mature = rate[: LAST_MATURE_MONTH + 1]
    odd = np.flatnonzero(np.abs(mature / np.median(mature) - 1) > LABEL_RATE_STEP)
    if not odd.size:
        return []
    months = {"from_month": month_name(int(odd[0])), "to_month": month_name(int(odd[-1]))}
    return [claim("label_shift", LABEL, **months)]


def best_column_bot(variant: Variant) -> tuple[FindingClaim, ...]:
    """Report every column whose AUC, or that of its nulls, beats the best honest column; it knows which are honest."""
    leaks = {c for plant in variant.plants if plant.family == "leakage" for c in plant.columns}
    mature = months_of(variant.public) <= LAST_MATURE_MONTH
    label = variant.public[LABEL][mature]
    score = {
        name: statistics.auc(variant.public[name][mature], label) for name in feature_names(variant.columns)
    }
    best = max(value for name, value in score.items() if name not in leaks)
    return (*INHERENT, *(claim("target_leakage", name) for name, value in score.items() if value > best))
