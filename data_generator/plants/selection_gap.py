"""Customers of one kind are absent from the extract in some months, although they were customers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import PUBLIC_MONTHS, month_name, month_names
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, rows_where
from data_generator.world.customers import CHANNELS, REGIONS, SEGMENTS
from data_generator.world.truth import Truth

KIND = "selection_gap"
# Share of a month's rows. The first are absent for two months; the others join only in the month of the onset.
ABSENT = {"region=B": 0.17, "region=C": 0.14, "region=D": 0.12, "acquisition_channel=phone": 0.14}
LATE = {"customer_segment=small_business": 0.12, "acquisition_channel=field_sales": 0.10, "region=E": 0.10}
LEAST_SHARE = 0.04  # of the other months' rows that a cell must have for its emptiness to mean something

Mask = npt.NDArray[np.bool_]


def first_and_last(place: Placement) -> tuple[int, int]:
    """Return the months (indices) in which the slice is absent."""
    return (0, place.first - 1) if place.choice in LATE else (place.first, place.last)


def gap(truth: Truth, place: Placement) -> Mask:
    """Mask the rows of the clean world that were never recorded."""
    column, level = place.slice
    first, last = first_and_last(place)
    month = months_of(truth.twin)
    return rows_where(truth.twin, {column: [level]}) & (month >= first) & (month <= last)


def gap_share(place: Placement) -> float:
    """Return about which share of all rows the gap takes."""
    first, last = first_and_last(place)
    return (ABSENT | LATE)[place.choice] * (last - first + 1) / PUBLIC_MONTHS


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """State the gap; its rows are absent from the world's records already."""
    column, level = place.slice
    first, last = first_and_last(place)
    late = place.choice in LATE
    absent = _absent(draft.truth, place)
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=[column],
        months=months_range(month_name(first), month_name(last)),
        onset_latest=month_name(last + 1) if late else None,
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["coverage_gap", "missing_rows", "sampling_bias", "selection_bias", "survivorship_bias"],
        affected_rows=affected_rows(absent, np.ones(len(absent), dtype=bool)),
        at_scoring="honest",
        parameters={"where": {column: [level]}, "guise": "joins late" if late else "absent"},
        summary=f"{column} {level} is absent from {month_name(first)} to {month_name(last)}.",
    )
    return draft, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure number and share of the slice's rows in the months of the gap: none are left."""
    rows = rows_where(frame, key.parameters["where"])[rows_of_key(frame, key)]
    return {"share": statistics.share(rows), "count": statistics.count(rows)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the slice has no row in any month of the gap and a fair share of the others."""
    inside, gap_months = rows_where(frame, key.parameters["where"]), rows_of_key(frame, key)
    return not bool((inside & gap_months).any()) and bool(inside[~gap_months].mean() >= LEAST_SHARE)


def _absent(truth: Truth, place: Placement) -> pd.DataFrame:
    """Return the keys of the rows that were never recorded, from the panel."""
    column, level = place.slice
    first, last = first_and_last(place)
    panel, pool = truth.panel, truth.panel.dynamics.customers
    levels, codes = {
        "region": (REGIONS, pool.region),
        "acquisition_channel": (CHANNELS, pool.channel),
        "customer_segment": (SEGMENTS, pool.segment),
    }[column]
    rows = (panel.month >= first) & (panel.month <= last)
    rows[rows] = codes[panel.customer[rows]] == levels.index(level)
    names = pd.Index(month_names(0, PUBLIC_MONTHS - 1), dtype=object)
    return pd.DataFrame(
        {
            "customer_id": pool.customer_id[panel.customer[rows]],
            "snapshot_month": pd.Categorical.from_codes(panel.month[rows], categories=names),
        }
    )


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    choices=(*ABSENT, *LATE),
    onset=(6, 14),
    length=(2, 2),
    touches=lambda place, c: frozenset({place.slice[0]}),
    gap=gap,
    gap_share=gap_share,
)
