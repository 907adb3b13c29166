"""Is the label what it says? Maturity, definition, noise, balance, and the overlap of its windows."""

import numpy as np
import pandas as pd

from audit.finding import Finding, Statistic
from audit.panel import HORIZON_MONTHS, LABEL, Panel, span
from audit.statistics import auc

IMMATURE_RATIO = 0.85
SHIFT_RATIO = 1.2
SIGMAS = 6.0
LONGEST_SHIFT = 6


def monthly_rate(panel: Panel) -> pd.Series:
    """Return the churn rate by snapshot month."""
    return panel.rows.groupby("snapshot_month")[LABEL].mean()


def immaturity(panel: Panel) -> list[Finding]:
    """Report the months whose 90 days reach past the extract, where the rate falls as the clock predicts."""
    rate = monthly_rate(panel)
    late = panel.months[-HORIZON_MONTHS:]
    mature = rate[panel.months[:-HORIZON_MONTHS]].mean()
    falls = all(rate[month] < IMMATURE_RATIO * mature for month in late) and rate[late[-1]] <= rate[late[0]]
    if not falls:
        return []
    rows = panel.raw["snapshot_month"].isin(late)
    figures = ", ".join(f"{rate[month]:.3f}" for month in late)
    return [
        Finding(
            kind="label_immaturity",
            columns=(LABEL,),
            start=late[0],
            end=late[-1],
            statistic=Statistic(
                "rate", float(panel.raw[LABEL][rows].mean()), span(panel.months[:-HORIZON_MONTHS]), span(late)
            ),
            action="exclude_rows",
            summary=(
                "The last three months have seen 2, 1 and 0 of their three month-ends: churn "
                f"{figures} against {mature:.3f} before."
            ),
        )
    ]


def rule_and_noise(panel: Panel) -> list[Finding]:
    """Compare the label with the panel itself: churned must mean gone within three months.

    Months in which they disagree follow another rule; a level that disagrees alone has noisy labels.
    """
    gone = (panel.months_until_gone <= HORIZON_MONTHS).astype(int)
    wrong = pd.Series((gone != panel.label) & panel.mature)
    if wrong[panel.mature].mean() > 0.25:
        return []  # rows vanish for other reasons than churn here, so the panel is no witness
    found = []
    monthly = wrong.groupby(panel.month_number).mean().to_numpy()[:-HORIZON_MONTHS]
    usual = float(np.median(monthly))
    bad = np.flatnonzero(monthly > usual + 0.01)
    if 2 <= bad.size < monthly.size and np.ptp(bad) == bad.size - 1:
        months = [panel.months[index] for index in bad]
        rows = panel.raw["snapshot_month"].isin(months)
        found.append(
            Finding(
                kind="label_definition",
                columns=(LABEL,),
                start=months[0],
                end=months[-1],
                statistic=Statistic("rate", float(panel.raw[LABEL][rows].mean()), None, span(months)),
                action="relabel",
                summary=(
                    f"From {months[0]} to {months[-1]} the label contradicts who is still listed in "
                    f"{monthly[bad].mean():.1%} of the rows."
                ),
            )
        )
        return found
    for column in panel.categorical:
        share = wrong[panel.mature].groupby(panel.rows[column].to_numpy()[panel.mature], observed=True).mean()
        worst = share.idxmax()
        if share[worst] > 0.01 + 3 * share.drop(worst).max():
            witness = _strongest(panel)
            rows = (panel.raw[column] == worst) & (panel.raw["snapshot_month"] <= panel.last_mature_month)
            seen, said = panel.raw[witness][rows].to_numpy(float), panel.raw[LABEL][rows].to_numpy()
            found.append(
                Finding(
                    kind="label_noise_slice",
                    columns=(witness,),
                    where={column: [worst]},
                    start=panel.months[0],
                    end=panel.last_mature_month,
                    statistic=Statistic("auc", auc(seen, said), None, span(panel.months[:-HORIZON_MONTHS])),
                    action="relabel",
                    summary=(
                        f"For {column} {worst} the label contradicts who is still listed in "
                        f"{share[worst]:.1%} of the rows, and {witness}, strong elsewhere, says less of it there."
                    ),
                )
            )
    return found


