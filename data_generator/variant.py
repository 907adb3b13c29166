"""Seed, row count and blueprint → a variant: truth, issued data, replay, and every plant's key entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.blueprint import DEFAULT, Blueprint, load_blueprint
from data_generator.decoys.catalogue import decoys_by_id
from data_generator.errors import PlantError, SpecError
from data_generator.key import DecoyKey, PlantKey
from data_generator.planner import Plan, hazard_changes, plan
from data_generator.plants.draft import Draft, Note, months_of
from data_generator.plants.duplicate_rows import KIND as DUPLICATES
from data_generator.plants.duplicate_rows import copies
from data_generator.plants.plant import Plant
from data_generator.plants.registry import plants_by_kind, with_statistics
from data_generator.schema import FEATURES, Column
from data_generator.selection import rows_needed, without_gaps
from data_generator.streams import stream
from data_generator.world.coefficients import Coefficients, draw_coefficients
from data_generator.world.hazard import HazardChange
from data_generator.world.truth import Truth, make_truth

MINIMUM_ROWS = 2_000
LOWEST_RATE, HIGHEST_RATE = 0.974, 1.062  # issued label rate over that of a world without defects
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Design:
    """What a variant is made from before any row exists: the world's coefficients and the placements."""

    seed: int
    coefficients: Coefficients
    plan: Plan
    plants: dict[str, Plant]

    @property
    def hazard_factor(self) -> float:
        """The factor of the hazard that keeps the issued label rate inside its band, whatever the plants do to it.

        Hardly above 1: a higher hazard at scoring would let blind calling pay.
        """
        effect = sum(self.plants[kind].prevalence for kind in self.plan.plants)
        issued = 1 + effect
        return float(np.clip(issued, LOWEST_RATE, HIGHEST_RATE) / issued)


@dataclass(frozen=True)
class Variant:
    """A finished variant; `public` is in the issued order, `replay` has `true_probability`.

    `twin` is the same world without any plant, hazard plants included: the null of every statistic. `truth` is
    the world that the issued rows come from. `strengths` are the settled strengths by plant, and
    `unmeasurable` names the plants that this few rows do not show by their own statistic.
    """

    seed: int
    rows: int
    truth: Truth
    twin: pd.DataFrame
    public: pd.DataFrame
    replay: pd.DataFrame
    columns: tuple[Column, ...]
    plants: tuple[PlantKey, ...]
    decoys: tuple[DecoyKey, ...]
    notes: tuple[Note, ...]
    strengths: Mapping[str, float]
    unmeasurable: tuple[str, ...]


def make_design(seed: int, blueprint: Blueprint | None = None) -> Design:
    """Draw the coefficients and placements of a seed; SpecError for a negative seed or an impossible blueprint."""
    if seed < 0:
        raise SpecError(f"seed: found {seed}, expected a non-negative integer")
    plants, decoys = plants_by_kind(), decoys_by_id()
    coefficients = draw_coefficients(seed)
    placements = plan(seed, coefficients, blueprint or load_blueprint(DEFAULT), plants, decoys)
    for name, decoy in decoys.items():
        if name not in placements.decoys:
            coefficients = decoy.absent(coefficients)
    return Design(seed, coefficients, placements, plants)


def make_variant(
    seed: int,
    rows: int,
    progress: Progress = lambda stage: None,
    blueprint: Blueprint | None = None,
) -> Variant:
    """Make the variant of a seed with exactly `rows` issued rows, copies included.

    Raises SpecError for a negative seed, fewer than 2,000 rows or an impossible blueprint.
    """
    return build(make_design(seed, blueprint), rows, progress)


def build(
    design: Design,
    rows: int,
    progress: Progress = lambda stage: None,
    shard: int = 0,
    strengths: Mapping[str, float] | None = None,
) -> Variant:
    """Make the variant of a design with exactly `rows` issued rows; SpecError for fewer than 2,000.

    Shards of a design share no customer; the later ones take the `strengths` that the first has settled, and
    their `twin` is the changed world, because nulls are measured on the first alone.
    """
    if rows < MINIMUM_ROWS:
        raise SpecError(
            f"rows: found {rows}, expected at least {MINIMUM_ROWS}; with fewer the defects cannot be measured"
        )
    seed, placements, plants = design.seed, design.plan, design.plants
    wanted = rows - (sum(copies(rows).values()) if DUPLICATES in placements.plants else 0)
    changes = hazard_changes(placements, plants, design.coefficients)
    needed = rows_needed(wanted, design.plan, plants)

    def world(changes: tuple[HazardChange, ...]) -> Truth:
        return make_truth(seed, needed, changes, design.hazard_factor, shard, design.coefficients)

    changed = world(changes)
    # Nulls come from the first shard alone, so the later ones need no world without the changes.
    clean = world(()) if changes and shard == 0 else changed
    truth = without_gaps(changed, wanted, design.plan, plants)
    progress("world")
    draft = Draft(truth, truth.twin, truth.replay, FEATURES, rows, strengths=strengths or {})
    decoys: list[DecoyKey] = []
    catalogue = decoys_by_id()
    for name, place in placements.decoys.items():
        draft, entry = catalogue[name].apply(draft, place)
        decoys.append(entry)
    keys: list[PlantKey] = []
    for kind in sorted(placements.plants, key=lambda kind: plants[kind].stage):
        draft, key = plants[kind].apply(draft, placements.plants[kind])
        keys.append(key)
    # Copies fall in a random order so that the later one of a pair is not always the copy.
    public = _by_key(
        draft.ordered(draft.public), stream(seed, "order", shard).random(len(draft.public)), draft.order
    )
    replay = _by_key(draft.ordered(draft.replay), np.zeros(len(draft.replay)))
    twin = clean.twin if shard == 0 else None
    keys = [with_statistics(plants[key.kind], key, public, twin) for key in keys]
    if len(public) != rows:
        raise PlantError(f"rows: made {len(public)} instead of {rows}")
    unmeasurable = tuple(
        key.kind
        for key in (keys if shard == 0 else ())
        if not plants[key.kind].present(public, key)
        or (not key.inherent and plants[key.kind].present(clean.twin, key))
    )
    progress("plants")
    return Variant(
        seed=seed,
        rows=rows,
        truth=truth,
        twin=clean.twin,
        public=public,
        replay=replay,
        columns=draft.columns,
        plants=tuple(keys),
        decoys=tuple(decoys),
        notes=draft.notes,
        strengths=draft.strengths,
        unmeasurable=unmeasurable,
    )


def _by_key(
    frame: pd.DataFrame, tie: npt.NDArray[np.float64], within: npt.NDArray[np.generic] | None = None
) -> pd.DataFrame:
    """Return the rows by month and, within it, by customer or another value; rows alike in both by `tie`."""
    month = months_of(frame).astype(np.uint8)
    value = frame["customer_id"].to_numpy() if within is None else within
    by_month = np.argsort(month, kind="stable")
    parts = np.split(by_month, np.cumsum(np.bincount(month))[:-1])
    order = np.concatenate([rows[np.argsort(value[rows])] for rows in parts])
    first = np.append(True, (value[order][1:] != value[order][:-1]) | (month[order][1:] != month[order][:-1]))
    alike = np.flatnonzero(~first | ~np.append(first[1:], True))
    shared = order[alike]
    order[alike] = shared[np.lexsort((tie[shared], np.cumsum(first)[alike]))]
    return frame.iloc[order].reset_index(drop=True)
