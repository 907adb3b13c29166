"""A counter that some customers' rows show as it stood at the extraction, not at the snapshot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.history import neighbours, some_customers
from data_generator.plants.leak import Guise, Leak, customer_stream, leak_key, pool_size, with_own_column
from data_generator.plants.plant import Plant
from data_generator.plants.search import bisect
from data_generator.schema import AT_SNAPSHOT

KIND = "extraction_time_counter"
TARGET_MATCH = 0.35
PRESENT_MATCH = 0.20
CLOCK = "tenure_months"


# Things counted once a month since sign-up; `recorded` says here which accounts are counted late.
GUISES: dict[str, Guise] = {
    guise.column: guise
    for guise in (
        Guise(
            "invoices_total", "billing stress", "invoices", "invoice archive",
            "accounts of the older ledger are counted when the extract is made",
            "Invoices issued to the account since sign-up.",
        ),
        Guise(
            "quota_resets", "usage", "resets", "quota service",
            "accounts without a monthly export are filled in from the live counter",
            "Times the account's monthly allowance was reset.",
        ),
        Guise(
            "loyalty_stamps", "marketing and other", "stamps", "loyalty programme",
            "cards that are not yet digital are read when the data is pulled",
            "Stamps collected, one for each month.",
        ),
        Guise(
            "backup_sets", "service", "backups", "backup service",
            "accounts on the second cluster report what is on disk on the day of the query",
            "Monthly backups kept for the account.",
        ),
        Guise(
            "device_checkins", "service", "check-ins", "device management",
            "devices with old firmware keep no history and send their present counter",
            "Monthly check-ins of the customer's main device.",
        ),
        Guise(
            "statements_posted", "account", "statements", "document store",
            "accounts moved from the former store carry the folder's present size",
            "Account statements posted to the customer.",
        ),
        Guise(
            "bonus_months", "commercial", "months", "bonus register",
            "accounts of partners are joined to the register as it is on the day of the extract",
            "Months that count towards the customer's bonus.",
        ),
    )
}  # fmt: skip


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Put a monthly counter in the place of `place.host`; about 35 % of the rows show its last value.

    The last value of a customer who left is that of their last month, so counter less tenure is the time left.
    """
    truth, guise = draft.truth, GUISES[place.choice]
    panel, rows = truth.panel, truth.public_rows
    rng = customer_stream(draft, KIND)
    pool = pool_size(draft)
    luck, surplus = rng.random(pool), rng.integers(1, 3, pool)
    who, month = panel.customer[rows], panel.month[rows]
    tenure = panel.here(panel.dynamics.tenure)[rows]
    lucky = luck[who]
    # Whom a match with the month before can be asked of.
    before = lucky[(tenure > 0) & (month > 0)]

    def reached(share: float) -> float:
        return float(np.mean(before < share))

    tolerance = 0.002 + 40 / max(before.size, 1)  # a customer has up to 24 rows
    share, draft = draft.settle(KIND, lambda: bisect(reached, TARGET_MATCH, 0.0, 1.0, tolerance, KIND))
    left = np.minimum(panel.leaves[rows] - 1, EXTRACTION_MONTH) - month
    late = (lucky < share) & (left > 0)
    honest = tenure + surplus[who]
    later = draft.replay[CLOCK].to_numpy() + surplus[panel.customer[truth.replay_rows]]
    recorded = f"{AT_SNAPSHOT}; {guise.recorded}"
    column = replace(guise, recorded=recorded).as_column("integer")
    planted = with_own_column(draft, place.host, column, honest + np.where(late, left, 0), later)
    leak = Leak(
        kind=KIND,
        columns=[guise.column],
        tier="H",
        rows=late,
        summary=f"{guise.column} of about {share:.0%} of the customers is that of the extraction in all their rows.",
        equivalents=("look_ahead_bias", "snapshot_mismatch", "point_in_time_error"),
        parameters={"target": TARGET_MATCH, "share": share, "clock": CLOCK, "replaces": place.host},
    )
    return planted, leak_key(draft, leak)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure how often the counter stands still for a month, and its correlation with tenure.

    An honest counter follows from tenure, so tenure stands for it on the twin.
    """
    values = _counter(frame, key)
    return {
        "match_rate": statistics.match_rate(values, neighbours(frame, values, -1)[0]),
        "correlation": statistics.correlation(values, frame[CLOCK]),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the counter stands still in at least a fifth of the months."""
    some = some_customers(frame)
    values = _counter(some, key)
    return statistics.match_rate(values, neighbours(some, values, -1)[0]) >= PRESENT_MATCH


def _counter(frame: pd.DataFrame, key: PlantKey) -> np.ndarray:
    name = key.columns[0] if key.columns[0] in frame else CLOCK
    return frame[name].to_numpy(dtype=np.float64)


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    choices=tuple(GUISES),
    stage=1,
    own_column=True,
    touches=lambda place, c: frozenset({place.host, CLOCK}),
)
