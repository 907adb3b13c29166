"""Columns that know the outcome, found from the data alone.

The panel shows when each customer leaves, so a column can be tested against leaving in exactly k months. What is
known at the snapshot fades smoothly with k, the fastest at first. What was derived from the outcome separates the
leavers of the label's three months alike and drops at the fourth: the label's edge is visible in it, as the one step
that stands out. A strong honest column has no edge.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from audit.finding import Finding, Statistic
from audit.panel import HORIZON_MONTHS, Panel, customer_months, span
from audit.statistics import auc, ranking, signed_auc

HORIZONS = range(1, 2 * HORIZON_MONTHS + 1)
EDGE_MINIMUM = 0.05
EDGE_SIGMAS = 5.0
STANDS_OUT = 2.0
STRONG_AUC = 0.60
MOST_STAYERS = 25_000


@dataclass(frozen=True)
class HorizonProfile:
    """One column against leaving in exactly 1 to 6 months; areas are oriented so that above .5 means risk."""

    column: str
    is_null: bool
    auc: float
    by_horizon: tuple[float, ...]
    error: float

    @property
    def edge(self) -> float:
        """Return the fall of the area across the edge of the label's window."""
        return self.by_horizon[HORIZON_MONTHS - 1] - self.by_horizon[HORIZON_MONTHS]

    @property
    def other_step(self) -> float:
        """Return the largest change of the area between any other two neighbouring months."""
        return float(np.delete(np.abs(np.diff(self.by_horizon)), HORIZON_MONTHS - 1).max())

    @property
    def knows_outcome(self) -> bool:
        """Return whether the area falls at the label's edge beyond chance, and twice as far as anywhere else.

        What is left behind the edge does not matter: a column that was honest before it was overwritten for
        leavers falls to its honest strength there, and a steep honest column may be gone soon after it.
        """
        return self.edge > max(EDGE_MINIMUM, EDGE_SIGMAS * self.error, STANDS_OUT * self.other_step)


