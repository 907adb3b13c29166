"""Nulls that mean "does not apply", which another column tells and the dictionary explains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, mistaken_for
from data_generator.key import DecoyKey, PlantKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.missing_not_at_random import PLANT

ID = "structural_nulls"


@dataclass(frozen=True)
class Case:
    """The column that decides, where the value does not apply, the rule in words, and the meaning."""

    decided_by: str
    absent: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]]
    rule: str
    meaning: str


CASES = {
    "api_calls_30d": Case(
        "integrations_count",
        lambda x: x == 0,
        "without an integration",
        "Calls through integrations in the last 30 days; null for customers without an integration.",
    ),
    "late_payments_12m": Case(
        "tenure_months",
        lambda x: x < 3,
        "in a customer's first three months",
        "Invoices paid late in the last twelve months; null in the first three months, when none can be late yet.",
    ),
    "seats_active": Case(
        "seats_purchased",
        lambda x: x == 1,
        "for contracts of one seat",
        "Seats assigned to a named user at the snapshot; null for contracts of one seat, whose seats nobody counts.",
    ),
    "total_charges": Case(
        "tenure_months",
        lambda x: x < 3,
        "in a customer's first three months",
        "Amount billed since the contract started; null in the first three months, before the first account statement.",
    ),
    "email_open_rate": Case(
        "marketing_touches_30d",
        lambda x: x == 0,
        "without a marketing contact in the last 30 days",
        "Share of newsletters opened in the last three months; null for customers who had no marketing contact "
        "in the last 30 days.",
    ),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Null `place.host` where it does not apply, in all months and at scoring."""
    case = CASES[place.host]

    def nulled(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        absent = case.absent(frame[case.decided_by].to_numpy())
        return np.where(absent, np.nan, frame[place.host].to_numpy(dtype=np.float64))

    draft = draft.with_public(place.host, nulled(draft.public)).with_replay(place.host, nulled(draft.replay))
    draft = described(draft, place.host, case.meaning)
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=None,
        trap_kinds=[
            "missing_not_at_random",
            "missing_values",
            "missing_data",
            "mnar",
            "informative_missingness",
            "leaky_missingness",
        ],
        summary=f"{place.host} is null {case.rule}, as the dictionary says: it does not apply there.",
    )


def _as_defect(key: DecoyKey) -> PlantKey:
    return mistaken_for(PLANT, key.columns, parameters={"proxy": CASES[key.columns[0]].decided_by})


DECOY = Decoy(
    id=ID,
    family="quality",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, _as_defect(key)),
    hosts=tuple(CASES),
    touches=lambda place, c: frozenset({place.host, CASES[place.host].decided_by}),
)
