"""Does the order of the file tell anything: positions, neighbours, the places of copies, the parts it is cut into?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator.months import LAST_MATURE_MONTH
from data_generator.schema import KEYS, LABEL
from data_generator.validation.aspects import Floats, monthly_ranks, numbers
from data_generator.validation.exhibit import Exhibit, contradicted
from data_generator.validation.reading import EVENTS, Oddity, Reading, customer_z, finite

SINGLE_MONTHS = (1, 12, 22)  # neighbours stay neighbours, so one month is one sample of them
FEWEST_PAIRS = 40
PARITY = 2


def order_facts(exhibit: Exhibit) -> list[Oddity]:
    """Return complaints about the order itself: by month, then by identifier unless another order is declared."""
    month, who = exhibit.month, exhibit.frame["customer_id"].to_numpy()
    if (np.diff(month) < 0).any():
        return [Oddity("file order", "snapshot_month", "months do not ascend")]
    if exhibit.declared.holds("row_order") or exhibit.declared.holds("identifier_leak"):
        return []  # identifiers that changed stay where the old ones were, so that the order tells nothing
    broken = int(((np.diff(month) == 0) & (np.diff(who) < 0)).sum())
    if broken:
        return [Oddity("file order", "customer_id", f"{broken} rows are not in the order of identifiers")]
    return []


def positions(exhibit: Exhibit) -> list[Reading]:
    """Test the position within the month against the residual and against every column, and neighbours' likeness."""
    if exhibit.declared.holds("row_order"):
        return []
    readings: list[Reading] = []
    rows = np.flatnonzero(exhibit.judged)
    place = monthly_ranks(np.arange(len(exhibit.frame), dtype=np.float64), exhibit.month)[rows]
    residual, customer = exhibit.residual[rows], exhibit.customer[rows]
    # The likeness of neighbours, month by month in steps of the horizon, over which labels do not overlap.
    apart = np.isin(exhibit.month[rows], np.arange(0, LAST_MATURE_MONTH, 3))
    near = residual[apart][1:] * residual[apart][:-1]
    readings += finite(
        ("file order predicts the label", "position in the month", customer_z(place * residual, customer)),
        (
            "file order predicts the label",
            "position in the month, ends against middle",
            customer_z((place**2 - 1 / 12) * residual, customer),
        ),
        (
            "file order predicts the label",
            "neighbouring rows",
            float(near.sum() / np.sqrt((near**2).sum())) if near.size > FEWEST_PAIRS else None,
        ),
    )
    declared = exhibit.declared.columns
    for m in SINGLE_MONTHS:
        here = np.flatnonzero(exhibit.first & (exhibit.month == m))
        if here.size < FEWEST_PAIRS:
            continue
        at = np.linspace(-0.5, 0.5, here.size)
        for name in exhibit.names:
            if name in declared:
                continue
            rank = monthly_ranks(numbers(exhibit.frame[name])[here], np.zeros(here.size, dtype=np.int64))
            readings += [
                *_correlation("file order tells", f"{name} by position, month {m}", at, rank),
                *_correlation("file order tells", f"{name} of neighbours, month {m}", rank[1:], rank[:-1]),
            ]
    return readings


def copies(exhibit: Exhibit) -> list[Reading]:
    """Test whether the first of two rows of one customer-month differs from the second, label or value, by a rule."""
    frame = exhibit.frame
    if exhibit.declared.holds("row_order"):
        return []
    copied = frame.duplicated(list(KEYS), keep=False).to_numpy()
    if not copied.any():
        return []
    pairs = frame[copied].assign(_at=np.flatnonzero(copied))
    grouped = pairs.groupby(list(KEYS), observed=True, sort=False)
    one, other = grouped.head(1), grouped.tail(1)
    readings: list[Reading] = []
    names = [LABEL, *(n for n in exhibit.names if pd.api.types.is_numeric_dtype(frame[n]))]
    for name in names:
        difference = other[name].to_numpy(dtype=np.float64) - one[name].to_numpy(dtype=np.float64)
        readings += _signs("order of copies", name, difference)
    # Which customer-months were copied must not depend on the label, but for those that contradict it by intent.
    rows = np.flatnonzero(exhibit.judged & ~contradicted(frame))
    chosen = copied[rows].astype(np.float64)
    if chosen.sum() * exhibit.probability[rows].mean() >= EVENTS:
        z = customer_z(chosen * exhibit.residual[rows], exhibit.customer[rows])
        readings += finite(("copies predict the label", "customer-months issued twice", z))
    return readings


def _signs(test: str, place: str, difference: Floats) -> list[Reading]:
    ups, downs = int((difference > 0).sum()), int((difference < 0).sum())
    if ups + downs < FEWEST_PAIRS:
        return []
    return finite((test, place, (ups - downs) / np.sqrt(ups + downs)))


def _correlation(test: str, place: str, x: Floats, y: Floats) -> list[Reading]:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return []
    return finite((test, place, float(np.corrcoef(x, y)[0, 1] * np.sqrt(x.size))))