def horizon_profiles(panel: Panel) -> list[HorizonProfile]:
    """Return the profile of every feature's value, and of its being null where some but not all rows are."""
    known = np.flatnonzero(panel.month_number <= panel.month_number.max() - max(HORIZONS))
    stays = panel.months_until_gone[known] > max(HORIZONS)
    # Leavers are few and set the precision; more stayers than this only cost time.
    stride = max(1, int(stays.sum()) // MOST_STAYERS)
    known = np.sort(np.concatenate([known[~stays], known[stays][::stride]]))
    rows, gone = panel.rows.iloc[known], panel.months_until_gone[known]
    mature, label = panel.mature, panel.label
    profiles = []
    for column in panel.features:
        leaves = (gone <= HORIZON_MONTHS).astype(int)
        values = ranking(rows[column], leaves)
        area = auc(ranking(panel.rows[column][mature], label[mature]), label[mature])
        profiles.append(_profile(column, False, area, values, gone))
        if 0.001 < rows[column].isna().mean() < 0.999:
            null = rows[column].isna().to_numpy(float)
            null_area = auc(panel.rows[column].isna().to_numpy(float)[mature], label[mature])
            profiles.append(_profile(column, True, null_area, null, gone))
    return profiles


def _profile(column: str, is_null: bool, area: float, values: np.ndarray, gone: np.ndarray) -> HorizonProfile:
    stays = gone > max(HORIZONS)
    areas, leavers = [], []
    for months in HORIZONS:
        chosen = stays | (gone == months)
        areas.append(signed_auc(values[chosen], (gone[chosen] == months).astype(int)))
        leavers.append(int((gone == months).sum()))
    if np.mean(areas[:HORIZON_MONTHS]) < 0.5:
        areas = [1 - one for one in areas]
    # Hanley-McNeil at area .5; two independent groups of leavers form the edge.
    error = float(np.sqrt(2 / (12 * max(min(leavers), 1))))
    return HorizonProfile(column, is_null, area, tuple(areas), error)


def outcome_columns(panel: Panel, profiles: list[HorizonProfile]) -> list[Finding]:
    """Report the columns whose value, or whose being null, carries the label's edge."""
    found = []
    by_null = {profile.column for profile in profiles if profile.is_null and profile.knows_outcome}
    for profile in profiles:
        if not profile.knows_outcome or (profile.column in by_null and not profile.is_null):
            continue
        kind = "leaky_missingness" if profile.is_null else "post_outcome_column"
        what = "is missing" if profile.is_null else "is filled"
        if not profile.is_null and _is_register_entry(panel, profile.column):
            kind, what = "overwritten_dimension", "changes, which it does for nobody who stays,"
        found.append(
            Finding(
                kind=kind,
                columns=(profile.column,),
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("auc", _auc_as_issued(panel, profile), current=span(panel.months)),
                action="drop",
                summary=(
                    f"{profile.column} {what} because the customer leaves: AUC by months until leaving is "
                    f"{_listed(profile.by_horizon)} for 1 to 6: it drops at once at the edge of the three-month label."
                ),
                detail={"auc_by_months_until_leaving": list(profile.by_horizon), "edge": profile.edge},
            )
        )
    return found


def _is_register_entry(panel: Panel, column: str) -> bool:
    """Return whether a column never changes for customers who stay and differs among them, as sign-up data does."""
    stays = panel.rows[panel.months_until_gone == 999]
    codes = pd.Series(pd.factorize(stays[column])[0], index=stays.index)
    spread = codes.groupby(stays["customer_id"]).agg(["min", "max"])
    constant = float((spread["min"] == spread["max"]).mean())
    return constant > 0.97 and float(codes.value_counts(normalize=True).iloc[0]) < 0.9


def honest_strong_columns(
    panel: Panel, profiles: list[HorizonProfile], suspects: set[str], top: int = 6
) -> list[Finding]:
    """Note the strongest columns that pass the test, with the reason why they are no leak."""
    values = [
        one for one in profiles if not one.is_null and not one.knows_outcome and one.column not in suspects
    ]
    strongest = sorted(values, key=lambda one: -one.auc)[:top]
    return [
        Finding(
            kind="strong_predictor",
            columns=(profile.column,),
            status="note",
            start=panel.months[0],
            end=panel.months[-1],
            statistic=Statistic("auc", _auc_as_issued(panel, profile), current=span(panel.months)),
            action="keep",
            summary=(
                f"{profile.column} is strong and legitimate: it fades smoothly "
                f"({_listed(profile.by_horizon)} for leaving "
                "in 1 to 6 months) with no step at the label's edge, as a figure known at the snapshot does."
            ),
        )
        for profile in strongest
        if profile.auc >= STRONG_AUC
    ]


def _auc_as_issued(panel: Panel, profile: HorizonProfile) -> float:
    """Return the AUC by the brief's definition, which counts duplicated rows too."""
    final = panel.raw[panel.raw["snapshot_month"] <= panel.last_mature_month]
    label = final["churned_90d"].to_numpy()
    if profile.is_null:
        return auc(final[profile.column].isna().to_numpy(float), label)
    return auc(ranking(final[profile.column], label), label)


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


def identifier_and_order(panel: Panel) -> list[Finding]:
    """Report an identifier or a file order that depends on the label (AUC over .55 and 8 standard errors)."""
    raw = panel.raw[panel.raw["snapshot_month"] <= panel.last_mature_month]
    label = raw["churned_90d"].to_numpy()
    size = raw.groupby("snapshot_month")["customer_id"].transform("size")
    position = (raw.groupby("snapshot_month").cumcount() / size).to_numpy(float)
    limit = 0.5 + max(0.05, 8 / np.sqrt(12 * max(int(label.sum()), 1)))
    candidates = {
        "identifier_leak": ("customer_id", raw["customer_id"].to_numpy(float)),
        "row_order": ("snapshot_month", position),
    }
    found = []
    for kind, (column, values) in candidates.items():
        area = auc(values, label)
        if area > limit:
            found.append(
                Finding(
                    kind=kind,
                    columns=(column,) if kind == "identifier_leak" else (),
                    statistic=Statistic("auc", area, current=span(panel.months)),
                    action="drop",
                    summary=(
                        f"{'customer_id' if kind == 'identifier_leak' else 'The row order'} separates "
                        f"leavers with AUC {area:.3f}."
                    ),
                )
            )
    return found


def match_rate(
    rows: pd.DataFrame, column: str, monthly: str, offsets: tuple[int, ...] = (-2, -1, 0)
) -> float:
    """Return how often `column` equals the mean of `monthly` over the customer's months at `offsets`.

    rows: one row per customer and month. Counted where all those months are known; equal within .05 + .001 of
    the mean, which forgives rounding only.
    """
    table, customer, month = customer_months(rows, rows[monthly].to_numpy(float))
    reach = max(abs(step) for step in offsets)
    table = np.pad(table, ((0, 0), (reach, reach)), constant_values=np.nan)
    mean = np.mean([table[customer, month + reach + step] for step in offsets], axis=0)
    distance = np.abs(rows[column].to_numpy(float) - mean)
    counted = ~np.isnan(distance)
    return float((distance <= 0.05 + 0.001 * np.abs(mean))[counted].mean()) if counted.any() else float("nan")


def rolling_pairs(panel: Panel) -> list[tuple[str, str]]:
    """Return (mean column, monthly column) pairs: an average and the monthly column whose history explains it best."""
    averages = [
        name for name in panel.numeric if "avg_3m" in name or "mean_3m" in name or name.endswith("_avg3m")
    ]
    pairs = []
    for average in averages:
        stem = average.split("_")[0]
        near = [
            name
            for name in panel.numeric
            if name not in averages and not name.endswith("_3m") and stem in name.split("_")
        ]
        if near:
            strength = {
                name: abs(panel.rows[average].corr(panel.rows[name], method="spearman")) for name in near
            }
            pairs.append((average, max(strength, key=strength.__getitem__)))
    return pairs


WINDOWS = {
    "trailing": (-2, -1, 0),
    "previous": (-3, -2, -1),
    **{
        f"{first} to {last}": tuple(range(first, last + 1))
        for last in (1, 2, 3)
        for first in range(-2, last + 1)
    },
}


def look_ahead_windows(
    panel: Panel, repaired: pd.DataFrame
) -> tuple[list[Finding], dict[str, dict[str, float]]]:
    """Recompute each rolling mean from its monthly column over several windows, and report those that use the future.

    repaired: panel rows with units made equal, because a mean over two units matches no window.
    """
    found, table = [], {}
    for average, monthly in rolling_pairs(panel):
        rates = {name: match_rate(repaired, average, monthly, steps) for name, steps in WINDOWS.items()}
        table[f"{average} from {monthly}"] = rates
        best = max(rates, key=lambda name: -1.0 if np.isnan(rates[name]) else rates[name])
        if best != "trailing" and rates[best] > 0.8 and rates["trailing"] < 0.5:
            quoted = match_rate(panel.rows, average, monthly)
            if max(WINDOWS[best]) < 0:
                found.append(_lagged(panel, average, monthly, quoted))
                continue
            found.append(
                Finding(
                    kind="look_ahead_window",
                    columns=(average, monthly),
                    start=panel.months[0],
                    end=panel.months[-1],
                    statistic=Statistic("match_rate", quoted, current=span(panel.months)),
                    action="drop",
                    summary=(
                        f"{average} is not the mean of {monthly} over this month and the two before "
                        f"(match {rates['trailing']:.3f}); the {best} window {WINDOWS[best]} "
                        f"matches {rates[best]:.3f}, so it includes the future."
                    ),
                    detail={"match_by_window": rates},
                )
            )
    return found, table


def _lagged(panel: Panel, average: str, monthly: str, quoted: float) -> Finding:
    return Finding(
        kind="collinearity",
        columns=(average, monthly),
        status="note",
        start=panel.months[0],
        end=panel.months[-1],
        statistic=Statistic("match_rate", quoted, current=span(panel.months)),
        action="keep",
        summary=(
            f"{average} does not reproduce from this month's {monthly} because its window ends one month earlier; "
            "nothing in it is later than the snapshot."
        ),
    )
