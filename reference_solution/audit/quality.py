"""Rows and values that cannot be right: copies, codes for missing, contradictions, groups that are absent."""

import numpy as np
import pandas as pd

from audit.dictionary import Dictionary
from audit.finding import Finding, Statistic
from audit.panel import KEYS, LABEL, Panel, span

SENTINELS = (-9999.0, -999.0, -99.0, -1.0, 99.0, 999.0, 9999.0, 99999.0)


LEAST_BROKEN, MOST_BROKEN = 0.0005, 0.2
CONTRADICTIONS = (
    ("seats_active", "seats_purchased", "more active seats than were bought"),
    ("plan_changes_12m", "tenure_months", "more changes than months"),
    ("total_charges", "monthly_charge", "less in total than in this month alone"),
)


def duplicate_counts(raw: pd.DataFrame) -> dict[str, int]:
    """Return how many rows repeat an earlier key, and of those how many are exact, near or contradict the label."""
    repeats = raw[raw.duplicated(list(KEYS))]
    involved = raw[raw.duplicated(list(KEYS), keep=False)]
    labels = involved.groupby(list(KEYS))[LABEL].nunique()
    exact = int(raw.duplicated().sum())
    conflicting = int((labels > 1).sum())
    return {
        "surplus": len(repeats),
        "exact": exact,
        "conflicting": conflicting,
        "near": len(repeats) - exact - conflicting,
    }


def duplicates(panel: Panel) -> list[Finding]:
    """Report repeated customer-months."""
    counts = duplicate_counts(panel.raw)
    if not counts["surplus"]:
        return []
    return [
        Finding(
            kind="duplicate_rows",
            columns=KEYS,
            start=panel.months[0],
            end=panel.months[-1],
            statistic=Statistic("count", float(counts["surplus"]), None, span(panel.months)),
            action="deduplicate",
            summary=(
                f"{counts['surplus']:,} rows repeat a customer-month: {counts['exact']:,} exact, "
                f"{counts['near']:,} differ in a value, "
                f"{counts['conflicting']:,} contradict the label. Exact copies go; where copies "
                "disagree nobody can say which is right, so all go."
            ),
            detail=counts,
        )
    ]


def sentinels(panel: Panel, dictionary: Dictionary) -> list[Finding]:
    """Report codes such as -999: an extreme value that is frequent and far outside; a documented one is a note."""
    found = []
    for column in panel.numeric:
        values = panel.raw[column].dropna()
        for code in SENTINELS:
            hits = values == code
            if hits.mean() < 0.002:
                continue
            others = values[~hits]
            low, high = others.quantile([0.001, 0.999])
            reach = max(high - low, 1e-9)
            outside = code < others.min() - 0.5 * reach or code > others.max() + 0.5 * reach
            negative = code < 0 <= others.min()
            if not (outside or negative):
                continue
            hit = (panel.raw[column] == code).to_numpy()
            months = concerned(panel, hit)
            told = dictionary.explains_value(column, code)
            share = float(hit.sum() / panel.raw["snapshot_month"].isin(months).sum())
            found.append(
                Finding(
                    kind="sentinel_values",
                    columns=(column,),
                    status="note" if told else "defect",
                    where={column: [code]},
                    start=months[0],
                    end=months[-1],
                    statistic=Statistic("share", share, None, span(months)),
                    action="keep" if told else "impute",
                    summary=(
                        f"{column} holds {code:g} in {share:.1%} of the rows of {span(months)}, far outside "
                        f"{low:g} to {high:g}: "
                        + ("the dictionary says what it stands for." if told else "a code for missing.")
                    ),
                )
            )
    return found


def concerned(panel: Panel, hit: np.ndarray) -> list[str]:
    """Return the months from the first to the last in which more than a stray row is hit."""
    monthly = pd.Series(hit).groupby(panel.raw["snapshot_month"].to_numpy()).sum()
    busy = [month for month in panel.months if monthly.get(month, 0) > 0.2 * monthly.max()]
    return [month for month in panel.months if busy[0] <= month <= busy[-1]]


