"""Values outside the range that a column's name suggests, which the dictionary explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.decoys.decoy import Decoy, described
from data_generator.key import DecoyKey
from data_generator.plants.draft import Draft, Placement
from data_generator.streams import stream

ID = "documented_excess"
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """What the dictionary says, why it is harmless, how the values come about and the rule they break."""

    meaning: str
    reason: str
    values: Callable[[np.random.Generator, pd.DataFrame], Integers]
    breaks: Callable[[pd.DataFrame], npt.NDArray[np.bool_]]
    beside: tuple[str, ...] = ()


def _with_guests(rng: np.random.Generator, frame: pd.DataFrame) -> Integers:
    guests = np.where(rng.random(len(frame)) < 0.08, rng.integers(1, 4, len(frame)), 0)
    return np.asarray(frame["seats_active"].to_numpy() + guests, dtype=np.int64)


def _paid_ahead(rng: np.random.Generator, frame: pd.DataFrame) -> Integers:
    days = frame["days_past_due"].to_numpy()
    ahead = (days == 0) & (rng.random(len(frame)) < 0.04)
    return np.asarray(np.where(ahead, -rng.integers(1, 15, len(frame)), days), dtype=np.int64)


CASES = {
    "seats_active": Case(
        meaning="Seats with at least one login in the last 30 days; guest seats count and cost nothing, so it "
        "can exceed seats_purchased.",
        reason="guest seats count as active and are not paid for",
        values=_with_guests,
        breaks=lambda frame: np.asarray(frame["seats_active"] > frame["seats_purchased"]),
        beside=("seats_purchased",),
    ),
    "days_past_due": Case(
        meaning="Age of the oldest unpaid invoice at the snapshot; negative where nothing is due and the next "
        "invoice is paid ahead, by that many days.",
        reason="invoices paid ahead count in negative days",
        values=_paid_ahead,
        breaks=lambda frame: np.asarray(frame["days_past_due"] < 0),
    ),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Let `place.host` leave its range in a few rows of every month, and say why in the dictionary."""
    rng, case = stream(draft.truth.seed, ID, draft.truth.shard), CASES[place.host]
    draft = draft.with_public(place.host, case.values(rng, draft.public))
    draft = draft.with_replay(place.host, case.values(rng, draft.replay))
    draft = described(draft, place.host, case.meaning)
    return draft, DecoyKey(
        id=ID,
        columns=[place.host, *case.beside],
        months=None,
        trap_kinds=["impossible_values", "invalid_values", "range_violation", "outliers", "sentinel_values"],
        summary=f"{place.host} leaves the range its name suggests because {case.reason}, as the dictionary says.",
    )


def broken(frame: pd.DataFrame, key: DecoyKey) -> int:
    """Return how many rows break the rule that a naive check would apply."""
    return statistics.count(CASES[key.columns[0]].breaks(frame))


DECOY = Decoy(
    id=ID,
    family="quality",
    fires="impossible_values",
    apply=apply,
    trips=lambda frame, key: broken(frame, key) >= 0.002 * len(frame),
    hosts=tuple(CASES),
)
