"""Nulls: those that mean something, and those that depend on what is missing."""

import numpy as np

from audit.dictionary import Dictionary
from audit.finding import Finding, Statistic
from audit.panel import Panel, span
from audit.statistics import null_rate, signed_auc

LEAST_NULLS = 0.005
PROXY = 0.56
MOST_ROWS = 60_000


def selective_nulls(panel: Panel, skip: set[str], dictionary: Dictionary) -> list[Finding]:
    """Report nulls that the dictionary does not explain, by how far another column predicts them."""
    stride = max(1, len(panel.rows) // MOST_ROWS)
    sample = panel.rows.iloc[::stride]
    found = []
    for column in panel.features:
        missing = sample[column].isna().to_numpy()
        if column in skip or missing.mean() < LEAST_NULLS or dictionary.explains_nulls(column):
            continue
        areas = {
            other: signed_auc(sample[other].to_numpy(float), missing.astype(int))
            for other in panel.numeric
            if other != column and not sample[other].isna().any()
        }
        proxy = max(areas, key=lambda name: abs(areas[name] - 0.5))
        area = areas[proxy]
        depends = max(area, 1 - area) >= PROXY
        rate = null_rate(panel.raw[column])
        found.append(
            Finding(
                kind="missing_not_at_random" if depends else "missing_values",
                columns=(column,),
                start=panel.months[0],
                end=panel.months[-1],
                statistic=Statistic("null_rate", rate, None, span(panel.months)),
                action="impute by the model's own branch for nulls, never by the mean",
                summary=(
                    f"{column} is null in {rate:.1%} of the rows although the dictionary knows no null; "
                    + (
                        f"{proxy} tells which (AUC {max(area, 1 - area):.2f}, {'high' if area > 0.5 else 'low'} "
                        "values), so what is missing is not like what is there."
                        if depends
                        else "no other column tells which."
                    )
                ),
                detail={"proxy": proxy, "proxy_auc": float(np.round(max(area, 1 - area), 4))},
            )
        )
    return found
