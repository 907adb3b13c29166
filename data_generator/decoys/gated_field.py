"""A figure that is only computed for customers active enough: its nulls tell of churn, honestly and in advance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import LEAKAGE_TRAPS, Decoy, described, meaning_of, mistaken_for
from data_generator.key import DecoyKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.leaky_missingness import PLANT

ID = "gated_field"
HOSTS = ("mobile_share", "session_minutes_avg", "email_open_rate")
SHARE = 0.35  # about which share of rows is not active enough
ABOVE = frozenset({"days_since_last_login"})  # inactive customers have high values here, low ones elsewhere


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Null `place.host` where the variant's strong column says that the customer is hardly active."""
    gate = draft.truth.coefficients.strong_column
    above = gate in ABOVE
    wanted = 1 - SHARE if above else SHARE
    limit, draft = draft.settle(ID, lambda: float(np.round(np.quantile(draft.twin[gate], wanted))))

    def gated(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        activity = frame[gate].to_numpy()
        closed = activity > limit if above else activity < limit
        return np.where(closed, np.nan, frame[place.host].to_numpy(dtype=np.float64))

    draft = draft.with_public(place.host, gated(draft.public)).with_replay(place.host, gated(draft.replay))
    rule = f"{gate} is {'above' if above else 'below'} {limit:.0f}"
    draft = described(
        draft, place.host, f"{meaning_of(draft, place.host)}; not computed, and null, where {rule}."
    )
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=None,
        trap_kinds=[*LEAKAGE_TRAPS, "missing_not_at_random"],
        summary=f"{place.host} is null where {rule}, as the dictionary says; the nulls go with churn because "
        "inactive customers leave, and the rule is known at the snapshot.",
    )


DECOY = Decoy(
    id=ID,
    family="leakage",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, mistaken_for(PLANT, key.columns)),
    hosts=HOSTS,
)
