"""What a decoy is: something that trips a detector and is no defect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from data_generator.key import DecoyKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Family
from data_generator.world.coefficients import Coefficients


def _hosts_only(place: Placement, coefficients: Coefficients) -> frozenset[str]:
    return frozenset({place.host} if place.host else ())


def _same_world(coefficients: Coefficients) -> Coefficients:
    return coefficients


@dataclass(frozen=True)
class Decoy:
    """A kind of decoy; hosts, choices, onset and touches as for a plant.

    `fires` names the kind of plant it is mistaken for and `trips` sees it with that plant's own means.
    `absent` changes the world's coefficients where the variant does not hold the decoy.
    """

    id: str
    family: Family
    fires: str
    apply: Callable[[Draft, Placement], tuple[Draft, DecoyKey]]
    trips: Callable[[pd.DataFrame, DecoyKey], bool]
    hosts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    onset: tuple[int, int] = (0, 0)
    touches: Callable[[Placement, Coefficients], frozenset[str]] = _hosts_only
    absent: Callable[[Coefficients], Coefficients] = _same_world
