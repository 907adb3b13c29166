"""Rows that were loaded twice: exact copies, near copies, and copies that contradict the label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.schema import KEYS, LABEL
from data_generator.streams import stream

KIND = "duplicate_rows"
SHARES = {"exact": 0.008, "near": 0.006, "conflicting": 0.003}
NEAR_COLUMNS = ("outages_30d", "tickets_open")


def copies(rows: int) -> dict[str, int]:
    """Return how many of `rows` issued rows are copies of each sort, at least one."""
    return {sort: max(1, round(share * rows)) for sort, share in SHARES.items()}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Append copies of randomly chosen rows, each row copied once at most; the issued rows add up to `draft.rows`."""
    rng = stream(draft.truth.seed, KIND, draft.truth.shard)
    numbers = copies(draft.rows)
    conflicting = _contradicted(rng, draft, numbers["conflicting"])
    free = np.ones(len(draft.public), dtype=bool)
    free[conflicting] = False
    others = np.flatnonzero(free)
    picked = rng.choice(others, numbers["exact"] + numbers["near"], replace=False)
    exact, near = picked[: numbers["exact"]], picked[numbers["exact"] :]
    copied = np.concatenate([exact, near, conflicting])
    extra = draft.public.iloc[copied].reset_index(drop=True)
    sort = np.repeat(np.arange(3), [len(exact), len(near), len(conflicting)])
    is_near, is_conflicting = sort == 1, sort == 2
    host = place.host
    extra[host] = np.where(is_near, extra[host] + 1 + rng.integers(0, 3, len(extra)), extra[host])
    extra[LABEL] = np.where(is_conflicting, 1 - extra[LABEL], extra[LABEL])
    public = pd.concat([draft.public, extra], ignore_index=True)
    key = PlantKey(
        id=KIND,
        family="quality",
        kind=KIND,
        columns=list(KEYS),
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=["duplicates", "duplicate_keys", "duplicate_records", "duplicated_rows"],
        affected_rows=affected_rows(extra, np.ones(len(extra), dtype=bool)),
        at_scoring="honest",
        parameters={**numbers, "near_column": host},
        summary="Some customer-months were loaded twice: "
        + ", ".join(f"{number} {name}" for name, number in numbers.items())
        + " copies.",
    )
    order = None if draft.order is None else np.concatenate([draft.order, draft.order[copied]])
    return replace(draft, public=public, order=order), key


def _contradicted(rng: np.random.Generator, draft: Draft, number: int) -> npt.NDArray[np.int64]:
    # Mature rows, where a contradiction is one; half of them churners, so that neither dropping both
    # copies nor keeping the first moves the base rate by more than its noise.
    label, mature = draft.public[LABEL].to_numpy(), draft.month <= LAST_MATURE_MONTH
    churners, others = (np.flatnonzero(mature & (label == value)) for value in (1, 0))
    half = number // 2
    return np.concatenate(
        [rng.choice(churners, half, replace=False), rng.choice(others, number - half, replace=False)]
    )


def surplus_rows(frame: pd.DataFrame) -> int:
    """Return how many rows repeat the key of another row."""
    months = frame["snapshot_month"].cat
    code: npt.NDArray[np.int64] = np.sort(frame["customer_id"].to_numpy() * 64 + months.codes.to_numpy())
    return int(np.count_nonzero(code[1:] == code[:-1]))


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure number and share of rows that repeat an earlier row's key."""
    surplus = surplus_rows(frame)
    return {"count": surplus, "share": surplus / len(frame)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether any customer-month occurs more than once."""
    return surplus_rows(frame) > 0


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return at most one row per customer-month, and none of copies that contradict each other's label."""
    copied = frame[frame.duplicated(list(KEYS), keep=False)]
    labels = copied.groupby(list(KEYS), observed=True)[LABEL].transform("nunique")
    return frame.drop(copied.index[labels > 1]).drop_duplicates(list(KEYS))


PLANT = Plant(
    kind=KIND,
    family="quality",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=NEAR_COLUMNS,
    stage=3,
    repair=repair,
    prevalence=0.022,  # half of the contradicting copies say 1
)
