"""Columns that change over the months: drift, and what only looks like it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from audit.dictionary import Dictionary
from audit.finding import Finding, Statistic
from audit.panel import Panel, span
from audit.statistics import null_rate, psi

DRIFT_PSI = 0.10
SEASON_PSI = 0.07
QUIET_PSI = 0.03
YEAR = 12
CURRENT_MONTHS = 3
PRECEDING_MONTHS = 4
NULL_STEP = 0.04


@dataclass(frozen=True)
class Ramp:
    """A change of a monthly mean: flat, then linear over `length` months from index `start` on, then flat."""

    start: int
    length: int
    size: float
    explained: float


def fit_ramp(series: np.ndarray) -> Ramp:
    """Return the least-squares ramp of a monthly series; length 1 is a step.

    >>> fit_ramp(np.array([0., 0, 0, 1, 2, 2, 2])).start
    3
    """
    months = np.arange(series.size)
    total = float(np.sum((series - series.mean()) ** 2)) or 1.0
    best = Ramp(1, 1, 0.0, 0.0)
    for length in range(1, YEAR + 1):
        for start in range(1, series.size - 1):
            shape = np.clip((months - start + 1) / length, 0, 1)
            centred = shape - shape.mean()
            size = float(centred @ series / (centred @ centred))
            explained = 1 - float(np.sum((series - series.mean() - size * centred) ** 2)) / total
            # A longer ramp has to earn its extra freedom.
            if explained > best.explained + 1e-3:
                best = Ramp(start, length, size, explained)
    return best


def year_on_year(panel: Panel, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the PSI of each month of the second year against the same month a year before; index column."""
    groups = dict(list(rows.groupby("snapshot_month")))
    table = {
        month: [psi(groups[before][column], groups[month][column]) for column in columns]
        for before, month in zip(panel.months[:-YEAR], panel.months[YEAR:], strict=True)
    }
    return pd.DataFrame(table, index=columns)


def drifts(
    panel: Panel, rows: pd.DataFrame, skip: set[str], dictionary: Dictionary
) -> tuple[list[Finding], pd.DataFrame]:
    """Report columns whose distribution moved for good, and note those that only repeat every year.

    rows: panel rows with units made equal. skip: columns already reported as leaks, which need no second entry.
    """
    columns = [name for name in panel.features if name not in skip]
    table = year_on_year(panel, rows, columns)
    found = []
    for column in columns:
        lasting = np.minimum(table.loc[column].to_numpy()[:-1], table.loc[column].to_numpy()[1:]).max()
        if lasting >= DRIFT_PSI:
            found.append(_drift(panel, rows, column, dictionary))
        elif lasting < QUIET_PSI:
            found.extend(_season(panel, rows, column, table.loc[column]))
    return [one for one in found if one is not None], table


def _drift(panel: Panel, rows: pd.DataFrame, column: str, dictionary: Dictionary) -> Finding | None:
    ramp = fit_ramp(monthly_position(panel, rows[column]))
    onset, months = panel.months[ramp.start], panel.months
    before = rows["snapshot_month"] < onset
    current = rows["snapshot_month"].isin(months[-CURRENT_MONTHS:])
    value = psi(rows[column][before], rows[column][current])
    if value < DRIFT_PSI:
        return None
    manner = "in one step" if ramp.length == 1 else f"over {ramp.length} months"
    common = {
        "columns": (column,),
        "start": onset,
        "end": months[-1],
        "statistic": Statistic("psi", value, span(months[: ramp.start]), span(months[-CURRENT_MONTHS:])),
        "detail": {"ramp_months": ramp.length, "explained": ramp.explained},
    }
    announced = dictionary.announced(column, onset, ramp.length)
    if announced:
        reason = f"the dictionary's change log announces it: {announced!r}"
        return Finding(
            kind="announced_change",
            status="note",
            action="drop",
            summary=f"{column} changes in {onset}; {reason}",
            **common,
        )
    if ramp.length == 1 and _same_for_everybody(panel, rows, column, ramp.start):
        reason = "every customer moves by the same factor, as in a price change, so it is the world and not the feed"
        return Finding(
            kind="announced_change",
            status="note",
            action="keep",
            summary=f"{column} steps in {onset}: {reason}.",
            **common,
        )
    if _only_grows(rows, column):
        reason = "it only grows within a customer, so the customers age"
        return Finding(
            kind="ageing", status="note", action="keep", summary=f"{column} moves: {reason}.", **common
        )
    return Finding(
        kind="covariate_drift",
        action="drop",
        summary=(
            f"{column} moves {manner} from {onset} and stays there: PSI {value:.2f} in the last "
            "three months against those "
            "before, and the same against the year before, so it is no season."
        ),
        **common,
    )


