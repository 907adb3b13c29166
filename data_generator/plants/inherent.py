"""Facts of every variant that an audit should state: imbalance, many rows per customer, overlapping label windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey, affected_rows
from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.plant import Plant
from data_generator.schema import LABEL

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fact:
    """An inherent fact: the column it is about, the statistic that shows it, and when that counts as shown."""

    kind: str
    column: str
    statistic: str
    measure: Callable[[pd.DataFrame], float]
    shown: Callable[[float], bool]
    rows: Callable[[pd.DataFrame], Mask]
    severity: int
    equivalents: tuple[str, ...]
    summary: str


def churn_rate(frame: pd.DataFrame) -> float:
    """Return the share of churners among mature rows."""
    return statistics.rate(frame[LABEL][months_of(frame) <= LAST_MATURE_MONTH])


def churn_rows(frame: pd.DataFrame) -> Mask:
    """Return which rows are labelled churners."""
    return np.asarray(frame[LABEL] == 1)


def repeated_customers(frame: pd.DataFrame) -> Mask:
    """Return which rows share their customer with another row."""
    who, _ = pd.factorize(frame["customer_id"].to_numpy())
    return np.asarray(np.bincount(who)[who] > 1)


def repeated_labels(frame: pd.DataFrame) -> Mask:
    """Return which rows are a churn label while another month of the customer is one, too."""
    churn, who = churn_rows(frame), frame["customer_id"].to_numpy()
    months = np.unique(who[churn] * 64 + months_of(frame)[churn])
    customers, labels = np.unique(months // 64, return_counts=True)
    repeated = churn.copy()
    repeated[churn] = np.isin(who[churn], customers[labels > 1])
    return repeated


FACTS: dict[str, Fact] = {
    fact.kind: fact
    for fact in (
        Fact(
            kind="class_imbalance",
            column=LABEL,
            statistic="rate",
            measure=churn_rate,
            shown=lambda value: value < 0.2,
            rows=churn_rows,
            severity=1,
            equivalents=("imbalanced_classes", "imbalance", "target_imbalance", "rare_positive_class"),
            summary="{value:.1%} of the mature rows are churners.",
        ),
        Fact(
            kind="group_overlap",
            column="customer_id",
            statistic="repeated_customer_share",
            measure=lambda frame: statistics.share(repeated_customers(frame)),
            shown=lambda value: value > 0.5,
            rows=repeated_customers,
            severity=2,
            equivalents=(
                "group_leakage",
                "customer_overlap",
                "repeated_customers",
                "non_independent_rows",
                "panel_structure",
            ),
            summary="{value:.1%} of the rows share their customer with other rows, which a random split tears apart.",
        ),
        Fact(
            kind="label_overlap",
            column=LABEL,
            statistic="repeated_label_share",
            measure=lambda frame: statistics.share(repeated_labels(frame)[churn_rows(frame)]),
            shown=lambda value: value > 0.5,
            rows=repeated_labels,
            severity=2,
            equivalents=(
                "overlapping_labels",
                "overlapping_label_windows",
                "overlapping_windows",
                "autocorrelated_labels",
            ),
            summary="{value:.1%} of the churn labels repeat a cancellation of another month, too: windows overlap.",
        ),
    )
}


def apply(draft: Draft, kind: str) -> tuple[Draft, PlantKey]:
    """State the fact; nothing in the data changes."""
    fact = FACTS[kind]
    return draft, PlantKey(
        id=kind,
        family="quality",
        kind=kind,
        columns=[fact.column],
        months=None,
        severity=fact.severity,
        tier="M",
        inherent=True,
        seeded=False,
        equivalents=list(fact.equivalents),
        affected_rows=affected_rows(draft.public, fact.rows(draft.public)),
        at_scoring="continues",
        parameters={},
        summary=summary_of(kind, {fact.statistic: fact.measure(draft.public)}),
    )


def summary_of(kind: str, measured: Mapping[str, float]) -> str:
    """Return a fact's summary with its measured statistic."""
    fact = FACTS[kind]
    return fact.summary.format(value=measured[fact.statistic])


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the fact's statistic."""
    fact = FACTS[key.kind]
    return {fact.statistic: fact.measure(frame)}


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See the fact in a frame; the twin shares it."""
    fact = FACTS[key.kind]
    return fact.shown(fact.measure(frame))


def stated(kind: str) -> Callable[[Draft, Placement], tuple[Draft, PlantKey]]:
    """Return the `apply` of one fact."""
    return lambda draft, place: apply(draft, kind)


PLANTS: tuple[Plant, ...] = tuple(
    Plant(
        kind=kind,
        family="quality",
        tier="M",
        apply=stated(kind),
        measure=measure,
        present=present,
        stage=2,
        inherent=True,
    )
    for kind in FACTS
)
