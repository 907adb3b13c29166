"""A health score that the nightly job computed one month later than it is dated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator import statistics
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH
from data_generator.plants.draft import Draft, Placement, months_of
from data_generator.plants.history import neighbours, some_customers
from data_generator.plants.leak import (
    Guise,
    Leak,
    auc_before_copies,
    auc_tolerance,
    churners,
    customer_stream,
    leak_key,
    mature,
    with_own_column,
)
from data_generator.plants.plant import Plant
from data_generator.plants.ranking import enough_rows
from data_generator.plants.search import bisect
from data_generator.schema import LABEL

KIND = "nightly_score"
TARGET = 0.675
WEIGHTS = {"engagement": 1.0, "satisfaction": 0.9, "stress": -0.6}
WEIGHT = 0.5  # of the health in the score, beside noise: its honest AUC is near 0.6
DEEPEST = 4.0  # standard deviations that a closed account loses at most
COMPANIONS = ("logins_30d", "data_usage_gb", "features_used")  # monthly readings of the same state
LEAD = 0.01  # by how much the correlation with next month's reading exceeds that with this month's
FAINT = 0.05

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ScaledGuise(Guise):
    """A name and scale of the score."""

    centre: float
    spread: float
    decimals: int


GUISES: dict[str, ScaledGuise] = {
    guise.column: guise
    for guise in (
        ScaledGuise(
            "care_index", "service", "0-100", "customer care workbench",
            "by the job of the following close, filed under the month it starts from",
            "How well the relation stands; 50 is usual.", 50.0, 14.0, 1,
        ),
        ScaledGuise(
            "vitality_points", "usage", "points", "usage analytics, nightly run",
            "nightly; the table keeps the latest run, which is read at the next month-end",
            "Activity of the account against its peers.", 500.0, 90.0, 0,
        ),
        ScaledGuise(
            "relation_grade", "account", "grade", "account managers' cockpit",
            "on the first night of each month's close, that is one month-end after the month shown",
            "Grade of the account, 6 is usual.", 6.0, 1.4, 2,
        ),
        ScaledGuise(
            "stability_z", "billing stress", "standard deviations", "credit desk, scoring batch",
            "in the batch that runs when the next month's invoices are out",
            "Stability of the account; 0 is the average.", 0.0, 1.0, 3,
        ),
        ScaledGuise(
            "attention_level", "marketing and other", "0-1000", "campaign engine",
            "refreshed every night; exported with a delay of one month-end",
            "Level of attention to what is offered; 400 is usual.", 400.0, 120.0, 0,
        ),
        ScaledGuise(
            "service_fit", "service", "percent", "service design study",
            "once a night by account; the months are numbered by the run before",
            "Fit of the service with the customer's habits.", 70.0, 9.0, 1,
        ),
    )
}  # fmt: skip


def apply(draft: Draft, place: Placement) -> tuple[Draft, PlantKey]:
    """Put a score of the coming month in the place of `place.host`; at scoring it is that of the same month.

    The last month's score is of the same month, as the job of the next has not run at the extraction. A
    closed account falls by as many standard deviations as give the score its AUC.
    """
    truth = draft.truth
    name, companion = place.slice
    guise, panel, rows = GUISES[name], truth.panel, truth.public_rows
    now, coming = _health(draft, 0), _health(draft, 1)
    month, leaves = panel.month, panel.leaves
    late = month < EXTRACTION_MONTH
    closed = leaves <= month + 1
    noise = customer_stream(draft, KIND).standard_normal(month.size)
    leave, final = churners(draft), mature(draft)
    chosen = enough_rows(final & leave, final & ~leave)
    known, fallen = _mixed(coming[rows][chosen], noise[rows][chosen]), closed[rows][chosen]
    churn = leave[chosen]

    def reached(depth: float) -> float:
        return statistics.auc(known - depth * fallen, churn)

    aim, tolerance = auc_before_copies(draft, TARGET), auc_tolerance(draft)
    depth, draft = draft.settle(KIND, lambda: bisect(reached, aim, 0.0, DEEPEST, tolerance, KIND))

    def written(score: Floats) -> Floats:
        # Adding zero turns -0.0 into 0.0, as in all other columns.
        return np.asarray(np.round(guise.centre + guise.spread * score, guise.decimals) + 0.0)

    score = _mixed(np.where(late, coming, now), noise)
    public = written(score - depth * (closed & late))[rows]
    column = guise.as_column(decimals=guise.decimals)
    planted = with_own_column(
        draft, place.host, column, public, written(_mixed(now, noise))[truth.replay_rows]
    )
    leak = Leak(
        kind=KIND,
        columns=[guise.column],
        tier="H",
        rows=late[rows],
        summary=f"{guise.column} is that of the month after: it follows the next {companion} more than this one.",
        equivalents=("look_ahead_bias", "late_score", "point_in_time_error", "misdated_score"),
        parameters={"target": TARGET, "depth": depth, "with": companion, "replaces": place.host},
    )
    return planted, leak_key(draft, leak)


def _health(draft: Draft, ahead: int) -> Floats:
    """Return the standardised state of each panel row's slot `ahead` months later."""
    panel = draft.truth.panel
    dense = panel.dynamics
    state = sum(
        (weight * panel.here(getattr(dense, name), -ahead) for name, weight in WEIGHTS.items()),
        np.zeros(panel.month.size),
    )
    return np.asarray(state / np.sqrt(sum(weight**2 for weight in WEIGHTS.values())), dtype=np.float64)


def _mixed(health: Floats, noise: Floats) -> Floats:
    return np.asarray(WEIGHT * health + np.sqrt(1 - WEIGHT**2) * noise)


def measure(frame: pd.DataFrame, key: PlantKey) -> dict[str, float]:
    """Measure the score's AUC on mature rows and its correlation with its companion of the same month."""
    score = _score(frame, key)
    final = months_of(frame) <= LAST_MATURE_MONTH
    return {
        "auc": statistics.auc(score[final], frame[LABEL][final]),
        "correlation": statistics.correlation(score, frame[key.parameters["with"]]),
    }


def present(frame: pd.DataFrame, key: PlantKey) -> bool:
    """See whether the score follows its companion's next month more than its own month."""
    same, coming = lead_lag(some_customers(frame), key)
    return coming >= FAINT and coming >= same + LEAD


def lead_lag(frame: pd.DataFrame, key: PlantKey) -> tuple[float, float]:
    """Return the size of the score's correlation with this month's and with next month's companion.

    Both over the rows that have a next month, or those who leave would be in one of them only.
    """
    score = _score(frame, key)
    now = frame[key.parameters["with"]].to_numpy(dtype=np.float64)
    (following,) = neighbours(frame, now, 1)
    known = ~np.isnan(following)
    return (
        abs(statistics.correlation(score[known], now[known])),
        abs(statistics.correlation(score[known], following[known])),
    )


def _score(frame: pd.DataFrame, key: PlantKey) -> Floats:
    name = key.columns[0] if key.columns[0] in frame else key.parameters["replaces"]
    return frame[name].to_numpy(dtype=np.float64)


PLANT = Plant(
    kind=KIND,
    family="leakage",
    tier="H",
    apply=apply,
    measure=measure,
    present=present,
    choices=tuple(f"{guise}={companion}" for guise in GUISES for companion in COMPANIONS),
    stage=1,
    own_column=True,
    touches=lambda place, c: frozenset({place.host, place.slice[1]}),
)
