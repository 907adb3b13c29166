"""What all leaks share: their key entry, a column of their own, and a target that later copies do not spoil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, LAST_MATURE_MONTH, month_name
from data_generator.plants.draft import Draft, months_of
from data_generator.plants.duplicate_rows import copies
from data_generator.schema import LABEL, Column, Kind, replace_column
from data_generator.streams import stream

Mask = npt.NDArray[np.bool_]
EQUIVALENTS = ("target_leakage", "data_leakage", "temporal_leakage", "leakage", "future_information")


@dataclass(frozen=True)
class Leak:
    """What a key entry says of a leak; `rows` masks the public rows whose value knows the outcome."""

    kind: str
    columns: list[str]
    tier: Literal["E", "M", "H"]
    rows: Mask
    summary: str
    at_scoring: Literal["null", "honest", "continues"] = "honest"
    severity: int = 3
    seeded: bool = False
    equivalents: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Guise:
    """Under which name, with which source and meaning a leak's own column appears."""

    column: str
    block: str
    unit: str
    source: str
    recorded: str
    meaning: str

    def as_column(self, kind: Kind = "real", decimals: int = 0) -> Column:
        """Return the column as the data dictionary describes it."""
        return Column(
            self.column, self.block, kind, self.unit, self.source, self.recorded, self.meaning, decimals
        )


def leak_key(draft: Draft, leak: Leak) -> PlantKey:
    """Return the key entry of a leak, which concerns all issued months."""
    return PlantKey(
        id=leak.kind,
        family="leakage",
        kind=leak.kind,
        columns=leak.columns,
        months=months_range(month_name(0), month_name(EXTRACTION_MONTH)),
        severity=leak.severity,
        tier=leak.tier,
        inherent=False,
        seeded=leak.seeded,
        equivalents=[*EQUIVALENTS, *leak.equivalents],
        affected_rows=affected_rows(draft.public, leak.rows),
        at_scoring=leak.at_scoring,
        parameters=dict(leak.parameters),
        summary=leak.summary,
    )


def with_own_column(
    draft: Draft, reserve: str, column: Column, public: npt.NDArray[Any], replay: npt.NDArray[Any]
) -> Draft:
    """Return the draft with `column` in the place of a reserve column."""
    draft = replace(draft, columns=replace_column(draft.columns, reserve, column))
    return draft.with_public(column.name, public).with_replay(column.name, replay)


def ranked_by_own_column(frame: pd.DataFrame, key: PlantKey) -> tuple[pd.Series, pd.Series]:
    """Return the key's column and the label on mature rows; on the twin the reserve column in its place."""
    column = key.columns[0] if key.columns[0] in frame else key.parameters["replaces"]
    final = months_of(frame) <= LAST_MATURE_MONTH
    return frame[column][final], frame[LABEL][final]


def with_text(draft: Draft, name: str, meaning: str = "", recorded: str = "") -> Draft:
    """Return the draft whose dictionary says something else of a column."""
    old = next(column for column in draft.columns if column.name == name)
    new = replace(old, meaning=meaning or old.meaning, recorded=recorded or old.recorded)
    return replace(draft, columns=replace_column(draft.columns, name, new))


def mature(draft: Draft) -> Mask:
    """Mask the public rows whose label is complete."""
    return draft.month <= LAST_MATURE_MONTH


def churners(draft: Draft) -> Mask:
    """Mask the public rows whose label, as it stands, says that the customer leaves."""
    return np.asarray(draft.public[LABEL].to_numpy() == 1)


def auc_before_copies(draft: Draft, target: float) -> float:
    """Return the AUC to aim at so that it is `target` once copies with contradicting labels are added.

    Where a share a of the positives has the values of negatives and a share b of the negatives those of
    positives, the distance of the AUC from one half shrinks by the factor 1 − a − b.
    """
    if draft.rows <= len(draft.public):
        return target
    half = copies(draft.rows)["conflicting"] / 2
    positives = float(np.count_nonzero(churners(draft) & mature(draft)))
    negatives = float(np.count_nonzero(mature(draft))) - positives
    kept = 1 - half / (positives + half) - half / (negatives + half)
    return 0.5 + (target - 0.5) / kept


def auc_tolerance(draft: Draft) -> float:
    """Return how near to its target an AUC can be set: one customer, with up to three churning rows, moves it."""
    return 0.001 + 2.0 / max(float(np.count_nonzero(churners(draft) & mature(draft))), 1.0)


def choice_stream(draft: Draft, kind: str) -> np.random.Generator:
    """Return the stream of what is drawn once for the whole data set."""
    return stream(draft.truth.seed, kind)


def customer_stream(draft: Draft, kind: str) -> np.random.Generator:
    """Return the stream of what is drawn for customers and rows."""
    return stream(draft.truth.seed, f"{kind}:customers", draft.truth.shard)


def pool_size(draft: Draft) -> int:
    """Return how many customers the world knows; `panel.customer` counts them from 0."""
    return int(draft.truth.panel.dynamics.customers.quality.size)
