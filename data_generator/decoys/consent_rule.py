"""A figure that is only recorded for customers who agreed, from a month on: announced, random, and for good."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.decoys.decoy import Decoy, described, meaning_of
from data_generator.key import DecoyKey, months_range
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.streams import stream

ID = "consent_rule"
REFUSALS = (0.16, 0.20, 0.24)
VISIBLE_STEP = 0.05
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


def null_step(frame: pd.DataFrame, key: DecoyKey) -> float:
    """Return by how much the null rate rises with the rule."""
    assert key.months is not None
    late = months_of(frame) >= month_index(key.months.first)
    host = frame[key.columns[0]]
    return statistics.null_rate(host[late]) - statistics.null_rate(host[~late])


DECOY = Decoy(
    id=ID,
    family="change",
    fires="missingness_shift",
    apply=apply,
    trips=lambda frame, key: null_step(frame, key) >= VISIBLE_STEP,
    hosts=HOSTS,
    onset=(8, 16),
)
