"""A value far from all others that stands for "more than can be counted", as the dictionary says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, mistaken_for
from data_generator.key import DecoyKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.sentinel_values import PLANT

ID = "top_code"
ALWAYS = months_range(month_name(0), month_name(EXTRACTION_MONTH))
SHARE = 0.04  # about which share of rows lies above the limit


@dataclass(frozen=True)
class Case:
    """The documented value, the step of its limit, and the meaning with a place for the limit."""

    code: int
    step: float
    meaning: str


CASES = {
    "owner_age": Case(
        999, 5.0, "Age of the contract owner at sign-up; 999 stands for any age above {limit}, for anonymity."
    ),
    "session_minutes_avg": Case(
        99, 1.0, "Mean length of a session in the last 30 days; 99 stands for any mean above {limit}."
    ),
    "api_calls_30d": Case(
        999, 10.0, "Calls through integrations in the last 30 days; 999 stands for any number above {limit}."
    ),
    "days_since_last_login": Case(
        60,
        1.0,
        "Days from the last login to the customer portal, which is not the application; "
        "60 stands for any number above {limit}.",
    ),
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Record the highest values of `place.host` as one number, in all months and at scoring."""
    case = CASES[place.host]

    def search() -> float:
        return float(case.step * np.round(np.quantile(draft.twin[place.host], 1 - SHARE) / case.step))

    limit, draft = draft.settle(ID, search)

    def coded(frame: pd.DataFrame) -> npt.NDArray[np.float64] | npt.NDArray[np.int64]:
        values = frame[place.host].to_numpy()
        return np.where(values > limit, case.code, values).astype(values.dtype)

    draft = draft.with_public(place.host, coded(draft.public)).with_replay(place.host, coded(draft.replay))
    draft = described(draft, place.host, case.meaning.format(limit=f"{limit:.0f}"))
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=None,
        trap_kinds=[
            "sentinel_values",
            "impossible_values",
            "outliers",
            "missing_values",
            "placeholder_values",
        ],
        summary=f"{place.host} is {case.code} where it is above {limit:.0f}, as the dictionary says; the order "
        "of the values is kept and nothing is missing.",
    )


DECOY = Decoy(
    id=ID,
    family="quality",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, mistaken_for(PLANT, key.columns, ALWAYS)),
    hosts=tuple(CASES),
)
