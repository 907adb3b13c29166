"""A group index that is the label's mean over all months, the row's own outcome included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.leak import (
    Guise,
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    pool_size,
    ranked_by_own_column,
    with_own_column,
)
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import grouped_auc, quick_auc
from data_generator.plants.search import bisect

KIND = "target_encoded_index"
TARGET = 0.635
PRESENT_AUC = 0.58
FINE, COARSE = 5, 90  # customers of a small and of a large group
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScaledGuise(Guise):
    """A grouping of customers, and the scale on which its index is written; 1 is the average rate."""

    scale: float
    decimals: int


GUISES: dict[str, ScaledGuise] = {
    guise.column: guise
    for guise in (
        ScaledGuise(
            "street_index", "account", "average = 100", "analytics mart, area model",
            "computed once over the whole extract, outcomes included; the same in all months",
            "Level of departures among the customers of the street.", 100.0, 2,
        ),
        ScaledGuise(
            "node_factor", "service", "ratio", "network planning mart",
            "one figure for each node from all months of the extract and their outcomes",
            "Customers lost at the serving node, relative to the network.", 1.0, 4,
        ),
        ScaledGuise(
            "dealer_grade", "account", "points", "partner management",
            "recomputed over the full history whenever the mart is rebuilt",
            "Loss of customers of the dealer who keeps the account, average 50.", 50.0, 2,
        ),
        ScaledGuise(
            "cell_score", "marketing and other", "points", "campaign management",
            "from the churn flags of all rows of the cell, all months together",
            "Mean outcome of the campaign cell the customer belongs to, times 1000.", 62.0, 2,
        ),
        ScaledGuise(
            "building_level", "account", "ratio", "address mart",
            "at the build of the extract, by averaging its outcome column by building group",
            "Mean outcome of the building group, relative to all customers.", 1.0, 4,
        ),
        ScaledGuise(
            "household_cluster_pct", "marketing and other", "percent", "segmentation study",
            "averaged over the study's data set, which is this extract",
            "Average outcome of the household cluster in percent.", 6.2, 3,
        ),
        ScaledGuise(
            "exchange_weight", "usage", "ratio", "traffic planning",
            "derived from the monthly departures of the exchange, past and later months alike",
            "Weight of the exchange in the planning of departures, 1 on average.", 1.0, 4,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class _Groups:
    """Public rows, all churners, mature churners and mature others of each customer, and their two groups."""

    rows: Integers
    churn: Integers
    ones: Integers
    zeros: Integers
    fine: Integers
    coarse: Integers
    luck: npt.NDArray[np.float64]

    def of(self, share: float) -> Integers:
        """Return the group of each customer when a share of them belongs to small groups."""
        return np.where(self.luck < share, self.coarse.max() + 1 + self.fine, self.coarse)

    def mean(self, group: Integers) -> npt.NDArray[np.float64]:
        """Return the label's mean of each group over all its rows, the overall mean for an empty one."""
        rows, churn = np.bincount(group, self.rows), np.bincount(group, self.churn)
        overall = self.churn.sum() / max(self.rows.sum(), 1)
        return np.where(rows > 0, churn / np.maximum(rows, 1), overall)

    def auc(self, share: float) -> float:
        """Return the index's AUC on mature rows."""
        group = self.of(share)
        return grouped_auc(self.mean(group), np.bincount(group, self.ones), np.bincount(group, self.zeros))


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Put a group's mean outcome in the place of `place.host`.

    Groups have nothing to do with leaving. The share of customers in small groups, where one's own outcome
    weighs most, is set so that the index has its AUC; in the replay it is what the extract's months gave.
    """
    truth, guise = draft.truth, GUISES[place.choice]
    panel = truth.panel
    who = panel.customer[truth.public_rows]
    groups = _draw_groups(draft, who)
    aim, tolerance = auc_before_copies(draft, TARGET), auc_tolerance(draft) + 0.001
    share, draft = draft.settle(KIND, lambda: bisect(groups.auc, aim, 0.0, 1.0, tolerance, KIND))
    group = groups.of(share)
    mean = groups.mean(group)
    overall = groups.churn.sum() / groups.rows.sum()
    index = np.round(mean / overall * guise.scale, guise.decimals)[group]
    column = guise.as_column(decimals=guise.decimals)
    replay = index[panel.customer[truth.replay_rows]]
    planted = with_own_column(draft, place.host, column, index[who], replay)
    leak = Leak(
        kind=KIND,
        columns=[guise.column],
        tier="H",
        rows=np.ones(len(who), dtype=bool),
        summary=f"{guise.column} is the mean label of a small group of customers, the row's own outcome included.",
        equivalents=("target_encoding_leakage", "target_encoding", "mean_encoding_leakage"),
        parameters={
            "target": TARGET,
            "share_in_small_groups": share,
            "customers_of_a_group": [FINE, COARSE],
            "value_of_the_mean_label": guise.scale,
            "mean_label": round(float(overall), 6),
            "replaces": place.host,
        },
    )
    return planted, leak_key(draft, leak)


def _draw_groups(draft: Draft, who: Integers) -> _Groups:
    rng = customer_stream(draft, KIND)
    pool = pool_size(draft)
    churn, final = churners(draft), mature(draft)
    rows = np.bincount(who, minlength=pool)
    customers = int(np.count_nonzero(rows))
    return _Groups(
        rows=rows,
        churn=np.bincount(who[churn], minlength=pool),
        ones=np.bincount(who[churn & final], minlength=pool),
        zeros=np.bincount(who[~churn & final], minlength=pool),
        fine=rng.integers(0, max(customers // FINE, 1), pool),
        coarse=rng.integers(0, max(customers // COARSE, 1), pool),
        luck=rng.random(pool),
    )


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the index's AUC on mature rows; on the twin that of the reserve column in its place."""
    return {"auc": statistics.auc(*ranked_by_own_column(frame, key))}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the index separates leavers on mature rows (AUC at least 0.58)."""
    return quick_auc(*ranked_by_own_column(frame, key)) >= PRESENT_AUC


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
)
