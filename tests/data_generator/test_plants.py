"""Plants of one variant keep out of each other's way, and no two variants are alike."""

from __future__ import annotations

from data_generator.orthogonality import families
from data_generator.plants.registry import SHIPPED
from data_generator.variant import make_design

SEEDS = 60


def test_hosts_and_months_rotate() -> None:
    """No two variants agree in all places, and each kind of defect that has a choice shows up in several."""
    plans = [make_design(seed).plan.plants for seed in range(SEEDS)]
    alike = {tuple((kind, p.host, p.choice, p.first) for kind, p in places.items()) for places in plans}
    assert len(alike) == SEEDS
    for plant in SHIPPED:
        seen = [places[plant.kind] for places in plans if plant.kind in places]
        if len(seen) >= 10 and (plant.hosts or plant.choices):
            assert len({(p.host, p.choice, p.first) for p in seen}) >= 2, plant.kind


def test_no_two_plants_touch_a_family_of_columns() -> None:
    """A unit change of usage would make a look-ahead in its mean impossible to recompute."""
    for seed in range(SEEDS):
        design = make_design(seed)
        taken: set[str] = set()
        for kind, place in design.plan.plants.items():
            touched = families(design.plants[kind].touches(place, design.coefficients))
            assert not taken & touched, (seed, kind)
            taken |= touched
