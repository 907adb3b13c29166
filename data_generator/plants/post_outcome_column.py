"""A field that is written when the customer leaves: the seeded target leak."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.search import bisect
from data_generator.schema import LABEL, Column, replace_column
from data_generator.streams import stream

KIND = "post_outcome_column"
TARGETS = (0.775, 0.725, 0.675)
STAYERS = 0.004  # share of ordinary rows that carry a value for an ordinary reason
PRESENT_AUC = 0.65


@dataclass(frozen=True)
class Guise:
    """A name, meaning and honest source under which the field appears, and the size of its values."""

    column: str
    block: str
    unit: str
    source: str
    recorded: str
    meaning: str
    median: float
    spread: float
    decimals: int


GUISES: dict[str, Guise] = {
    guise.column: guise
    for guise in (
        Guise(
            "service_credit_eur", "commercial", "EUR", "save-desk case log",
            "when a save-desk agent closes the case on a cancellation; posted to the last three month-ends",
            "Credit granted to the account in a case; 0 without one.", 22.0, 0.6, 2,
        ),
        Guise(
            "balance_adjustment_eur", "commercial", "EUR", "billing, final-invoice run",
            "when the final invoice is issued; back-dated to the three months it settles",
            "Correction booked to bring the account's balance to zero; 0 when nothing was booked.", 14.0, 0.7, 2,
        ),
        Guise(
            "handling_minutes", "service", "minutes", "retention hotline",
            "after the call about ending the contract is wrapped up; shown on the three month-ends before",
            "Agent minutes booked on the account; 0 without a call.", 17.0, 0.5, 0,
        ),
        Guise(
            "line_order_days", "service", "days", "network provisioning, release orders",
            "when the line is given back to the pool; shown on the three month-ends before",
            "Days the account's provisioning order was in progress; 0 without an order.", 9.0, 0.5, 0,
        ),
        Guise(
            "parcel_weight_kg", "account", "kg", "returns warehouse",
            "when the customer's equipment arrives at the warehouse; shown on the three month-ends before",
            "Weight of the parcel booked on the account; 0 without a parcel.", 1.4, 0.4, 2,
        ),
    )
}  # fmt: skip


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Put the guise `place.choice` in the place of the reserve column `place.host`."""
    truth, guise = draft.truth, GUISES[place.choice]
    rng = stream(truth.seed, KIND)
    target = float(rng.choice(TARGETS))
    panel, rows = truth.panel, truth.public_rows
    pool = panel.dynamics.customers.quality.size
    luck = rng.random(pool)[panel.customer][rows]
    size = np.round(guise.median * np.exp(guise.spread * rng.standard_normal(pool)), guise.decimals)
    size = np.maximum(size, 10.0**-guise.decimals)[panel.customer][rows]
    events = rng.random(panel.dynamics.customer.shape) < STAYERS / 3
    ordinary = panel.trailing(events, 3)[0][rows] > 0
    leaver = draft.known_label() == 1
    mature = draft.month <= LAST_MATURE_MONTH

    def written(reach: float) -> np.ndarray:
        return np.where(leaver, luck < reach, ordinary)

    def reached(reach: float) -> float:
        values = np.where(written(reach), size, 0.0)
        return statistics.auc(values[mature], leaver[mature])

    tolerance = 0.003 + 0.5 / max(int(leaver[mature].sum()), 1)
    reach, draft = draft.settle(KIND, lambda: bisect(reached, target, 0.0, 1.0, tolerance, KIND))
    mask = written(reach)
    values = np.where(mask, size, 0.0)
    column = Column(
        guise.column,
        guise.block,
        "real",
        guise.unit,
        guise.source,
        guise.recorded,
        guise.meaning,
        guise.decimals,
    )
    planted = replace(draft, columns=replace_column(draft.columns, place.host, column))
    planted = planted.with_public(guise.column, values).with_replay(
        guise.column, np.full(len(draft.replay), np.nan)
    )
    key = PlantKey(
        id=KIND,
        family="leakage",
        kind=KIND,
        columns=[guise.column],
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        severity=3,
        tier="E" if target > 0.75 else "M",
        inherent=False,
        seeded=True,
        equivalents=["target_leakage", "post_outcome_feature", "data_leakage", "temporal_leakage"],
        affected_rows=affected_rows(draft.public, mask & leaver),
        at_scoring="null",
        parameters={"target": target, "reach": reach, "stayers": STAYERS, "replaces": place.host},
        summary=f"{guise.column} is written {guise.recorded.split(';')[0]}, so it is not known at the snapshot.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the column's AUC on mature rows; on the twin that of the reserve column in its place."""
    column = key.columns[0] if key.columns[0] in frame else key.parameters["replaces"]
    mature = months_of(frame) <= LAST_MATURE_MONTH
    return {"auc": statistics.auc(frame[column][mature], frame[LABEL][mature])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the key's column alone separates leavers on mature rows (AUC at least 0.65)."""
    return measure(frame, key)["auc"] >= PRESENT_AUC


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    choices=tuple(GUISES),
    stage=1,
    seeded=True,
    own_column=True,
)
