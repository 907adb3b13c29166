"""Does what the columns say of churn stay what it was? A change of the relation with unchanged columns."""

import numpy as np
import pandas as pd

from audit.change import Ramp, fit_ramp
from audit.finding import Finding, Statistic
from audit.panel import HORIZON_MONTHS, LABEL, Panel, span
from audit.statistics import auc, ranking, signed_auc

SMALLEST_STEP = 0.03
SIGMAS = 6.0
EXPLAINED = 0.4
LEAST_MONTHS = 3
NEAR = 0.6  # of the largest change, for a column to be named beside it
MOST_COLUMNS = 3


def monthly_auc(panel: Panel, rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return the area of one column against the label by mature month, oriented so that its mean is above .5.

    Levels rank by their churn rate over all months, which a change of the relation hardly moves.
    """
    label = panel.label
    values = ranking(rows[column], label)
    areas = np.array(
        [
            signed_auc(values[panel.month_number == month], label[panel.month_number == month])
            for month in range(len(panel.months) - HORIZON_MONTHS)
        ]
    )
    return areas if np.nanmean(areas) >= 0.5 else 1 - areas


def concept_drift(panel: Panel, rows: pd.DataFrame, skip: set[str]) -> list[Finding]:
    """Report the columns whose relation to churn steps in some month and stays, all of one date as one finding.

    rows: panel rows with units made equal. A month's area has a standard error of about .29 / sqrt(leavers).
    """
    months = panel.months[:-HORIZON_MONTHS]
    leavers = float(panel.label[panel.mature].sum()) / len(months)
    error = 0.29 / np.sqrt(max(leavers, 1.0))
    steps: dict[str, tuple[Ramp, float]] = {}
    for column in panel.features:
        if column in skip:
            continue
        series = monthly_auc(panel, rows, column)
        if np.isnan(series).any():
            continue
        ramp = fit_ramp(series)
        before, after = ramp.start, len(months) - ramp.start - ramp.length + 1
        if min(before, after) < LEAST_MONTHS:
            continue
        sigma = error * np.sqrt(1 / before + 1 / after)
        if abs(ramp.size) > max(SMALLEST_STEP, SIGMAS * sigma) and ramp.explained > EXPLAINED:
            steps[column] = (ramp, abs(ramp.size) / sigma)
    if not steps:
        return []
    main = max(steps, key=lambda name: steps[name][1])
    ramp, strength = steps[main]
    named = [
        name for name in sorted(steps, key=lambda name: -steps[name][1]) if steps[name][1] >= NEAR * strength
    ][:MOST_COLUMNS]
    onset = months[ramp.start]
    now = (panel.raw["snapshot_month"] >= onset) & (panel.raw["snapshot_month"] <= months[-1])
    said = panel.raw[LABEL][now].to_numpy()
    value = auc(ranking(panel.raw[main][now], said), said)
    series = monthly_auc(panel, rows, main)
    return [
        Finding(
            kind="concept_drift",
            columns=tuple(named),
            start=onset,
            end=panel.months[-1],
            statistic=Statistic("auc", value, None, f"{onset}..{months[-1]}"),
            action="train on recent months more than on old ones, and watch the AUC by month once labels mature",
            summary=(
                f"What {main} says of churn changes from {onset}: its monthly AUC is "
                f"{series[: ramp.start].mean():.3f} before and {series[ramp.start :].mean():.3f} since, "
                f"{strength:.0f} standard errors, while the column itself does not move."
            ),
            detail={
                "monthly_auc": [round(float(one), 4) for one in series],
                "months": span(months),
                "columns": {name: round(steps[name][0].size, 4) for name in steps},
            },
        )
    ]
