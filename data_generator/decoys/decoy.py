"""What a decoy is: something that trips a detector and is no defect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from data_generator.key import AffectedRows, DecoyKey, Months, PlantKey
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Family, Plant
from data_generator.schema import replace_column
from data_generator.world.coefficients import Coefficients

# Kinds under which a legitimate column is reported as one that knows the outcome.
LEAKAGE_TRAPS = (
    "post_outcome_column",
    "look_ahead_window",
    "extraction_time_counter",
    "target_encoded_index",
    "leaky_missingness",
    "overwritten_dimension",
    "nightly_score",
    "target_leakage",
    "data_leakage",
    "temporal_leakage",
    "post_outcome_feature",
    "look_ahead_bias",
    "lookahead_leakage",
    "future_information",
)


def _hosts_only(place: Placement, coefficients: Coefficients) -> frozenset[str]:
    return frozenset({place.host} if place.host else ())


def _same_world(coefficients: Coefficients) -> Coefficients:
    return coefficients


@dataclass(frozen=True)
class Decoy:
    """A kind of decoy; hosts, choices, onset, touches and `own_column` as for a plant.

    `fires` names the kind of plant it is mistaken for and `trips` sees it with that plant's own means.
    `always` says that every variant holds it, beside those that a blueprint asks for.
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
    own_column: bool = False
    always: bool = False
    touches: Callable[[Placement, Coefficients], frozenset[str]] = _hosts_only
    absent: Callable[[Coefficients], Coefficients] = _same_world


def described(draft: Draft, name: str, meaning: str) -> Draft:
    """Return the draft whose dictionary gives a column another meaning."""
    column = next(column for column in draft.columns if column.name == name)
    return replace(draft, columns=replace_column(draft.columns, name, replace(column, meaning=meaning)))


def meaning_of(draft: Draft, name: str) -> str:
    """Return what the dictionary says of a column, without the full stop."""
    return next(column.meaning for column in draft.columns if column.name == name).rstrip(".")


def mistaken_for(
    plant: Plant,
    columns: list[str],
    months: Months | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> PlantKey:
    """Return the key entry that would make a plant's own `present` look at a decoy's columns."""
    return PlantKey(
        id=plant.kind,
        family=plant.family,
        kind=plant.kind,
        columns=columns,
        months=months,
        severity=1,
        tier=plant.tier,
        inherent=False,
        seeded=False,
        equivalents=[],
        affected_rows=AffectedRows(count=0, sha256=""),
        at_scoring="honest",
        parameters=dict(parameters or {}),
        summary="",
    )
