"""Rows and values that cannot be right: copies, codes for missing, contradictions, groups that are absent."""

import numpy as np
import pandas as pd

from audit.dictionary import Dictionary
from audit.finding import Finding, Statistic
from audit.panel import KEYS, LABEL, Panel, span

SENTINELS = (-9999.0, -999.0, -99.0, -1.0, 99.0, 999.0, 9999.0, 99999.0)


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
    """Report codes such as -999: an extreme value that is frequent, far outside the others, and not documented."""
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
            if (outside or negative) and not dictionary.explains_value(column, code):
                found.append(
                    Finding(
                        kind="sentinel_values",
                        columns=(column,),
                        where={column: [code]},
                        start=panel.months[0],
                        end=panel.months[-1],
                        statistic=Statistic(
                            "share", float((panel.raw[column] == code).mean()), None, span(panel.months)
                        ),
                        action="impute",
                        summary=(
                            f"{column} holds {code:g} in {hits.mean():.1%} of its values, far outside "
                            f"{low:g} to {high:g}: a code for missing."
                        ),
                    )
                )
    return found


def _rules(panel: Panel) -> list[tuple[str, str, np.ndarray, str]]:
    raw, rules = panel.raw, []
    if {"seats_active", "seats_purchased"} <= set(raw):
        hit = (raw["seats_active"] > raw["seats_purchased"]).to_numpy()
        rules.append(("seats_active", "> seats_purchased", hit, "more active seats than were bought"))
    for column in panel.numeric:
        values = raw[column]
        if column.endswith(("_share", "_rate")):
            rules.append((column, "> 1", (values > 1).to_numpy(), "a share above one"))
        if column.startswith("active_days"):
            rules.append((column, "> 31", (values > 31).to_numpy(), "more days than a month has"))
        share = float((values < 0).mean())
        if 0 < share < 0.02 and values.quantile(0.03) >= 0:
            rules.append((column, "< 0", (values < 0).to_numpy(), "negative values"))
    return rules


def impossible_values(panel: Panel, coded: set[str], dictionary: Dictionary) -> list[Finding]:
    """Report values that contradict their meaning or another column; what the dictionary allows is a note.

    coded: columns whose sentinels are reported already.
    """
    found = []
    for column, rule, hit, words in _rules(panel):
        if not hit.any() or column in coded:
            continue
        allowed = dictionary.explains_excess(column)
        found.append(
            Finding(
                kind="impossible_values",
                columns=(column,),
                status="note" if allowed else "defect",
                where={column: rule},
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("count", float(hit.sum()), None, span(panel.months)),
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
            inside = zero[(zero > np.argmax(series.to_numpy() > 0)) & (zero < series.size - 1)]
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


def structural_nulls(panel: Panel) -> list[Finding]:
    """Note columns that are null exactly in some levels of a category: not applicable, not missing."""
    found = []
    for column in panel.features:
        missing = panel.rows[column].isna()
        if not 0.01 < missing.mean() < 0.99:
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
