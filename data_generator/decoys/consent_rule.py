"""A figure that is only recorded for customers who agreed, from a month on: announced, random, and for good."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys.decoy import Decoy, described, meaning_of, mistaken_for
from data_generator.key import DecoyKey, PlantKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.missingness_shift import PLANT
from data_generator.plants.slices import window
from data_generator.streams import stream

ID = "consent_rule"
REFUSALS = (0.16, 0.20, 0.24)
HOSTS = ("email_open_rate", "mobile_share", "session_minutes_avg", "referral_count")


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Null `place.host` from month `place.first` on for the customers who refused, in the replay as well."""
    truth, panel = draft.truth, draft.truth.panel
    refusal = float(stream(truth.seed, f"{ID}:share").choice(REFUSALS))
    rng = stream(truth.seed, ID, truth.shard)
    refused = (rng.random(int(panel.customer.max()) + 1) < refusal)[panel.customer]
    since = month_name(place.first)

    def allowed(frame: pd.DataFrame, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        closed = refused[rows] & (months_of(frame) >= place.first)
        return np.where(closed, np.nan, frame[place.host].to_numpy(dtype=np.float64))

    draft = draft.with_public(place.host, allowed(draft.public, truth.public_rows))
    draft = draft.with_replay(place.host, allowed(draft.replay, truth.replay_rows))
    draft = draft.with_note(
        since,
        f"Consent rule: {place.host} is recorded from this month on for customers who agreed, null for the others.",
    )
    draft = described(
        draft, place.host, f"{meaning_of(draft, place.host)}; null without consent from {since} on."
    )
    return draft, DecoyKey(
        id=ID,
        columns=[place.host],
        months=months_range(since, month_name(EXTRACTION_MONTH)),
        trap_kinds=[
            "missingness_shift",
            "missing_values",
            "missing_data",
            "null_rate_change",
            "schema_change",
            "covariate_drift",
            "data_drift",
            "missing_not_at_random",
        ],
        summary=f"{refusal:.0%} of the customers have {place.host} null from {since} on, because they did not "
        "agree to it; the change log announces it, and it goes on.",
    )


def _as_defect(key: DecoyKey) -> PlantKey:
    assert key.months is not None
    before = window(0, month_index(key.months.first) - 1)
    return mistaken_for(PLANT, key.columns, key.months, {"reference": before})


DECOY = Decoy(
    id=ID,
    family="change",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, _as_defect(key)),
    hosts=HOSTS,
    onset=(8, 16),
)
