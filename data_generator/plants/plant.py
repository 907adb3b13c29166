"""What a plant is: where it may go, how it is made, measured, seen and repaired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import PlantKey
from data_generator.plants.draft import Draft, Placement
from data_generator.world.coefficients import Coefficients
from data_generator.world.hazard import HazardChange
from data_generator.world.truth import Truth

Family = Literal["leakage", "change", "quality"]
Tier = Literal["E", "M", "H"]
Mask = npt.NDArray[np.bool_]


def _nothing_changes(place: Placement, coefficients: Coefficients) -> tuple[HazardChange, ...]:
    return ()


def _as_it_is(frame: pd.DataFrame, key: PlantKey) -> pd.DataFrame:
    return frame


def _hosts_only(place: Placement, coefficients: Coefficients) -> frozenset[str]:
    return frozenset({place.host} if place.host else ())


@dataclass(frozen=True)
class Plant:
    """A kind of defect.

    `hosts` and `choices` are exchangeable classes the planner draws from (a choice `column=level` names a
    slice); `onset` and `length` are inclusive ranges of month indices and of months, no length meaning to the
    end of the data. `touches` returns every column a placement uses, slices included: no two plants or decoys
    of a variant touch a common family of columns. `stage` orders the making: 0 label, 1 leaks, 2 changes and
    quality, 3 rows, 4 order.

    `hazard` acts inside the world; `gap` returns the rows of the clean world that were never recorded and
    `gap_share` about which share of all rows that is; both before anything else is planted.
    `repair` undoes the values in issued or scoring rows, `unfit` masks issued rows that honest work leaves
    out of training. `prevalence` is the relative change of the mature label rate that the plant causes.
    `own_column` says that it takes the place of a reserve column.
    """

    kind: str
    family: Family
    tier: Tier
    apply: Callable[[Draft, Placement], tuple[Draft, PlantKey]]
    measure: Callable[[pd.DataFrame, PlantKey], dict[str, float]]
    present: Callable[[pd.DataFrame, PlantKey], bool]
    hosts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    onset: tuple[int, int] = (0, 0)
    length: tuple[int, int] | None = None
    stage: int = 2
    seeded: bool = False
    inherent: bool = False
    own_column: bool = False
    touches: Callable[[Placement, Coefficients], frozenset[str]] = _hosts_only
    hazard: Callable[[Placement, Coefficients], tuple[HazardChange, ...]] = _nothing_changes
    gap: Callable[[Truth, Placement], Mask] | None = None
    gap_share: Callable[[Placement], float] | None = None
    repair: Callable[[pd.DataFrame, PlantKey], pd.DataFrame] = _as_it_is
    unfit: Callable[[pd.DataFrame, PlantKey], Mask] | None = None
    prevalence: float = 0.0
