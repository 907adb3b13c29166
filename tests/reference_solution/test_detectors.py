"""Detectors on synthetic panels: each sees its defect, and only that."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit import change, labels, leakage, quality, units
from audit.dictionary import parse_dictionary
from audit.panel import KEYS, Panel

NO_WORDS = parse_dictionary("")
MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]


def make_panel(customers: int = 1500, seed: int = 0) -> pd.DataFrame:
    """Customers who leave at 3 % a month, with an honest score that falls before they go."""
    rng = np.random.default_rng(seed)
    leaves = np.minimum(rng.geometric(0.03, customers), 40)
    frames = []
    for month, name in enumerate(MONTHS):
        here = np.flatnonzero(leaves > month)
        until = leaves[here] - month
        known = np.where(leaves[here] <= len(MONTHS) - 1, until, 99)
        frames.append(
            pd.DataFrame(
                {
                    "customer_id": here + 10**6,
                    "snapshot_month": name,
                    "region": np.array(list("ABCD"))[here % 4],
                    "charge": np.exp(rng.normal(3, 0.4, here.size)),
                    "engagement": rng.normal(0, 1, here.size) - 1.5 * np.exp(-until / 3),
                    "churned_90d": (known <= 3).astype(int),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def as_panel(raw: pd.DataFrame) -> Panel:
    """Wrap rows as the loader does."""
    raw = raw.astype({"region": "category"})
    return Panel(raw=raw, rows=raw.drop_duplicates(list(KEYS)).reset_index(drop=True))


def test_post_outcome_column_is_found_and_honest_one_is_not() -> None:
    """The edge of the label, not the size of the AUC, tells a leak."""
    raw = make_panel(6000)
    rng = np.random.default_rng(1)
    raw["case_fee"] = np.where((raw["churned_90d"] == 1) & (rng.random(len(raw)) < 0.5), 20.0, 0.0)
    panel = as_panel(raw)
    found = leakage.outcome_columns(panel, leakage.horizon_profiles(panel))
    assert [(one.kind, one.columns) for one in found] == [("post_outcome_column", ("case_fee",))]


def test_overwritten_entry_is_found_where_the_column_says_much_of_churn_anyway() -> None:
    """A discount taken back from leavers passed for honest, as those without one leave more often all along."""
    raw = make_panel(6000)
    rng = np.random.default_rng(1)
    stays_long = raw.groupby("customer_id")["snapshot_month"].size() > 15
    luck = pd.Series(rng.random(stays_long.size), index=stays_long.index)
    granted = pd.Series(np.where(luck < np.where(stays_long, 0.7, 0.3), 10, 0), index=stays_long.index)
    honest = raw["customer_id"].map(granted).to_numpy()
    taken_back = (raw["churned_90d"] == 1) & (raw["customer_id"] % 10 < 4)
    raw["discount_pct"] = np.where(taken_back, 0, honest)
    panel = as_panel(raw)
    found = leakage.outcome_columns(panel, leakage.horizon_profiles(panel))
    assert [(one.kind, one.columns) for one in found] == [("overwritten_dimension", ("discount_pct",))]
    raw["discount_pct"] = honest
    panel = as_panel(raw)
    assert leakage.outcome_columns(panel, leakage.horizon_profiles(panel)) == []


def test_steep_honest_column_is_no_leak() -> None:
    """A figure that collapses shortly before the customer leaves falls at every month, not at the label's edge."""
    raw = make_panel(6000)
    until = raw.groupby("customer_id")["snapshot_month"].transform("size")
    until = until - raw.groupby("customer_id").cumcount()
    noise = np.random.default_rng(1).normal(0, 1, len(raw))
    for pace in (1.0, 2.0, 4.0):
        raw[f"logins_{pace:g}"] = noise - 3 * np.exp(-until / pace)
    panel = as_panel(raw)
    assert leakage.outcome_columns(panel, leakage.horizon_profiles(panel)) == []


def test_leaky_missingness_is_found() -> None:
    """A value nulled for leavers is reported as such."""
    raw = make_panel(6000)
    rng = np.random.default_rng(1)
    raw["survey"] = np.where(
        (raw["churned_90d"] == 1) & (rng.random(len(raw)) < 0.6), np.nan, rng.normal(size=len(raw))
    )
    panel = as_panel(raw)
    found = leakage.outcome_columns(panel, leakage.horizon_profiles(panel))
    assert [(one.kind, one.columns) for one in found] == [("leaky_missingness", ("survey",))]


