"""Accounts that left have another identifier, from a part of the range that tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.leak import (
    Leak,
    auc_before_copies,
    auc_tolerance,
    choice_stream,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
)
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import grouped_auc, quick_auc
from data_generator.plants.search import bisect
from data_generator.schema import LABEL
from data_generator.world.identifiers import customer_ids

KIND = "identifier_leak"
TARGET = 0.64
PRESENT_AUC = 0.57
WIDTHS = (4, 6, 9)  # the new identifiers lie in about this part of the range: a fourth, a sixth, a ninth
ENDS = ("high", "low")
NOTE = "Archive job: the records of a closed account may be filed under a new customer_id, in all months."

Integers = npt.NDArray[np.int64]


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Give as many customers who left as the AUC asks for an identifier from the end `place.choice`.

    Who is still there at the extraction keeps theirs. Within a month rows are issued in an order that has
    nothing to do with old or new identifiers, which would tell who was re-keyed.
    """
    truth, panel = draft.truth, draft.truth.panel
    who = panel.customer[truth.public_rows]
    width = int(choice_stream(draft, KIND).choice(WIDTHS))
    rng = customer_stream(draft, KIND)
    pool = pool_size(draft)
    luck, order = rng.random(pool), rng.random(pool)
    churn, final = churners(draft), mature(draft)
    gone = np.zeros(pool, dtype=bool)
    gone[who[panel.leaves[truth.public_rows] <= EXTRACTION_MONTH]] = True
    old = panel.dynamics.customers.customer_id
    new = old.copy()
    new[gone] = _spare(draft, rng, int(gone.sum()), width, place.choice)
    ones = np.bincount(who[final & churn], minlength=pool)
    zeros = np.bincount(who[final & ~churn], minlength=pool)
    seen = ones + zeros > 0
    sign = 1.0 if place.choice == "high" else -1.0

    def rekeyed(reach: float) -> Integers:
        return np.where(gone & (luck < reach), new, old)

    def reached(reach: float) -> float:
        score = sign * rekeyed(reach)[seen]
        return grouped_auc(score, ones[seen], zeros[seen])

    aim, tolerance = auc_before_copies(draft, TARGET), auc_tolerance(draft)
    reach, draft = draft.settle(KIND, lambda: bisect(reached, aim, 0.0, 1.0, tolerance, KIND))
    issued = rekeyed(reach)[who]
    planted = draft.with_public("customer_id", issued).with_note("every night", NOTE)
    planted = replace(planted, order=order[who])
    leak = Leak(
        kind=KIND,
        columns=["customer_id"],
        tier="M",
        rows=issued != old[who],
        summary=f"{reach:.0%} of the customers who left have a new customer_id from the {place.choice} end.",
        equivalents=("id_leakage", "identifier_leakage"),
        severity=2,
        parameters={"target": TARGET, "reach": reach, "end": place.choice, "part_of_the_range": f"1/{width}"},
    )
    # The hash is of the keys as issued.
    return planted, leak_key(planted, leak)


def _spare(draft: Draft, rng: np.random.Generator, number: int, width: int, end: str) -> Integers:
    """Return identifiers that no customer of any shard has, the outermost of `width` times as many."""
    pool = pool_size(draft)
    beyond = customer_ids(draft.truth.seed, draft.truth.shard, pool + width * number)[pool:]
    beyond = np.sort(beyond)
    return rng.permutation(beyond[beyond.size - number :] if end == "high" else beyond[:number])


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the identifier's AUC on mature rows."""
    final = months_of(frame) <= LAST_MATURE_MONTH
    return {"auc": statistics.auc(frame["customer_id"][final], frame[LABEL][final])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the identifier separates leavers on mature rows (AUC at least 0.57)."""
    final = months_of(frame) <= LAST_MATURE_MONTH
    return quick_auc(frame["customer_id"][final], frame[LABEL][final]) >= PRESENT_AUC


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="M",
    apply=apply,
    measure=measure,
    present=present,
    choices=ENDS,
    stage=-2,  # before any other entry of the key names rows by their identifier
)