def _rules(panel: Panel, dictionary: Dictionary) -> list[tuple[str, str, np.ndarray, str]]:
    """Return (column, what is forbidden, rows that break it, words), from units and meanings of the dictionary."""
    raw, rules = panel.raw, []

    def forbid(column: str, rule: str, hit: pd.Series, words: str) -> None:
        rules.append((column, rule, hit.to_numpy(), words))

    for column, other, words in CONTRADICTIONS:
        if {column, other} <= set(raw):
            sign, hit = (
                ("<", raw[column] < raw[other])
                if column.startswith("total")
                else (">", raw[column] > raw[other])
            )
            forbid(column, f"{sign} {other}", hit, words)
    for column in panel.numeric:
        values = raw[column]
        highest = dictionary.highest(column)
        if highest is not None:
            forbid(column, f"> {highest:g}", values > highest, f"more than the {highest:g} there can be")
        share = float((values < 0).mean())
        if dictionary.never_negative(column) and 0 < share < 0.05:
            forbid(column, "< 0", values < 0, "negative values")
    return rules


def impossible_values(panel: Panel, coded: set[str], dictionary: Dictionary) -> list[Finding]:
    """Report values that contradict their meaning or another column; what the dictionary allows is a note.

    coded: columns whose sentinels or units are reported already.
    """
    found = []
    for column, rule, hit, words in _rules(panel, dictionary):
        if not LEAST_BROKEN < hit.mean() < MOST_BROKEN or column in coded or rule.split()[-1] in coded:
            continue
        allowed = dictionary.explains_excess(column)
        months = concerned(panel, hit)
        inside = panel.raw["snapshot_month"].isin(months).to_numpy()
        found.append(
            Finding(
                kind="impossible_values",
                columns=(column,),
                status="note" if allowed else "defect",
                where={column: rule},
                start=months[0],
                end=months[-1],
                statistic=Statistic("count", float((hit & inside).sum()), None, span(months)),
                action="keep" if allowed else "impute",
                summary=f"{column}: {words} in {int(hit.sum()):,} rows"
                + (", which the dictionary allows." if allowed else "."),
            )
        )
    return found


def absent_groups(panel: Panel) -> list[Finding]:
    """Report levels that have no row in some inner months although dozens were to be expected."""
    found = []
    for column in panel.categorical:
        counts = panel.rows.groupby([column, panel.month_number], observed=True).size().unstack(fill_value=0)
        for level, series in counts.iterrows():
            zero = np.flatnonzero(series.to_numpy() == 0)
            there = np.flatnonzero(series.to_numpy() > 0)
            inside = zero[(zero > there.min()) & (zero < there.max())]
            if inside.size and series.median() >= 20 and np.ptp(inside) == inside.size - 1:
                months = [panel.months[index] for index in inside]
                found.append(
                    Finding(
                        kind="selection_gap",
                        columns=(column,),
                        where={column: [level]},
                        start=months[0],
                        end=months[-1],
                        statistic=Statistic("count", 0.0, None, span(months)),
                        action="keep",
                        summary=(
                            f"{column} {level} has no row from {months[0]} to {months[-1]}, about "
                            f"{series.median():.0f} a month otherwise."
                        ),
                    )
                )
    return found


def structural_nulls(panel: Panel, dictionary: Dictionary) -> list[Finding]:
    """Note columns whose nulls mean "not applicable": by the dictionary, or exactly in some levels of a category."""
    found = []
    for column in panel.features:
        missing = panel.rows[column].isna()
        if not 0.01 < missing.mean() < 0.99:
            continue
        if dictionary.explains_nulls(column):
            rate = float(panel.raw[column].isna().mean())
            found.append(
                Finding(
                    kind="structural_missingness",
                    columns=(column,),
                    status="note",
                    start=panel.months[0],
                    end=panel.months[-1],
                    statistic=Statistic("null_rate", rate, None, span(panel.months)),
                    action="keep",
                    summary=f"{column} is null in {rate:.1%} of the rows, and the dictionary says when and why.",
                )
            )
            continue
        for category in panel.categorical:
            share = missing.groupby(panel.rows[category], observed=True).mean()
            if ((share > 0.999) | (share < 0.001)).all() and share.max() > 0.999:
                levels = [str(level) for level in share.index[share > 0.999]]
                found.append(
                    Finding(
                        kind="structural_missingness",
                        columns=(column,),
                        status="note",
                        start=panel.months[0],
                        end=panel.months[-1],
                        statistic=Statistic(
                            "null_rate", float(panel.raw[column].isna().mean()), None, span(panel.months)
                        ),
                        action="keep",
                        summary=(
                            f"{column} is null exactly for {category} {', '.join(levels)}: it does not "
                            "apply there."
                        ),
                    )
                )
                break
    return found