def monthly_position(panel: Panel, values: pd.Series) -> np.ndarray:
    """Return the monthly mean of a column's overall ranks (0 to 1), which outliers cannot move."""
    numbers = (
        pd.Series(values).factorize(sort=True)[0]
        if values.dtype.kind not in "iufb"
        else values.to_numpy(float)
    )
    known = ~pd.isna(numbers)
    ranks = np.full(len(values), np.nan)
    ranks[known] = rankdata(np.asarray(numbers)[known]) / known.sum()
    return pd.Series(ranks).groupby(panel.month_number).mean().to_numpy()


def _season(panel: Panel, rows: pd.DataFrame, column: str, yearly: pd.Series) -> list[Finding]:
    """Note a column that a comparison of neighbouring months would report and one across the year does not."""
    position = monthly_position(panel, rows[column])
    second_year = range(YEAR, len(panel.months))
    away = {t: abs(position[t] - position[max(0, t - PRECEDING_MONTHS) : t].mean()) for t in second_year}
    peak = max(away, key=away.__getitem__)
    months = [panel.months[peak]]
    before = panel.months[peak - PRECEDING_MONTHS : peak]
    value = psi(
        rows[column][rows["snapshot_month"].isin(before)], rows[column][rows["snapshot_month"].isin(months)]
    )
    same_a_year_ago = np.sign(position[peak] - position[peak - 2]) == np.sign(
        position[peak - YEAR] - position[max(0, peak - YEAR - 2)]
    )
    if value < SEASON_PSI or not same_a_year_ago:
        return []
    return [
        Finding(
            kind="seasonality",
            columns=(column,),
            status="note",
            start=months[0],
            end=months[-1],
            statistic=Statistic("psi", value, span(before), span(months)),
            action="keep",
            summary=(
                f"{column} leaves its level in {months[0]} (PSI {value:.2f} against the four "
                "months before) but did the same a year "
                f"earlier (PSI {yearly[months[0]]:.3f} year on year): a season, no defect."
            ),
        )
    ]


def _same_for_everybody(panel: Panel, rows: pd.DataFrame, column: str, start: int) -> bool:
    if rows[column].dtype.kind not in "iuf":
        return False
    month = panel.month_number
    before = rows[month == start - 1].set_index("customer_id")[column]
    after = rows[month == start].set_index("customer_id")[column].reindex(before.index)
    ratio = (after / before.where(before != 0)).dropna()
    if len(ratio) < 100:
        return False
    low, middle, high = ratio.quantile([0.1, 0.5, 0.9])
    return bool(abs(middle - 1) > 0.01 and (high - low) < 0.5 * abs(middle - 1))


def _only_grows(rows: pd.DataFrame, column: str) -> bool:
    if rows[column].dtype.kind not in "iuf":
        return False
    ordered = rows.sort_values(["customer_id", "snapshot_month"])
    steps = ordered.groupby("customer_id")[column].diff().dropna()
    return bool((steps > 0).mean() > 0.95)


