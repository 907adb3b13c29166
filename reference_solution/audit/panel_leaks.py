"""Leaks that only the panel shows: group indices made of the label, scores dated too early, overwritten countdowns."""

import numpy as np

from audit.finding import Finding, Statistic
from audit.panel import LABEL, Panel, customer_months, ordinal, span
from audit.statistics import auc, signed_auc

GROUPS = (30, 0.2)  # at least so many values, at most this share of the rows
TOO_EXACT = 0.35  # of the scatter that group rates must have by chance alone
EXPLAINED = 0.5
SAMPLE = 5_000
CORRELATED = 0.08
LEAD = 0.04
BREAKS = 0.002
STILL_MONTHS = 5


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
            _leak(
                panel,
                column,
                "target_encoded_index",
                ("auc", _auc(panel, column)),
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
        # Figures of one reading lead each other by construction; a score of the customer leads several.
        if len({_stem(name) for name in ahead} - {_stem(column)}) < 2:
            continue
        witness = max(ahead, key=lambda name: abs(ahead[name][1]))
        now, later = ahead[witness]
        found.append(
            _leak(
                panel,
                column,
                "nightly_score",
                ("auc", _auc(panel, column)),
                summary=(
                    f"{column} moves with the next month's {witness} (correlation of the monthly steps {later:.2f}) "
                    f"and not with this month's ({now:.2f}), like {len(ahead) - 1} other columns: it is computed "
                    "a month after its date."
                ),
                detail={"correlation_same_month": now, "correlation_next_month": later, "witness": witness},
            )
        )
    return found


def _stem(name: str) -> str:
    return name.removeprefix("data_").split("_")[0]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    known = ~(np.isnan(a) | np.isnan(b))
    x, y = a[known], b[known]
    if x.size < 100 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def stuck_counters(panel: Panel, skip: set[str]) -> list[Finding]:
    """Report counters that grow with the tenure for most customers and stand still for the others.

    A counter read at the snapshot grows for everybody; one read at the extraction shows in every early row
    what was only reached at the end.
    """
    if "tenure_months" not in panel.features:
        return []
    found = []
    for column in panel.numeric:
        if column in skip or column == "tenure_months":
            continue
        table, _, _ = customer_months(panel.rows, panel.rows[column].to_numpy(float))
        steps = np.diff(table, axis=1)
        known = (~np.isnan(steps)).sum(axis=1)
        still = np.nansum(steps == 0, axis=1)
        long = known >= STILL_MONTHS
        if not long.any():
            continue
        stuck = still[long] == known[long]
        moving = still[long] <= 0.25 * known[long]
        if not (0.05 < stuck.mean() < 0.95 and moving.mean() > 0.9 * (1 - stuck.mean())):
            continue
        first = panel.rows.drop_duplicates("customer_id")
        if abs(first[column].corr(first["tenure_months"])) < 0.5:
            continue
        found.append(
            _leak(
                panel,
                column,
                "extraction_time_counter",
                ("match_rate", _unchanged(panel, column)),
                summary=(
                    f"{column} grows month by month for {moving.mean():.0%} of the customers and never moves for "
                    f"{stuck.mean():.0%}, whose early rows show a count that was only reached at the extraction."
                ),
                detail={"stuck_customers": float(stuck.mean())},
            )
        )
    return found


def _unchanged(panel: Panel, column: str) -> float:
    """Return the share of issued rows that equal the customer's value of the month before, where both are known."""
    table = customer_months(panel.rows, panel.rows[column].to_numpy(float))[0]
    place = {key: index for index, key in enumerate(np.unique(panel.rows["customer_id"].to_numpy()))}
    who = panel.raw["customer_id"].map(place).to_numpy()
    first = ordinal(panel.months[0])
    at = panel.raw["snapshot_month"].map({name: ordinal(name) - first for name in panel.months}).to_numpy(int)
    before = np.where(at > 0, table[who, np.maximum(at - 1, 0)], np.nan)
    now = panel.raw[column].to_numpy(float)
    known = ~(np.isnan(now) | np.isnan(before))
    return float((np.abs(now - before) <= 0.05 + 0.001 * np.abs(before))[known].mean())


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
            _leak(
                panel,
                column,
                "overwritten_dimension",
                ("auc", _auc(panel, column)),
                summary=(
                    f"{column} and the tenure no longer add up to whole terms in {share:.1%} of the rows, and "
                    f"{rate:.0%} of those leave within the label's window: the end of the contract "
                    "was overwritten with the day the customer left."
                ),
                detail={"share_of_rows": share, "churn_rate_there": rate},
            )
        )
    return found


def _leak(
    panel: Panel, column: str, kind: str, measured: tuple[str, float], summary: str, detail: dict[str, object]
) -> Finding:
    """A leak over all months, whose column cannot be repaired and goes."""
    return Finding(
        kind=kind,
        columns=(column,),
        start=panel.months[0],
        end=panel.months[-1],
        statistic=Statistic(*measured, None, span(panel.months)),
        action="drop",
        summary=summary,
        detail=detail,
    )


def _auc(panel: Panel, column: str) -> float:
    final = panel.raw[panel.raw["snapshot_month"] <= panel.last_mature_month]
    return auc(final[column].to_numpy(float), final[LABEL].to_numpy())
