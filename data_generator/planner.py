"""Which defect goes where: kinds, hosts, months and guises drawn per seed inside exchangeable classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from data_generator.blueprint import SEEDED, Blueprint
from data_generator.decoys.decoy import Decoy
from data_generator.errors import SpecError
from data_generator.months import EXTRACTION_MONTH
from data_generator.orthogonality import exclusive, families
from data_generator.plants.draft import Placement
from data_generator.plants.plant import Plant
from data_generator.schema import RESERVE
from data_generator.streams import stream
from data_generator.world.coefficients import Coefficients
from data_generator.world.hazard import HazardChange

ATTEMPTS = 200
T = TypeVar("T", Plant, Decoy)


@dataclass(frozen=True)
class Plan:
    """Placements by kind of plant and by id of decoy."""

    plants: dict[str, Placement]
    decoys: dict[str, Placement]


def plan(
    seed: int,
    c: Coefficients,
    blueprint: Blueprint,
    plants: dict[str, Plant],
    decoys: dict[str, Decoy],
) -> Plan:
    """Return the placements of a variant; no two touch a common family of columns, no exclusive kinds meet.

    Raises SpecError where the blueprint asks for more than the kinds and columns allow.
    """
    rng = stream(seed, "plan:slots")
    slots, decoy_slots = blueprint.slots(rng), blueprint.decoy_slots(rng)
    trouble = ""
    for attempt in range(ATTEMPTS):
        try:
            return _draw(seed, attempt, c, slots, decoy_slots, plants, decoys)
        except _DeadEndError as dead_end:
            trouble = str(dead_end)
    raise SpecError(f"blueprint: {trouble}; expected fewer plants or decoys")


class _DeadEndError(Exception):
    """This order of drawing leaves no room; another may."""


def _draw(
    seed: int,
    attempt: int,
    c: Coefficients,
    slots: list[tuple[str, frozenset[str]]],
    decoy_slots: list[str],
    plants: dict[str, Plant],
    decoys: dict[str, Decoy],
) -> Plan:
    taken: frozenset[str] = frozenset()
    placed: dict[str, Placement] = {}
    harmless: dict[str, Placement] = {}

    def settle(entry: Plant | Decoy, name: str) -> Placement | None:
        nonlocal taken
        place = placement(stream(seed, f"plan:{attempt}:{name}"), entry, c, taken)
        if place is not None:
            taken |= _claims(entry, place, c)
        return place

    rng = stream(seed, f"plan:{attempt}")
    mimicked: set[str] = set()
    for decoy in (d for d in decoys.values() if d.always):
        place = settle(decoy, decoy.id)
        if place is None:
            raise _DeadEndError(f"found no room for {decoy.id}")
        harmless[decoy.id] = place
    for wanted in decoy_slots:
        free = [d for d in decoys.values() if d.family == wanted and d.id not in harmless]
        chosen = _first(rng, free, lambda d: settle(d, d.id))
        if chosen is None:
            raise _DeadEndError(f"found no room for another decoy of family {wanted}")
        harmless[chosen[0].id] = chosen[1]
        mimicked.add(chosen[0].fires)
    # In random order, so that no kind is always the one that another has left no room for.
    for wanted, tiers in (slots[int(index)] for index in rng.permutation(len(slots))):
        fit = [
            plant
            for plant in plants.values()
            if plant.family == wanted
            and not plant.inherent
            and (plant.seeded if SEEDED in tiers else plant.tier in tiers and not plant.seeded)
            and plant.kind not in placed
            and not exclusive(plant.kind, set(placed))
        ]
        # Kinds without a decoy first, or whoever keeps the strongest sign of each kind would avoid every decoy.
        found = None
        for doubled in (False, True):
            found = found or _first(
                rng, [p for p in fit if (p.kind in mimicked) is doubled], lambda p: settle(p, p.kind)
            )
        if found is None:
            raise _DeadEndError(f"found no room for another {wanted} of tier {'|'.join(sorted(tiers))}")
        placed[found[0].kind] = found[1]
    inherent = {kind: Placement() for kind, plant in plants.items() if plant.inherent}
    every = placed | inherent
    return Plan({kind: every[kind] for kind in plants if kind in every}, harmless)


def _first(
    rng: np.random.Generator, entries: list[T], settle: Callable[[T], Placement | None]
) -> tuple[T, Placement] | None:
    for index in rng.permutation(len(entries)):
        place = settle(entries[int(index)])
        if place is not None:
            return entries[int(index)], place
    return None


def placement(
    rng: np.random.Generator, entry: Plant | Decoy, c: Coefficients, taken: frozenset[str]
) -> Placement | None:
    """Return a placement whose columns are all free, drawn evenly from those that are; None where none is."""
    hosts = RESERVE if entry.own_column else entry.hosts or ("",)
    first = int(rng.integers(entry.onset[0], entry.onset[1] + 1))
    length = entry.length if isinstance(entry, Plant) else None
    last = EXTRACTION_MONTH if length is None else first + int(rng.integers(length[0], length[1] + 1)) - 1
    options = [
        Placement(host, first, choice, min(last, EXTRACTION_MONTH))
        for host in hosts
        for choice in entry.choices or ("",)
    ]
    free = [p for p in options if not _claims(entry, p, c) & taken]
    return free[int(rng.integers(len(free)))] if free else None


def _claims(entry: Plant | Decoy, place: Placement, c: Coefficients) -> frozenset[str]:
    """Return what nobody else may have: the families of the columns, and the name of a column of its own."""
    own = {place.choice} if entry.own_column else set()
    return families(entry.touches(place, c)) | own


def hazard_changes(plan: Plan, plants: dict[str, Plant], c: Coefficients) -> tuple[HazardChange, ...]:
    """Return what the plan's plants change inside the hazard."""
    return tuple(change for kind, place in plan.plants.items() for change in plants[kind].hazard(place, c))
