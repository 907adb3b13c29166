"""In some early months the label follows another rule: churn within 60 days instead of 90."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import HORIZON_MONTHS, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.plants.slices import rows_of_key, window
from data_generator.schema import LABEL

KIND = "label_definition"
LENGTH = 3
SHORT_MONTHS = 2  # month-ends that the other rule looks at
PRESENT_RATE = 0.2  # of the leavers of the third month-end: the least that the full rule labels
START, INTERLUDE = "start", "interlude"

Mask = npt.NDArray[np.bool_]


def first_and_last(place: Placement) -> tuple[int, int]:
    """Return the months (indices) under the other rule: the first ones, or those from the onset on."""
    first = 0 if place.choice == START else place.first
    return first, first + LENGTH - 1


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Label the months concerned by cancellations at the next two month-ends only."""
    first, last = first_and_last(place)
    concerned = (draft.month >= first) & (draft.month <= last)
    label, panel = draft.public[LABEL].to_numpy(), draft.truth.panel
    rows = draft.truth.public_rows
    short = (panel.leaves[rows] <= panel.month[rows] + SHORT_MONTHS).astype(label.dtype)
    issued = np.where(concerned, np.minimum(label, short), label)
    planted = draft.with_public(LABEL, issued)
    key = PlantKey(
        id=KIND,
        family="change",
        kind=KIND,
        columns=[LABEL],
        months=months_range(month_name(first), month_name(last)),
        label_months=months_range(month_name(first), month_name(last)),
        # Whoever dates the change of the rule instead of the months under the old one is right as well.
        onset_latest=month_name(last + 1) if place.choice == START else None,
        severity=3,
        tier="M",
        inherent=False,
        seeded=False,
        equivalents=["target_definition", "label_change", "concept_change", "inconsistent_labels"],
        affected_rows=affected_rows(draft.public, issued != label),
        at_scoring="honest",
        parameters={
            "horizon_months": SHORT_MONTHS,
            "horizon_days": 30 * SHORT_MONTHS,
            "reference": window(last + 1, LAST_MATURE_MONTH),
            "current": window(first, last),
            "labels_missing": int((issued != label).sum()),
        },
        summary=f"From {month_name(first)} to {month_name(last)} the label looks 60 days ahead instead of 90: "
        "some rows are 0 although the customer is gone three month-ends later.",
    )
    return planted, key


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the label's rate in the months under the other rule."""
    return {"rate": statistics.rate(frame[LABEL][rows_of_key(frame, key)])}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether most who leave at the third month-end are labelled 0; a customer's last row tells when."""
    rows = rows_of_key(frame, key)
    third = rows & (_months_left(frame) == HORIZON_MONTHS)
    return bool(third.any()) and statistics.rate(frame[LABEL][third]) < PRESENT_RATE


def repair(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    """Return the frame with the months under the other rule labelled by the customers' last rows.

    The last row of a leaver is that of the month before the cancellation takes effect.
    """
    rows = rows_of_key(frame, key)
    left = _months_left(frame)
    label = frame[LABEL].to_numpy()
    return frame.assign(**{LABEL: np.where(rows & (left <= HORIZON_MONTHS), 1, label).astype(label.dtype)})


def _months_left(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return how many month-ends after each row the customer is gone; too large a number where they stay."""
    month = months_of(frame)
    ids, inverse = np.unique(frame["customer_id"].to_numpy(), return_inverse=True)
    last = np.zeros(ids.size, dtype=np.int64)
    np.maximum.at(last, inverse, month)
    gone = np.where(last < month.max(), last + 1, np.iinfo(np.int32).max)
    return np.asarray(gone[inverse] - month)


PLANT = Plant(
    kind=KIND,
    family="change",
    tier="M",
    apply=apply,
    measure=measure,
    present=present,
    choices=(START, INTERLUDE),
    onset=(3, 12),
    stage=0,
    repair=repair,
    prevalence=-0.045,
)
