"""Values outside the range that a column's name suggests, which the dictionary explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, mistaken_for
from data_generator.key import DecoyKey, PlantKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.impossible_values import PLANT
from data_generator.streams import stream

ID = "documented_excess"
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """What the dictionary says, why it is harmless, how the values come about and the rule that they break."""

    meaning: str
    reason: str
    values: Callable[[np.random.Generator, pd.DataFrame], Integers]
    broken: str
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
        meaning="Seats assigned to a named user at the snapshot; guest seats count and cost nothing, so it "
        "can exceed seats_purchased.",
        reason="guest seats count as active and are not paid for",
        values=_with_guests,
        broken="> seats_purchased",
        beside=("seats_purchased",),
    ),
    "days_past_due": Case(
        meaning="Age of the oldest unpaid item at the snapshot, counted up to 90; negative where nothing is due "
        "and the next invoice is paid ahead, by that many days.",
        reason="invoices paid ahead count in negative days",
        values=_paid_ahead,
        broken="< 0",
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


def _as_defect(key: DecoyKey) -> PlantKey:
    rule = {"where": {key.columns[0]: [CASES[key.columns[0]].broken]}}
    return mistaken_for(PLANT, key.columns, months_range(month_name(0), month_name(EXTRACTION_MONTH)), rule)


DECOY = Decoy(
    id=ID,
    family="quality",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, _as_defect(key)),
    hosts=tuple(CASES),
)
