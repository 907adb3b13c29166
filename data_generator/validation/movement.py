"""Does a column move over the months by more than customers ageing and chance explain?

Each month is compared with the same month a year later, so that the yearly season cancels. Within a month every
customer counts once, so the bins are multinomial; customers seen in both months only make the test stricter
on itself. A small true movement is allowed: the stability a credible world is built to (PSI 0.005).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from data_generator.months import PUBLIC_MONTHS
from data_generator.validation.aspects import Floats, is_text, last_digits, numbers
from data_generator.validation.exhibit import GAP_KINDS, Exhibit, rows_of
from data_generator.validation.reading import Reading, z_of

STABLE = 0.005
AGEING = {"tenure_months": 0.05, "total_charges": 0.05}
YEAR = 12
FEWEST_ROWS = 150
FEWEST_IN_BIN = 5.0


def columns_over_time(exhibit: Exhibit) -> list[Reading]:
    """Compare values, nulls and last digits of every column, year on year, outside the declared months."""
    rows = exhibit.first.copy()
    for plant in exhibit.declared.plants:
        if plant.kind in GAP_KINDS:
            # A slice that is absent for some months is left out of all of them.
            always = plant.model_copy(update={"months": None, "label_months": None})
            rows &= ~rows_of(exhibit.frame, always)
    month = exhibit.month[rows]
    readings: list[Reading] = []
    for column in exhibit.columns:
        declared = exhibit.declared.months(column.name)
        series = exhibit.frame[column.name][rows]
        values = numbers(series)
        edges = None if is_text(series) else np.unique(np.nanquantile(values, np.arange(1, 10) / 10))
        codes = _codes(values, edges)
        allowed = AGEING.get(column.name, STABLE)
        readings += _year_on_year(column.name, codes, month, declared, allowed)
        digit = None if is_text(series) else last_digits(values, column)
        if digit is not None:
            place = f"{column.name}, last digit"
            readings += _year_on_year(place, _codes(digit, None), month, declared, STABLE)
    return readings


def rows_over_time(exhibit: Exhibit) -> list[str]:
    """Return complaints about the number of rows by month: it grows evenly where no gap is declared."""
    if any(exhibit.declared.holds(kind) for kind in GAP_KINDS):
        return []
    number = np.bincount(exhibit.month[exhibit.first], minlength=PUBLIC_MONTHS)
    ratio = number[1:] / np.maximum(number[:-1], 1)
    # Copies and the rounding of the schedule move a month by a few rows; growth is at most 15 % a year.
    slack = 4 / np.sqrt(np.maximum(number[:-1], 1)) * 0.5
    odd = np.flatnonzero(np.abs(ratio - 1) > 0.012 + slack)
    return [f"month {m + 1}: {number[m + 1]} rows after {number[m]}" for m in odd.tolist()]


def _codes(values: Floats, edges: Floats | None) -> np.ndarray:
    known = ~np.isnan(values)
    code = np.searchsorted(edges, values, side="left") if edges is not None else values
    return np.where(known, np.where(known, code, 0) + 1, 0).astype(np.int64)


def _year_on_year(
    place: str, codes: np.ndarray, month: np.ndarray, declared: np.ndarray, tolerance: float
) -> list[Reading]:
    width = int(codes.max(initial=0)) + 1
    counts = np.bincount(month * width + codes, minlength=PUBLIC_MONTHS * width)
    table = counts.reshape(PUBLIC_MONTHS, width).astype(np.float64)
    readings = []
    for early in range(PUBLIC_MONTHS - YEAR):
        late = early + YEAR
        if not declared[early] and not declared[late]:
            z = homogeneity_z(table[early], table[late], tolerance)
            if z is not None:
                readings.append(
                    Reading("moves in time", f"{place}, month {late} against {early}", z, one_sided=True)
                )
    return readings


def homogeneity_z(early: Floats, late: Floats, tolerance: float) -> float | None:
    """Return the deviate of a chi-squared test of two rows of counts, non-central by the PSI that is allowed."""
    n, m = early.sum(), late.sum()
    if min(n, m) < FEWEST_ROWS:
        return None
    share = (early + late) / (n + m)
    common = share * min(n, m) >= FEWEST_IN_BIN
    a, b = (np.append(x[common], x[~common].sum()) for x in (early, late))
    share = (a + b) / (n + m)
    used = share > 0
    if used.sum() < 2:
        return None
    expected_a, expected_b = n * share[used], m * share[used]
    chi2 = float(np.sum((a[used] - expected_a) ** 2 / expected_a + (b[used] - expected_b) ** 2 / expected_b))
    effective = 1 / (1 / n + 1 / m)
    return z_of(float(stats.ncx2.sf(chi2, int(used.sum()) - 1, tolerance * effective)))
