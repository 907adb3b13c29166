"""A value that is taken out of the rows of those who leave."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.leak import (
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
    with_text,
)
from data_generator.plants.plant import Plant
from data_generator.plants.search import bisect
from data_generator.schema import LABEL

KIND = "leaky_missingness"
TARGET = 0.675
ORDINARY = 0.01  # share of rows that lose the value for an ordinary reason, in production as well
PRESENT_AUC = 0.63
# Not nps_score: without it honest models lose 0.012 of PR-AUC, three times as much as without any of these.
HOSTS = (
    "csat_last",
    "avg_resolution_hours",
    "session_minutes_avg",
    "email_open_rate",
    "mobile_share",
    "owner_age",
)
REASONS = {
    "erased": "erased from the last three month-ends when the account is closed, and now and then on request",
    "consent": "taken back to the last quarter when consent ends with the contract, or earlier when withdrawn",
    "joined": "joined from the table of live accounts; closed ones lose their last quarter, some others a month",
    "licence": "the tool's licence is per active customer: a closed account's last three months are not delivered",
}


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Take `place.host` out of the leavers' last three months, of as many leavers as the AUC asks for."""
    truth = draft.truth
    panel, rows = truth.panel, truth.public_rows
    rng = customer_stream(draft, KIND)
    luck = rng.random(pool_size(draft))[panel.customer[rows]]
    ordinary = rng.random(panel.month.size) < ORDINARY
    values = draft.public[place.host].to_numpy(dtype=np.float64)
    before = np.isnan(values) | ordinary[rows]
    leaver = draft.known_label() == 1
    churn, final = churners(draft), mature(draft)
    ones, zeros = final & churn, final & ~churn

    def missing(reach: float) -> npt.NDArray[np.bool_]:
        return np.asarray(before | (leaver & (luck < reach)))

    def reached(reach: float) -> float:
        null = missing(reach)
        return 0.5 + (float(null[ones].mean()) - float(null[zeros].mean())) / 2

    # On a few thousand rows the leavers with a value to lose may not be enough for the whole way.
    aim, tolerance = min(auc_before_copies(draft, TARGET), reached(1.0)), auc_tolerance(draft)
    reach, draft = draft.settle(KIND, lambda: bisect(reached, aim, 0.0, 1.0, tolerance, KIND))
    later = draft.replay[place.host].to_numpy(dtype=np.float64)
    planted = draft.with_public(place.host, np.where(missing(reach), np.nan, values))
    planted = planted.with_replay(place.host, np.where(ordinary[truth.replay_rows], np.nan, later))
    old = next(column for column in draft.columns if column.name == place.host)
    planted = with_text(planted, place.host, recorded=f"{old.recorded}; {REASONS[place.choice]}")
    leak = Leak(
        kind=KIND,
        columns=[place.host],
        tier="E",
        rows=missing(reach) & ~before,
        summary=f"{place.host} is null in the last three months of {reach:.0%} of those who leave.",
        equivalents=("informative_missingness", "missingness_leakage"),
        severity=2,
        parameters={"target": TARGET, "reach": reach, "ordinary": ORDINARY},
    )
    return planted, leak_key(draft, leak)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the AUC of being null on mature rows, and the null rate of all rows."""
    null = frame[key.columns[0]].isna()
    final = months_of(frame) <= LAST_MATURE_MONTH
    return {
        "auc": statistics.auc(null[final].astype(float), frame[LABEL][final]),
        "null_rate": float(null.mean()),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether being null separates leavers on mature rows (AUC at least 0.63)."""
    final = months_of(frame) <= LAST_MATURE_MONTH
    null, churn = frame[key.columns[0]].isna().to_numpy()[final], frame[LABEL].to_numpy()[final] == 1
    return 0.5 + (float(null[churn].mean()) - float(null[~churn].mean())) / 2 >= PRESENT_AUC


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="E",
    apply=apply,
    measure=measure,
    present=present,
    hosts=HOSTS,
    choices=tuple(REASONS),
    stage=1,
)
