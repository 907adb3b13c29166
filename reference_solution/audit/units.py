"""Values that arrive in another unit from some month on, in all rows or in one sub-population."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from audit.finding import Finding, Statistic
from audit.panel import Panel, span
from audit.statistics import median_ratio

SMALLEST_FACTOR = 5.0
UNTOUCHED = 1.6
ROUND_FACTORS = (7, 8, 10, 12, 24, 30, 52, 60, 90, 100, 365, 1000, 1024, 3600, 1e4, 1e6, 1024**2)


@dataclass(frozen=True)
class UnitChange:
    """One change: which column, from which month, by which factor, and the rows concerned (all where `by` is None)."""

    column: str
    start: int
    factor: float
    by: str | None
    levels: tuple[str, ...]


def unit_changes(panel: Panel) -> list[UnitChange]:
    """Find columns whose monthly median jumps at least fivefold, up or down, and stays."""
    found = []
    for column in panel.numeric:
        values = panel.rows[column].where(panel.rows[column] > 0)
        if values.notna().mean() < 0.2:
            continue
        change = _whole(panel, column, values) or _sliced(panel, column, values)
        if change:
            found.append(change)
    return found


def _whole(panel: Panel, column: str, values: pd.Series) -> UnitChange | None:
    start, factor = _jump(values.groupby(panel.month_number).median().to_numpy())
    if max(factor, 1 / factor) < SMALLEST_FACTOR:
        return None
    for by in panel.categorical:
        steps = _steps(panel, values, by, start)
        if any(max(step, 1 / step) < UNTOUCHED for step in steps.values()):
            return None
    return UnitChange(column, start, snap(factor), None, ())


def _sliced(panel: Panel, column: str, values: pd.Series) -> UnitChange | None:
    best = None
    for by in panel.categorical:
        monthly = values.groupby([panel.rows[by], panel.month_number]).median().unstack()
        touched = {}
        for level, series in monthly.iterrows():
            start, factor = _jump(series.to_numpy(float))
            if max(factor, 1 / factor) >= SMALLEST_FACTOR:
                touched[str(level)] = (start, factor)
        if not touched or len({start for start, _ in touched.values()}) != 1:
            continue
        start = next(iter(touched.values()))[0]
        factor = float(np.exp(np.mean([np.log(one) for _, one in touched.values()])))
        rest = [step for level, step in _steps(panel, values, by, start).items() if level not in touched]
        if rest and max(max(step, 1 / step) for step in rest) > UNTOUCHED:
            continue
        strength = abs(np.log(factor))
        if best is None or strength > best[0]:
            best = (strength, UnitChange(column, start, snap(factor), by, tuple(sorted(touched))))
    return best[1] if best else None


def _steps(panel: Panel, values: pd.Series, by: str, start: int) -> dict[str, float]:
    late = panel.month_number >= start
    before = values[~late].groupby(panel.rows[by][~late], observed=True).median()
    after = values[late].groupby(panel.rows[by][late], observed=True).median()
    return {str(level): float(after.get(level, np.nan) / before[level]) for level in before.index}


def _jump(medians: np.ndarray) -> tuple[int, float]:
    """Return where a positive monthly series jumps most and by what factor; 1.0 where both sides are not steady."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(medians.astype(float))
    if not np.isfinite(logs).all() or logs.size < 4:
        return 1, 1.0
    start = int(np.argmax(np.abs(np.diff(logs)))) + 1
    step = float(np.median(logs[start:]) - np.median(logs[:start]))
    spread = max(np.ptp(logs[start:]), np.ptp(logs[:start]))
    return start, float(np.exp(step)) if spread < 0.5 * abs(step) else 1.0


def snap(factor: float) -> float:
    """Return the customary conversion factor nearest to a measured one, or the measured one where none is near.

    >>> snap(1016.0), snap(1 / 98), snap(33.0)
    (1024.0, 0.01, 33.0)
    """
    up = factor >= 1
    size = factor if up else 1 / factor
    nearest = min(ROUND_FACTORS, key=lambda one: abs(np.log(size / one)))
    known = float(nearest) if abs(np.log(size / nearest)) < 0.12 else size
    return known if up else 1 / known


def affected(rows: pd.DataFrame, change: UnitChange, months: list[str]) -> pd.Series:
    """Return which rows hold the new unit."""
    late = rows["snapshot_month"] >= months[change.start]
    return late & rows[change.by].isin(change.levels) if change.by else late


def without_mixed_units(panel: Panel, changes: list[UnitChange], mask: bool = False) -> pd.DataFrame:
    """Return the panel rows in the old unit; with `mask` the changed values are null, so nothing is estimated."""
    rows = panel.rows.copy()
    for change in changes:
        hit = affected(rows, change, panel.months)
        repaired = np.nan if mask else rows[change.column] / change.factor
        rows[change.column] = rows[change.column].astype(float).mask(hit, repaired)
    return rows


def unit_findings(panel: Panel, changes: list[UnitChange]) -> list[Finding]:
    """Report each change with the median ratio of the rows concerned."""
    found = []
    for change in changes:
        months = panel.months
        inside = (
            panel.raw[change.by].isin(change.levels) if change.by else pd.Series(True, index=panel.raw.index)
        )
        late = panel.raw["snapshot_month"] >= months[change.start]
        ratio = median_ratio(
            panel.raw[change.column][inside & ~late], panel.raw[change.column][inside & late]
        )
        whom = f"{change.by} {', '.join(change.levels)}" if change.by else "all rows"
        found.append(
            Finding(
                kind="unit_change",
                columns=(change.column,),
                start=months[change.start],
                end=months[-1],
                where={change.by: list(change.levels)} if change.by else {},
                statistic=Statistic(
                    "median_ratio", ratio, span(months[: change.start]), span(months[change.start :])
                ),
                action="rescale",
                summary=(
                    f"{change.column} of {whom} is {ratio:,.0f} times as large from "
                    f"{months[change.start]}; nobody else moves, so the unit changed by "
                    f"{change.factor:g}."
                ),
                detail={"factor": change.factor},
            )
        )
    return found