def null_steps(panel: Panel, rows: pd.DataFrame, dictionary: Dictionary) -> list[Finding]:
    """Report columns whose share of nulls is another one for some months, or for good, by .04 and ten errors."""
    found = []
    size = float(np.bincount(panel.month_number).mean())
    for column in panel.features:
        missing = rows[column].isna()
        if not missing.any():
            continue
        monthly = missing.groupby(panel.month_number).mean().to_numpy()
        first, last, step, explained = _box(monthly)
        error = float(np.sqrt(max(missing.mean() * (1 - missing.mean()), 1e-6) / size))
        if abs(step) < max(NULL_STEP, 10 * error) or explained < 0.8:
            continue
        months = panel.months[first : last + 1]
        outside = [month for month in panel.months if month not in months]
        rate = null_rate(panel.raw[column][panel.raw["snapshot_month"].isin(months)])
        announced = dictionary.announced(column, months[0])
        found.append(
            Finding(
                kind="missingness_shift",
                columns=(column,),
                status="note" if announced else "defect",
                start=months[0],
                end=months[-1],
                statistic=Statistic("null_rate", rate, None, span(months)),
                action="keep" if announced else "impute",
                summary=(
                    f"{column} is null in {rate:.1%} of the rows of {span(months)}, "
                    f"{np.mean([monthly[panel.months.index(month)] for month in outside]):.1%} otherwise"
                    + (f"; the change log announces it: {announced!r}" if announced else ".")
                ),
            )
        )
    return found


def _box(series: np.ndarray) -> tuple[int, int, float, float]:
    """Return the months (first, last) that differ most from the others, by how much, and the share explained."""
    total = float(np.sum((series - series.mean()) ** 2)) or 1.0
    best = (1, series.size - 1, 0.0, 0.0)
    for first in range(1, series.size):
        for last in range(first, series.size):
            inside = np.zeros(series.size, dtype=bool)
            inside[first : last + 1] = True
            step = float(series[inside].mean() - series[~inside].mean())
            residual = np.sum((series[inside] - series[inside].mean()) ** 2)
            residual += np.sum((series[~inside] - series[~inside].mean()) ** 2)
            explained = 1 - float(residual) / total
            if explained > best[3] + 1e-6:
                best = (first, last, step, explained)
    return best


def of_all_months(panel: Panel, rows: pd.DataFrame, skip: set[str]) -> pd.Series:
    """Return which rows belong to levels that are there in every month, so that who joins or pauses moves nothing.

    skip: categories whose levels were renamed.
    """
    kept = pd.Series(True, index=rows.index)
    for column in set(panel.categorical) - skip:
        counts = rows.groupby([column, panel.month_number], observed=True).size().unstack(fill_value=0)
        partial = counts.index[(counts.to_numpy() == 0).any(axis=1)]
        if len(partial) < len(counts) - 1:
            kept &= ~rows[column].isin(partial)
    return kept


def recodes(panel: Panel, rows: pd.DataFrame, dictionary: Dictionary) -> list[Finding]:
    """Report levels that appear for good in one month while another disappears."""
    found = []
    for column in panel.categorical:
        counts = rows.groupby([column, panel.month_number], observed=True).size().unstack(fill_value=0)
        total = counts.to_numpy().sum(axis=0)
        for level in counts.index:
            present = counts.loc[level].to_numpy() > 0
            start = int(np.argmax(present))
            if (
                start == 0
                or not present[start:].all()
                or counts.loc[level].to_numpy()[start:].sum() < 0.005 * total[start:].sum()
            ):
                continue
            gone = [
                other
                for other in counts.index
                if counts.loc[other].to_numpy()[:start].all()
                and not counts.loc[other].to_numpy()[start:].any()
            ]
            months = panel.months
            announced = dictionary.announced(column, months[start]) if gone else None
            current = panel.raw["snapshot_month"] >= months[start]
            share = float((panel.raw[column][current] == level).mean())
            found.append(
                Finding(
                    kind="category_recode" if gone else "selection_gap",
                    columns=(column,),
                    start=months[start] if gone else months[0],
                    end=months[-1] if gone else months[start - 1],
                    statistic=Statistic("share", share, None, span(months[start:]))
                    if gone
                    else Statistic("count", 0.0, None, span(months[:start])),
                    status="note" if announced else "defect",
                    where={column: [level]},
                    action="repair" if gone else "keep",
                    summary=f"{column} {level!r} appears in {months[start]}"
                    + (f" where {gone[0]!r} ends" if gone else "; there is no row of it before")
                    + (f"; the change log announces it: {announced!r}" if announced else "."),
                    detail={"level": level, "replaces": gone} if gone else {},
                )
            )
    return found