def _strongest(panel: Panel) -> str:
    """Return the numeric column without nulls that separates the label best, leaks aside by a sane limit."""
    stride = max(1, len(panel.rows) // 60_000)
    sample, label = panel.rows[panel.mature].iloc[::stride], panel.label[panel.mature][::stride]
    areas = {
        name: auc(sample[name].to_numpy(float), label)
        for name in panel.numeric
        if not sample[name].isna().any() and sample[name].nunique() > 5 and (sample[name] == 0).mean() < 0.5
    }
    return max(areas, key=areas.__getitem__)


def rate_shift(panel: Panel) -> list[Finding]:
    """Report two to six mature months in a row whose rate leaves the others' by a fifth and six standard errors."""
    rate = monthly_rate(panel)[panel.months[:-HORIZON_MONTHS]]
    size = len(panel.rows) / len(panel.months)
    best, where = 0.0, np.arange(0)
    for length in range(2, LONGEST_SHIFT + 1):
        for first in range(rate.size - length + 1):
            inside = np.zeros(rate.size, dtype=bool)
            inside[first : first + length] = True
            usual = float(rate[~inside].mean())
            error = np.sqrt(usual * (1 - usual) / (size * length))
            away = abs(float(rate[inside].mean()) - usual) / error
            if away > best:
                best, where = away, np.flatnonzero(inside)
    if not where.size:
        return []
    usual = float(np.delete(rate.to_numpy(), where).mean())
    ratio = float(rate.iloc[where].mean()) / usual
    if best < SIGMAS or 1 / SHIFT_RATIO < ratio < SHIFT_RATIO:
        return []
    months = [rate.index[index] for index in where]
    rows = panel.raw["snapshot_month"].isin(months)
    return [
        Finding(
            kind="label_shift",
            columns=(LABEL,),
            start=months[0],
            end=months[-1],
            statistic=Statistic("rate", float(panel.raw[LABEL][rows].mean()), None, span(months)),
            action="keep",
            summary=(
                f"Churn is {rate.iloc[where].mean():.3f} from {months[0]} to {months[-1]} against "
                f"{usual:.3f} otherwise."
            ),
        )
    ]


def facts(panel: Panel) -> list[Finding]:
    """State what every model of this table must respect: imbalance, repeated customers, overlapping label windows."""
    months = span(panel.months)
    mature = panel.raw["snapshot_month"] <= panel.last_mature_month
    rate = float(panel.raw[LABEL][mature].mean())
    several = panel.rows["customer_id"].duplicated(keep=False).mean()
    per_customer = len(panel.rows) / panel.rows["customer_id"].nunique()
    ordered = panel.rows.sort_values(["customer_id", "snapshot_month"])
    previous = ordered.groupby("customer_id")[LABEL].shift()
    same = float((ordered[LABEL] == previous)[previous.notna()].mean())
    positives = panel.rows[panel.rows[LABEL] == 1]
    repeated = float(positives["customer_id"].duplicated(keep=False).mean())
    return [
        Finding(
            kind="class_imbalance",
            columns=(LABEL,),
            start=panel.months[0],
            end=panel.last_mature_month,
            statistic=Statistic("rate", rate, None, span(panel.months[:-HORIZON_MONTHS])),
            action="keep the base rate: no resampling; PR-AUC and precision at capacity instead of accuracy",
            summary=(
                f"{rate:.1%} of the mature rows are churners, so saying 'stays' is right "
                f"{1 - rate:.1%} of the time."
            ),
        ),
        Finding(
            kind="group_overlap",
            columns=("customer_id",),
            start=panel.months[0],
            end=panel.months[-1],
            statistic=Statistic("match_rate", 1.0, None, months),
            action="split by time and resample customers, not rows, for intervals",
            summary=(
                f"{several:.1%} of the rows share their customer with others ({per_customer:.1f} "
                "months each): a random split flatters."
            ),
            detail={"share_of_rows_with_siblings": float(several), "rows_per_customer": per_customer},
        ),
        Finding(
            kind="label_overlap",
            columns=(LABEL,),
            start=panel.months[0],
            end=panel.months[-1],
            statistic=Statistic("match_rate", same, None, months),
            action="leave an embargo of three months between the last label used and the first test month",
            summary=(
                f"One cancellation makes up to three rows positive ({repeated:.1%} of the positives "
                "repeat one), so neighbouring months share their outcome."
            ),
            detail={"share_of_positives_repeating_a_cancellation": repeated},
        ),
    ]
