"""What is searched: a frame with its true probabilities, and what the key declares about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.key import Months, PlantKey
from data_generator.months import LAST_MATURE_MONTH, PUBLIC_MONTHS, month_index
from data_generator.plants.draft import months_of
from data_generator.plants.slices import rows_where
from data_generator.schema import FEATURES, KEYS, LABEL, Column, feature_names
from data_generator.variant import Variant
from data_generator.world.probability import true_probability

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LABEL_KINDS = ("label_definition", "label_noise_slice")
GAP_KINDS = ("selection_gap",)


@dataclass(frozen=True)
class Declared:
    """What the key says is wrong, so that the search leaves it alone."""

    plants: tuple[PlantKey, ...] = ()
    decoys: tuple[tuple[frozenset[str], Months | None], ...] = ()

    @cached_property
    def leaks(self) -> frozenset[str]:
        """Columns that are declared to know the outcome."""
        return frozenset(c for plant in self.plants if plant.family == "leakage" for c in plant.columns)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Feature columns that any plant or decoy touches."""
        touched = {c for plant in self.plants if not plant.inherent for c in plant.columns}
        near = {str(p.parameters["near_column"]) for p in self.plants if "near_column" in p.parameters}
        return frozenset(touched | near | {c for columns, _ in self.decoys for c in columns})

    def holds(self, kind: str) -> bool:
        """Return whether a kind of plant is declared."""
        return any(plant.kind == kind for plant in self.plants)

    def months(self, column: str) -> Mask:
        """Return the public months in which a column is declared to be touched."""
        mask = np.zeros(PUBLIC_MONTHS, dtype=bool)
        for columns, months in (
            *((frozenset(p.columns), p.months) for p in self.plants if not p.inherent),
            *self.decoys,
        ):
            if column in columns:
                mask |= month_mask(months)
        return mask


@dataclass(frozen=True)
class Exhibit:
    """A frame in its order, with the true probability of every row.

    `residual` is the complete label minus that probability: its expectation is 0 given all that was known at
    the snapshot, whatever the column. NaN where the label is incomplete or declared to be wrong.
    """

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    probability: Floats
    residual: Floats
    declared: Declared
    ranks: dict[str, Floats] = field(default_factory=dict)
    """Ranks by column once they were asked for; see `aspects.column_ranks`."""

    @cached_property
    def month(self) -> Integers:
        """Month index of each row."""
        return months_of(self.frame)

    @cached_property
    def customer(self) -> Integers:
        """Customers numbered from 0 in the order of their ids."""
        return np.asarray(np.unique(self.frame["customer_id"].to_numpy(), return_inverse=True)[1])

    @cached_property
    def first(self) -> Mask:
        """Rows that are the first of their customer-month."""
        return ~self.frame.duplicated(list(KEYS)).to_numpy()

    @cached_property
    def judged(self) -> Mask:
        """Rows on which prediction of the label is tested."""
        return self.first & np.isfinite(self.residual)

    @cached_property
    def histories(self) -> tuple[Integers, Mask]:
        """The order of the rows by customer and month, and which of these follow the month right before."""
        order = np.lexsort((self.month, self.customer))
        who, month = self.customer[order], self.month[order]
        follows = np.append(False, (who[1:] == who[:-1]) & (month[1:] - month[:-1] == 1))
        return order, follows

    @property
    def names(self) -> list[str]:
        """Feature columns in the order of the file."""
        return feature_names(self.columns)


def world_exhibit(variant: Variant) -> Exhibit:
    """Return the clean world of a variant: complete labels, nothing declared but rows that were never recorded."""
    truth, gaps = variant.truth, tuple(p for p in variant.plants if p.kind in GAP_KINDS)
    rows = truth.public_rows
    p = true_probability(truth.panel, rows)
    return Exhibit("world", truth.twin, FEATURES, p, truth.panel.label()[rows] - p, Declared(gaps))


def issued_exhibit(variant: Variant) -> Exhibit:
    """Return the issued rows of a variant with all that its key declares."""
    truth, public = variant.truth, variant.public
    declared = Declared(
        variant.plants, tuple((frozenset(decoy.columns), decoy.months) for decoy in variant.decoys)
    )
    origin = origins(variant)
    p = true_probability(truth.panel, truth.public_rows)[origin]
    label = public[LABEL].to_numpy(dtype=np.float64)
    # Leaving contradicted rows out would leave out leavers above all, so they are judged by the clean label.
    clean = truth.twin[LABEL].to_numpy(dtype=np.float64)[origin]
    label = np.where(contradicted(public), clean, label)
    trusted = months_of(public) <= LAST_MATURE_MONTH
    for plant in variant.plants:
        if plant.kind in LABEL_KINDS:
            trusted &= ~rows_of(public, plant)
    residual = np.where(trusted, label - p, np.nan)
    return Exhibit("issued", public, variant.columns, p, residual, declared)


def origins(variant: Variant) -> Integers:
    """Return the clean row that each issued row comes from; ValueError where one comes from none."""
    clean, public = variant.truth.twin, variant.public
    keys = pd.MultiIndex.from_arrays([clean["customer_id"], months_of(clean)])
    found = np.asarray(
        keys.get_indexer(pd.MultiIndex.from_arrays([public["customer_id"], months_of(public)]))
    )
    lost = np.flatnonzero(found < 0)
    if lost.size:  # an identifier that was declared to change: the rest of the row tells whose it is
        touched = {c for plant in variant.plants for c in plant.columns} | {"customer_id", LABEL}
        touched |= {str(p.parameters["near_column"]) for p in variant.plants if "near_column" in p.parameters}
        touched |= {c for decoy in variant.decoys for c in decoy.columns}
        touched -= {"snapshot_month"}  # a part of the key of copies and of the order, never changed
        same = [c for c in clean.columns if c in public.columns and c not in touched]
        index = pd.Index(pd.util.hash_pandas_object(clean[same].astype({"snapshot_month": str}), index=False))
        left = public.iloc[lost][same].astype({"snapshot_month": str})
        wanted = pd.Index(pd.util.hash_pandas_object(left, index=False))
        unique = ~index.duplicated(keep=False)
        found[lost] = np.where(
            (at := index[unique].get_indexer(wanted)) >= 0, np.flatnonzero(unique)[np.maximum(at, 0)], -1
        )
    if (found < 0).any():
        raise ValueError(f"{int((found < 0).sum())} issued rows have no counterpart in the clean world")
    return found


def contradicted(frame: pd.DataFrame) -> Mask:
    """Mask the rows of customer-months that were issued with more than one label."""
    copied = frame.duplicated(list(KEYS), keep=False).to_numpy()
    mask = np.zeros(len(frame), dtype=bool)
    labels = frame[copied].groupby(list(KEYS), observed=True)[LABEL].transform("nunique")
    mask[np.flatnonzero(copied)] = labels.to_numpy() > 1
    return mask


def rows_of(frame: pd.DataFrame, plant: PlantKey) -> Mask:
    """Mask the rows in the months and the slice that a plant's key names."""
    months = plant.label_months or plant.months
    mask = month_mask(months)[months_of(frame)]
    return np.asarray(mask & rows_where(frame, plant.parameters.get("where", {})))


def month_mask(months: Months | None) -> Mask:
    """Return which public months a range covers; all of them without one."""
    index = np.arange(PUBLIC_MONTHS)
    if months is None:
        return np.ones(PUBLIC_MONTHS, dtype=bool)
    return np.asarray((index >= month_index(months.first)) & (index <= month_index(months.last)))
