"""A bot that runs every detector of this repository over every column, slice and month it may be about.

The detectors are public, so anybody can: a plant is made on a small world of one's own at every place where it
may be, and `present` of that place's key entry is asked about the issued rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd

from data_generator.errors import GeneratorError
from data_generator.key import PlantKey
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.draft import Draft, Placement
from data_generator.plants.plant import Plant
from data_generator.plants.registry import plants_by_kind
from data_generator.schema import FEATURES, RESERVE
from data_generator.variant import Variant
from data_generator.world.coefficients import draw_coefficients
from data_generator.world.truth import make_truth
from grader.evidence.notebook import FindingClaim, StatisticClaim
from tests.validation.audit import INHERENT, claim
from tests.validation.transfer import PUBLISHED

PRACTICE_SEED = 20_250_101
PRACTICE_ROWS = 12_000
ONSETS = 4  # months tried of a plant's range
SAMPLE = 60_000  # issued rows that detectors look at; whole customers


@dataclass(frozen=True)
class Suspicion:
    """A place where a plant may be, as the key entry that says so, and how to look."""

    plant: Plant
    key: PlantKey


def toolbox_bot(variant: Variant) -> tuple[tuple[FindingClaim, ...], tuple[FindingClaim, ...]]:
    """Report every suspicion whose detector says present, and the same with the strongest of each kind alone.

    Quoted statistics are the plant's own, measured on all issued rows, where the brief knows them.
    """
    sample = _sample(variant.public)
    best: dict[tuple[str, tuple[str, ...]], tuple[float, Suspicion]] = {}
    for suspicion in suspicions():
        strength = _strength(suspicion, sample)
        place = (suspicion.key.kind, tuple(suspicion.key.columns))
        if strength is not None and strength > best.get(place, (-1.0, None))[0]:
            best[place] = (strength, suspicion)
    ranked = sorted(best.values(), key=lambda entry: -entry[0])
    findings = [(s.key.kind, _finding(s, variant.public)) for _, s in ranked]
    strongest = dict(reversed(findings))
    return (*INHERENT, *(found for _, found in findings)), (*INHERENT, *strongest.values())


@lru_cache(maxsize=1)
def suspicions() -> tuple[Suspicion, ...]:
    """Return every place of every plant, coarse in the months, as key entries made on a practice world."""
    coefficients = draw_coefficients(PRACTICE_SEED)
    truth = make_truth(PRACTICE_SEED, PRACTICE_ROWS, coefficients=coefficients)
    draft = Draft(truth, truth.twin, truth.replay, FEATURES, PRACTICE_ROWS)
    found = []
    for plant in plants_by_kind().values():
        if plant.inherent:
            continue
        for place in _places(plant):
            try:
                _, key = plant.apply(draft, place)
            except (GeneratorError, ValueError, KeyError, IndexError, StopIteration):
                continue  # not at this place, or not on so few rows
            found.append(Suspicion(plant, key))
    return tuple(found)


def _places(plant: Plant) -> Iterator[Placement]:
    hosts = RESERVE[:1] if plant.own_column else plant.hosts or ("",)
    months = np.unique(np.linspace(*plant.onset, ONSETS).round().astype(int)).tolist()
    lengths = (None,) if plant.length is None else tuple(dict.fromkeys(plant.length))
    for host, choice, first, length in product(hosts, plant.choices or ("",), months, lengths):
        last = EXTRACTION_MONTH if length is None else min(first + length - 1, EXTRACTION_MONTH)
        yield Placement(host, first, choice, last)


def _strength(suspicion: Suspicion, frame: pd.DataFrame) -> float | None:
    """Return how far a detector's first figure is from that on the practice twin; None where it sees nothing."""
    plant, key = suspicion.plant, suspicion.key
    if not set(key.columns) <= set(frame.columns):
        return None
    try:
        if not plant.present(frame, key):
            return None
        return float(max((abs(v) for v in plant.measure(frame, key).values() if np.isfinite(v)), default=0.0))
    except (ValueError, KeyError, IndexError, ZeroDivisionError, TypeError, AssertionError):
        return None


def _finding(suspicion: Suspicion, frame: pd.DataFrame) -> FindingClaim:
    key = suspicion.key
    measured = suspicion.plant.measure(frame, key)
    quoted = next(((n, v) for n, v in measured.items() if n in PUBLISHED and np.isfinite(v)), None)
    windows = {
        name: f"{key.parameters[name]['from']}..{key.parameters[name]['to']}"
        for name in ("reference", "current")
        if isinstance(key.parameters.get(name), dict)
    }
    return claim(
        key.kind,
        *key.columns,
        from_month=key.months.first if key.months else None,
        to_month=key.months.last if key.months else None,
        where={c: tuple(map(str, levels)) for c, levels in key.parameters.get("where", {}).items()},
        statistic=StatisticClaim(name=quoted[0], value=quoted[1], **windows) if quoted else None,
    )


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) <= SAMPLE:
        return frame
    ids = frame["customer_id"].to_numpy()
    chosen = np.random.default_rng(0).random(np.unique(ids).size) < SAMPLE / len(frame)
    return frame[chosen[np.unique(ids, return_inverse=True)[1]]].reset_index(drop=True)
