"""A price rise that the change log announces: charges move for everybody from a month on, and stay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data_generator import statistics
from data_generator.decoys.decoy import Decoy, mistaken_for
from data_generator.key import DecoyKey, PlantKey, months_range
from data_generator.months import EXTRACTION_MONTH, REPLAY_MONTHS, month_index, month_name
from data_generator.plants.covariate_drift import CURRENT_MONTHS, PLANT
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.slices import window
from data_generator.world.dynamics import HISTORY

ID = "price_rise"
CHARGE, TOTAL = "monthly_charge", "total_charges"
TARGET_PSI = 0.15
PERCENTS = tuple(range(8, 61))


def apply(draft: Draft, place: Placement) -> tuple[Draft, DecoyKey]:
    """Raise all charges from month `place.first` on by a whole number of percent; totals follow."""
    percent, draft = draft.settle(ID, lambda: float(_percent(draft, place.first)))
    truth, panel = draft.truth, draft.truth.panel
    charge = panel.here(panel.dynamics.charge_cents) / 100
    added = panel.here(_added(draft, place.first, percent))
    raised = np.where(panel.month >= place.first, _raised(charge, percent), charge)
    total = np.round(panel.here(panel.dynamics.total_cents) / 100 + added, 2)
    for name, values in ((CHARGE, raised), (TOTAL, total)):
        draft = draft.with_public(name, values[truth.public_rows]).with_replay(
            name, values[truth.replay_rows]
        )
    draft = draft.with_note(
        month_name(place.first),
        f"New price list: all recurring charges rise by {percent:.0f} %, existing contracts included.",
    )
    return draft, DecoyKey(
        id=ID,
        columns=[CHARGE, TOTAL],
        months=months_range(month_name(place.first), month_name(EXTRACTION_MONTH)),
        trap_kinds=[
            "covariate_drift",
            "data_drift",
            "feature_drift",
            "distribution_shift",
            "dataset_shift",
            "unit_change",
            "scale_change",
            "unit_mismatch",
            "schema_change",
            "currency_change",
            "concept_drift",
        ],
        summary=f"{CHARGE} rises by {percent:.0f} % from {month_name(place.first)} on, for everybody and for "
        "good; the change log announces it.",
    )


def _percent(draft: Draft, first: int) -> int:
    """Return the smallest whole percent that reaches the target PSI in the last months."""
    values, month = draft.twin[CHARGE].to_numpy(), draft.month
    reference = values[month < first]
    edges = statistics.bin_edges(reference)
    base = statistics.bin_shares(reference, edges)
    current = values[month > EXTRACTION_MONTH - CURRENT_MONTHS]
    for percent in PERCENTS:
        if statistics.shares_psi(base, statistics.bin_shares(_raised(current, percent), edges)) >= TARGET_PSI:
            return percent
    return PERCENTS[-1]


def _raised(charge: npt.NDArray[np.float64], percent: float) -> npt.NDArray[np.float64]:
    return np.round(charge * (1 + percent / 100), 2)


def _added(draft: Draft, first: int, percent: float) -> npt.NDArray[np.float64]:
    """Return, month by slot, what the present customer has paid more than before since the rise."""
    dynamics = draft.truth.panel.dynamics
    charged = dynamics.charge_cents / 100
    added = np.zeros(charged.shape)
    for month in range(first, EXTRACTION_MONTH + REPLAY_MONTHS + 1):
        charge = charged[HISTORY + month]
        kept = np.where(dynamics.tenure[HISTORY + month] > 0, added[HISTORY + month - 1], 0.0)
        added[HISTORY + month] = kept + _raised(charge, percent) - charge
    return added


def _as_defect(key: DecoyKey) -> PlantKey:
    assert key.months is not None
    windows = {
        "reference": window(0, month_index(key.months.first) - 1),
        "current": window(EXTRACTION_MONTH - CURRENT_MONTHS + 1),
    }
    return mistaken_for(PLANT, key.columns, key.months, windows)


DECOY = Decoy(
    id=ID,
    family="change",
    fires=PLANT.kind,
    apply=apply,
    trips=lambda frame, key: PLANT.present(frame, _as_defect(key)),
    hosts=(CHARGE,),
    onset=(9, 15),
)