@pytest.mark.parametrize("level", [None, "B"])
def test_unit_change_is_placed(level: str | None) -> None:
    """Month, sub-population and factor are read off the data."""
    raw = make_panel()
    hit = raw["snapshot_month"] >= "2024-03"
    if level:
        hit &= raw["region"] == level
    raw.loc[hit, "charge"] *= 100
    (found,) = units.unit_changes(as_panel(raw))
    assert (found.column, MONTHS[found.start], found.factor) == ("charge", "2024-03", 100.0)
    assert found.levels == ((level,) if level else ())


def test_clean_panel_raises_no_alarm() -> None:
    """Without a plant there is nothing but the facts of the table."""
    panel = as_panel(make_panel())
    dictionary = parse_dictionary("")
    drifted, _ = change.drifts(panel, panel.rows, set(), dictionary)
    alarms = [
        *units.unit_changes(panel), *drifted, *change.null_steps(panel, panel.rows, NO_WORDS),
        *change.recodes(panel, panel.rows, NO_WORDS),
        *quality.duplicates(panel), *quality.sentinels(panel, NO_WORDS), *quality.absent_groups(panel),
        *labels.rule_and_noise(panel), *labels.rate_shift(panel),
    ]  # fmt: skip
    assert alarms == []


def test_ramp_is_dated() -> None:
    """A gradual change is dated to its first month."""
    series = np.clip((np.arange(24) - 8) / 6, 0, 1) + np.random.default_rng(0).normal(0, 0.01, 24)
    ramp = change.fit_ramp(series)
    assert abs(ramp.start - 9) <= 1
    assert 5 <= ramp.length <= 7


def test_announcement_counts_until_the_change_is_complete() -> None:
    """A slow change is announced by its log entry in any month of it; a later entry speaks of something else."""
    log = parse_dictionary("| 2023-09 | charge follows the new tariff |")
    assert log.announced("charge", "2023-08") is not None
    assert log.announced("charge", "2023-06") is None
    assert log.announced("charge", "2023-06", 6) is not None
    assert log.announced("charge", "2023-12", 6) is None


def test_announced_change_is_a_note() -> None:
    """What the change log explains is no defect; the same step unexplained is one."""
    raw = make_panel()
    raw["marketing_touches"] = np.random.default_rng(2).poisson(4, len(raw))
    raw.loc[raw["snapshot_month"] >= "2024-02", "marketing_touches"] //= 3
    panel = as_panel(raw)
    log = "| when | what |\n|---|---|\n| 2024-02 | At most two marketing contacts per customer. |\n"
    announced, _ = change.drifts(panel, panel.rows, set(), parse_dictionary(log))
    silent, _ = change.drifts(panel, panel.rows, set(), parse_dictionary(""))
    assert [(one.kind, one.status) for one in announced] == [("announced_change", "note")]
    assert [(one.kind, one.status, one.start) for one in silent] == [("covariate_drift", "defect", "2024-02")]


def test_other_defects_are_seen() -> None:
    """Sentinels, null steps, recodes, gaps and copies are each reported once."""
    raw = make_panel()
    rng = np.random.default_rng(3)
    raw["coded"] = np.where(rng.random(len(raw)) < 0.03, -999.0, rng.normal(50, 5, len(raw)))
    raw["holes"] = np.where((raw["snapshot_month"] >= "2024-01") & (rng.random(len(raw)) < 0.3), np.nan, 1.0)
    raw["plan"] = pd.Categorical(
        np.where(
            (raw["snapshot_month"] >= "2023-09") & (raw["region"] == "A"),
            "gold",
            np.where(raw["region"] == "A", "Gold", "basic"),
        )
    )
    raw = raw[~((raw["region"] == "C") & raw["snapshot_month"].isin(["2023-05", "2023-06"]))]
    raw = pd.concat([raw, raw.head(50)], ignore_index=True)
    panel = as_panel(raw)
    kinds = [
        one.kind
        for one in (
            *quality.sentinels(panel, NO_WORDS), *change.null_steps(panel, panel.rows, NO_WORDS),
            *change.recodes(panel, panel.rows, NO_WORDS), *quality.absent_groups(panel), *quality.duplicates(panel),
        )
    ]  # fmt: skip
    assert kinds == [
        "sentinel_values",
        "missingness_shift",
        "category_recode",
        "selection_gap",
        "duplicate_rows",
    ]


def test_other_label_rule_is_seen() -> None:
    """Labels of a 60-day rule contradict who is still listed."""
    panel = as_panel(make_panel(4000))
    raw = panel.raw.copy()
    early = (raw["snapshot_month"] < "2023-10") & (panel.months_until_gone == 3)
    raw.loc[early, "churned_90d"] = 0
    (found,) = labels.rule_and_noise(as_panel(raw))
    assert (found.kind, found.start, found.end) == ("label_definition", "2023-01", "2023-09")
