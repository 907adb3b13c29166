"""Leaks that only the panel shows: group indices made of the label, scores dated too early, overwritten countdowns."""

import numpy as np

from audit.finding import Finding, Statistic
from audit.panel import LABEL, Panel, customer_months, span
from audit.statistics import auc, signed_auc

GROUPS = (30, 0.2)  # at least so many values, at most this share of the rows
TOO_EXACT = 0.35  # of the scatter that group rates must have by chance alone
EXPLAINED = 0.5
SAMPLE = 5_000
CORRELATED = 0.08
LEAD = 0.04
BREAKS = 0.002


def group_indices(panel: Panel, skip: set[str]) -> list[Finding]:
    """Report columns whose values repeat the churn rate of the rows that carry them.

    Rates of groups scatter around any honest figure by binomial chance; a figure computed from the same labels
    does not: the scatter around the best line, in units of that chance, is then far below one.
    """
    label, found = panel.label, []
    for column in panel.numeric:
        if column in skip:
            continue
        values = panel.rows[column].to_numpy(float)
        known = ~np.isnan(values)
        distinct, group = np.unique(values[known], return_inverse=True)
        if not GROUPS[0] <= distinct.size <= GROUPS[1] * known.sum():
            continue
        size = np.bincount(group)
        rate = np.bincount(group, weights=label[known]) / size
        scatter, explained = _around_a_line(distinct, rate, size)
        if scatter > TOO_EXACT or explained < EXPLAINED:
            continue
        found.append(
            Finding(
                kind="target_encoded_index",
                columns=(column,),
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("auc", _auc(panel, column), None, span(panel.months)),
                action="drop",
                summary=(
                    f"{column} has {distinct.size:,} values and each repeats the churn rate of the rows that carry it "
                    f"(scatter {scatter:.2f} of what chance alone gives, R² {explained:.2f}): it was computed "
                    "from these labels, each row's own included."
                ),
                detail={"scatter_over_chance": scatter, "explained": explained, "groups": int(distinct.size)},
            )
        )
    return found


def _around_a_line(value: np.ndarray, rate: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Return the weighted scatter of group rates around their best line over binomial chance, and R²."""
    slope, level = np.polyfit(value, rate, 1, w=np.sqrt(size))
    line = np.clip(slope * value + level, 1e-3, 1 - 1e-3)
    overall = np.average(rate, weights=size)
    chance = overall * (1 - overall)
    scatter = float(np.sum(size * (rate - line) ** 2) / chance / max(value.size - 2, 1))
    total = float(np.sum(size * (rate - overall) ** 2)) or 1.0
    return scatter, 1 - float(np.sum(size * (rate - line) ** 2)) / total


def scores_dated_early(panel: Panel, skip: set[str]) -> list[Finding]:
    """Report columns that move with next month's figures rather than with this month's.

    Month-to-month differences within customers are correlated with those of every other column, in the same
    month and in the following one. What is recorded at the snapshot moves with the snapshot.
    """
    names = [name for name in panel.numeric if name not in skip]
    ids = np.unique(panel.rows["customer_id"].to_numpy())
    chosen = np.isin(panel.rows["customer_id"].to_numpy(), ids[:: max(1, ids.size // SAMPLE)])
    rows = panel.rows[chosen]
    steps = {name: np.diff(customer_months(rows, rows[name].to_numpy(float))[0], axis=1) for name in names}
    found = []
    for column in names:
        ahead = {}
        for other in names:
            if other == column:
                continue
            now = _correlation(steps[column][:, :-1], steps[other][:, :-1])
            later = _correlation(steps[column][:, :-1], steps[other][:, 1:])
            if abs(later) > max(CORRELATED, 2 * abs(now)) and abs(later) - abs(now) > LEAD:
                ahead[other] = (now, later)
        if len(ahead) < 2:
            continue
        witness = max(ahead, key=lambda name: abs(ahead[name][1]))
        now, later = ahead[witness]
        found.append(
            Finding(
                kind="nightly_score",
                columns=(column,),
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("auc", _auc(panel, column), None, span(panel.months)),
                action="drop",
                summary=(
                    f"{column} moves with the next month's {witness} (correlation of the monthly steps {later:.2f}) "
                    f"and not with this month's ({now:.2f}), like {len(ahead) - 1} other columns: it is computed "
                    "a month after its date."
                ),
                detail={"correlation_same_month": now, "correlation_next_month": later, "witness": witness},
            )
        )
    return found


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    known = ~(np.isnan(a) | np.isnan(b))
    x, y = a[known], b[known]
    if x.size < 100 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def overwritten_countdowns(panel: Panel) -> list[Finding]:
    """Report countdowns to a date that ends with the customer's leaving instead of where its term says.

    A countdown falls by one a month; with the tenure it adds up to whole terms. Rows that break this, and
    that leave more often than others, had their date overwritten with the day the customer left.
    """
    if "tenure_months" not in panel.features:
        return []
    tenure = panel.rows["tenure_months"].to_numpy(float)
    found = []
    for column in panel.numeric:
        values = panel.rows[column].to_numpy(float)
        table, _, _ = customer_months(panel.rows, values)
        steps = np.diff(table, axis=1)
        steps = steps[~np.isnan(steps)]
        if steps.size < 100 or np.mean(steps == -1) < 0.6:
            continue
        known = ~np.isnan(values)
        phase = (tenure + values)[known] % 12
        usual = np.bincount(phase.astype(int), minlength=12).argmax()
        broken = np.zeros(values.size, dtype=bool)
        broken[known] = phase != usual
        share = float(broken[panel.mature].mean())
        if not BREAKS < share < 0.5:
            continue
        label = panel.label[panel.mature]
        if signed_auc(broken[panel.mature].astype(float), label) < 0.52:
            continue
        rate = float(label[broken[panel.mature]].mean())
        found.append(
            Finding(
                kind="overwritten_dimension",
                columns=(column,),
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("auc", _auc(panel, column), None, span(panel.months)),
                action="drop",
                summary=(
                    f"{column} and the tenure no longer add up to whole terms in {share:.1%} of the rows, and "
                    f"{rate:.0%} of those leave within the label's window: the end of the contract "
                    "was overwritten with the day the customer left."
                ),
                detail={"share_of_rows": share, "churn_rate_there": rate},
            )
        )
    return found


def _auc(panel: Panel, column: str) -> float:
    final = panel.raw[panel.raw["snapshot_month"] <= panel.last_mature_month]
    return auc(final[column].to_numpy(float), final[LABEL].to_numpy())
