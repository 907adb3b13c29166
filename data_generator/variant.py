"""Seed and row count → a variant: clean truth, issued data, replay, and every plant's key entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.decoys import announced_change, seasonal_dip, strong_predictor
from data_generator.errors import SpecError
from data_generator.key import DecoyKey, PlantKey
from data_generator.planner import plan
from data_generator.plants.draft import Draft, Note, months_of
from data_generator.plants.duplicate_rows import copies
from data_generator.plants.registry import PLANTS, with_statistics
from data_generator.schema import FEATURES, Column
from data_generator.streams import stream
from data_generator.world.truth import Truth, make_truth

MINIMUM_ROWS = 2_000
Progress = Callable[[str], None]
DECOYS = (seasonal_dip.announce, strong_predictor.announce, announced_change.apply)


@dataclass(frozen=True)
class Variant:
    """A finished variant; `public` is in the issued order (month, customer), `replay` has `true_probability`."""

    seed: int
    rows: int
    truth: Truth
    public: pd.DataFrame
    replay: pd.DataFrame
    columns: tuple[Column, ...]
    plants: tuple[PlantKey, ...]
    decoys: tuple[DecoyKey, ...]
    notes: tuple[Note, ...]


def make_variant(seed: int, rows: int, progress: Progress = lambda stage: None) -> Variant:
    """Make the variant of a seed with exactly `rows` issued rows, duplicates included.

    Raises SpecError for a negative seed or fewer than 2,000 rows.
    """
    if seed < 0:
        raise SpecError(f"seed: found {seed}, expected a non-negative integer")
    if rows < MINIMUM_ROWS:
        raise SpecError(
            f"rows: found {rows}, expected at least {MINIMUM_ROWS}; with fewer the defects cannot be measured"
        )
    truth = make_truth(seed, rows - sum(copies(rows).values()))
    progress("world")
    draft = Draft(truth, truth.twin, truth.replay, FEATURES, rows)
    places = plan(seed, truth.coefficients)
    decoys: list[DecoyKey] = []
    for decoy in DECOYS:
        draft, entry = decoy(draft)
        decoys.append(entry)
    keys: list[PlantKey] = []
    for kind, plant in PLANTS.items():
        draft, key = plant.apply(draft, places[kind])
        keys.append(key)
    # Copies fall in a random order so that the later one of a pair is not always the copy.
    public = _by_key(draft.ordered(draft.public), stream(seed, "order").random(len(draft.public)))
    replay = _by_key(draft.ordered(draft.replay), np.zeros(len(draft.replay)))
    keys = [with_statistics(key, public, truth.twin) for key in keys]
    progress("plants")
    return Variant(seed, rows, truth, public, replay, draft.columns, tuple(keys), tuple(decoys), draft.notes)


def _by_key(frame: pd.DataFrame, tie: npt.NDArray[np.float64]) -> pd.DataFrame:
    import numpy as np

    order = np.lexsort((tie, frame["customer_id"].to_numpy(), months_of(frame)))
    return frame.iloc[order].reset_index(drop=True)
