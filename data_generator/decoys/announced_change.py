"""A change of business practice that the data dictionary announces: real, lasting, and no defect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.decoys.decoy import Decoy
from data_generator.key import DecoyKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.covariate_drift import KIND as FIRES
from data_generator.plants.covariate_drift import VISIBLE_PSI
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.streams import stream

ID = "announced_change"
HOST = "marketing_touches_30d"
ONSET = (12, 18)
CAPS = (2, 3)


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Cap marketing contacts per 30 days from a month on, in the replay as well, and say so in the change log."""
    rng = stream(draft.truth.seed, ID)
    first, cap = place.first, int(rng.choice(CAPS))

    def capped(frame: pd.DataFrame) -> np.ndarray:
        contacts = frame[HOST].to_numpy()
        return np.where(months_of(frame) >= first, np.minimum(contacts, cap), contacts)

    draft = draft.with_public(HOST, capped(draft.public)).with_replay(HOST, capped(draft.replay))
    draft = draft.with_note(
        month_name(first), f"Contact policy: at most {cap} marketing contacts per customer within 30 days."
    )
    return draft, DecoyKey(
        id=ID,
        columns=[HOST],
        months=months_range(month_name(first), month_name(EXTRACTION_MONTH)),
        trap_kinds=[
            "covariate_drift",
            "data_drift",
            "feature_drift",
            "distribution_shift",
            "unit_change",
            "schema_change",
        ],
        summary=f"{HOST} is capped at {cap} by a contact policy that the change log announces and that goes on.",
    )


def naive_psi(frame: pd.DataFrame, key: DecoyKey) -> float:
    """Return the PSI of the months since the change against those before it, which a drift detector looks at."""
    assert key.months is not None
    since = np.asarray(frame["snapshot_month"].astype(str) >= key.months.first)
    return statistics.psi(frame[HOST][~since], frame[HOST][since])


DECOY = Decoy(
    id=ID,
    family="change",
    fires=FIRES,
    apply=apply,
    trips=lambda frame, key: naive_psi(frame, key) >= VISIBLE_PSI,
    hosts=(HOST,),
    onset=ONSET,
)
