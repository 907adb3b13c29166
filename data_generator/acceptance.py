"""The bands that an issued variant lies in, so that every candidate gets an equally hard one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_generator.months import LAST_MATURE_MONTH
from data_generator.plants.draft import months_of
from data_generator.schema import LABEL
from data_generator.variant import Variant
from data_generator.yardstick import Measured

REFERENCE_ROWS = 200_000
MINIMUM_ROWS = 20_000
MAXIMUM_ROWS = 1_000_000  # one variant is measured in memory
LEAST_FLATTERY = 3.0  # PR-AUC of the naive random split over its PR-AUC on the replay
LEAST_BLIND_COST = 0.10  # share of the attainable profit lost by filling the call list


@dataclass(frozen=True)
class Band:
    """Where a figure of `REFERENCE_ROWS` rows lies, and the standard deviation of chance in it."""

    name: str
    low: float
    high: float
    chance: float

    def objection(self, value: float, rows: int) -> str | None:
        """Return what is wrong with a value, or None; fewer rows widen the band by three times their chance."""
        wider = 3 * self.chance * max(0.0, float(np.sqrt(REFERENCE_ROWS / rows)) - 1)
        if self.low - wider <= value <= self.high + wider:
            return None
        return f"{self.name} {value:.4f}, expected {self.low - wider:.4f} to {self.high + wider:.4f}"


PREVALENCE = Band("churn rate of mature months", 0.058, 0.066, 0.0008)
TWIN_PREVALENCE = Band("churn rate of mature months without defects", 0.058, 0.066, 0.0008)
ROC_AUC = Band("ROC-AUC of the yardstick on the replay", 0.78, 0.84, 0.005)
PR_AUC = Band("PR-AUC of the yardstick on the replay", 0.22, 0.30, 0.010)


def objections_to_data(variant: Variant) -> list[str]:
    """Return why a variant is not to be issued, as far as its data tells; empty where it may be."""
    found = [
        PREVALENCE.objection(_mature_rate(variant.public), variant.rows),
        TWIN_PREVALENCE.objection(_mature_rate(variant.twin), variant.rows),
    ]
    found += [f"{kind} does not show by its own statistic" for kind in variant.unmeasurable]
    return [text for text in found if text is not None]


def objections_to_models(variant: Variant, measured: Measured) -> list[str]:
    """Return why a variant is not to be issued, as far as models tell; empty where it may be."""
    replay = measured.reference.replay
    found = [
        ROC_AUC.objection(replay.roc_auc, variant.rows),
        PR_AUC.objection(replay.pr_auc, variant.rows),
    ]
    flattery = measured.naive.random_split_pr_auc / measured.naive.replay_pr_auc
    if flattery < LEAST_FLATTERY:
        found.append(f"naive random split over replay {flattery:.2f}, expected at least {LEAST_FLATTERY}")
    if measured.blind_cost < LEAST_BLIND_COST:
        found.append(
            f"filling the call list costs {measured.blind_cost:.1%} of the attainable profit, "
            f"expected at least {LEAST_BLIND_COST:.0%}"
        )
    return [text for text in found if text is not None]


def _mature_rate(frame: pd.DataFrame) -> float:
    return float(frame[LABEL][months_of(frame) <= LAST_MATURE_MONTH].mean())
