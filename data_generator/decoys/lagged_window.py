"""A trailing mean that ends one month before the snapshot, as the dictionary says: not what its name suggests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator.decoys.decoy import LEAKAGE_TRAPS, Decoy, described, mistaken_for
from data_generator.key import DecoyKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_name
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.look_ahead_window import HOSTS, PLANT

ID = "lagged_window"
LAGS = (1, 2, 3)


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Let `place.host` average the three months before the snapshot's own, and say so in the dictionary."""
    meter = HOSTS[place.host]
    values = lagged_mean(draft, meter)
    draft = draft.with_public(place.host, values[draft.truth.public_rows])
    draft = draft.with_replay(place.host, values[draft.truth.replay_rows])
    draft = described(
        draft,
        place.host,
        f"Mean of {meter} over the three months before this one, fewer for newer customers; "
        "null in a customer's first month.",
    )
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        trap_kinds=[*LEAKAGE_TRAPS],
        summary=f"{place.host} does not reproduce from this month's {meter} because its window ends a month "
        "earlier, as the dictionary says; nothing in it is later than the snapshot.",
    )


def lagged_mean(draft: Draft, meter: str) -> npt.NDArray[np.float64]:
    """Return the mean of a meter over the three months before each panel row, NaN where there is none."""
    panel, dense = draft.truth.panel, draft.truth.meters[meter]
    total = np.zeros(panel.month.size)
    number = np.zeros(panel.month.size)
    for lag in LAGS:
        known = panel.known(lag)
        total += np.where(known, panel.here(dense, lag), 0.0)
        number += known
    return np.where(number > 0, np.round(total / np.maximum(number, 1), 2), np.nan)


DECOY = Decoy(
    id=ID,
    family="leakage",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, mistaken_for(PLANT, key.columns, key.months)),
    hosts=tuple(HOSTS),
)
