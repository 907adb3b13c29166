"""The planner: room for everything asked for, nothing on top of another, and another plan for every seed."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from data_generator.blueprint import Blueprint, load_blueprint
from data_generator.decoys.catalogue import decoys_by_id
from data_generator.errors import SpecError
from data_generator.months import EXTRACTION_MONTH
from data_generator.orthogonality import EXCLUSIVE, families
from data_generator.plants.registry import plants_by_kind
from data_generator.secret import derived_seed, pseudonym
from data_generator.variant import Design, make_design

SEEDS = 120


@pytest.fixture(scope="module", params=["hiring", "practice", "hard"])
def designs(request: pytest.FixtureRequest) -> list[Design]:
    """Return the designs of many seeds under each shipped blueprint."""
    blueprint = load_blueprint(request.param)
    return [make_design(seed, blueprint) for seed in range(SEEDS)]


def test_no_two_touch_a_family_of_columns(designs: list[Design]) -> None:
    """One defect never hides or alters another, nor a look-alike."""
    decoys = decoys_by_id()
    for design in designs:
        c = design.coefficients
        touched = [
            families(design.plants[kind].touches(place, c)) for kind, place in design.plan.plants.items()
        ]
        touched += [families(decoys[name].touches(place, c)) for name, place in design.plan.decoys.items()]
        assert not any(a & b for a, b in itertools.combinations(touched, 2))


def test_no_decoy_bears_the_name_of_a_leak(designs: list[Design]) -> None:
    """A look-alike once got the column name of the leak beside it, and the file two columns of one name."""
    decoys = decoys_by_id()
    for design in designs:
        names = [p.choice for kind, p in design.plan.plants.items() if design.plants[kind].own_column]
        names += [p.choice for name, p in design.plan.decoys.items() if decoys[name].own_column]
        assert len(names) == len(set(names))


def test_exclusive_kinds_never_meet(designs: list[Design]) -> None:
    """The orthogonality table is obeyed."""
    for design in designs:
        assert not any(pair <= set(design.plan.plants) for pair in EXCLUSIVE)


def test_months_are_inside_the_data(designs: list[Design]) -> None:
    """Every placement begins and ends in an issued month."""
    for design in designs:
        for place in (*design.plan.plants.values(), *design.plan.decoys.values()):
            assert 0 <= place.first <= place.last <= EXTRACTION_MONTH


def test_every_world_lists_its_strong_predictor(designs: list[Design]) -> None:
    """A false alarm on it costs in every variant; the inherent facts are there too."""
    for design in designs:
        assert "strong_predictor" in design.plan.decoys
        assert {kind for kind, plant in design.plants.items() if plant.inherent} <= set(design.plan.plants)


def test_every_kind_has_its_turn() -> None:
    """Under the default blueprint each kind of plant and decoy is drawn, none much rarer than its like."""
    plants, drawn, seeds = plants_by_kind(), Counter[str](), 300
    for seed in range(seeds):
        design = make_design(seed)
        drawn.update([kind for kind in design.plan.plants if not plants[kind].inherent])
        drawn.update(list(design.plan.decoys))
    groups: dict[tuple[str, str, bool], list[int]] = {}
    for kind, plant in plants.items():
        if not plant.inherent:
            tier = plant.tier if plant.family == "leakage" or plant.tier == "E" else "M|H"
            groups.setdefault((plant.family, tier, plant.seeded), []).append(drawn[kind])
    for decoy in decoys_by_id().values():
        groups.setdefault((decoy.family, "decoy", decoy.always), []).append(drawn[decoy.id])
    for group, numbers in groups.items():
        assert min(numbers) >= 0.3 * sum(numbers) / len(numbers), f"{group}: {numbers}"


def test_two_hundred_candidates_get_two_hundred_plans() -> None:
    """No two share guises, hosts and months, so that a finding copied from another variant is wrong."""
    secret = bytes(range(32))
    seen: set[tuple[object, ...]] = set()
    leaks: Counter[tuple[str, str]] = Counter()
    for number in range(200):
        design = make_design(derived_seed(secret, pseudonym(secret, f"candidate {number}"), 0))
        kinds = {
            kind: place for kind, place in design.plan.plants.items() if not design.plants[kind].inherent
        }
        seen.add(tuple(sorted((k, p.host, p.choice, p.first, p.last) for k, p in kinds.items())))
        leaks.update((k, p.choice) for k, p in kinds.items() if design.plants[k].seeded)
    assert len(seen) == 200
    assert max(leaks.values()) <= 200 / len(leaks) * 2


def test_the_same_seed_gives_the_same_plan() -> None:
    """Placements depend on the seed alone."""
    assert make_design(12).plan == make_design(12).plan
    assert make_design(12).plan != make_design(13).plan


@pytest.mark.parametrize(
    ("family", "counts", "said"),
    [
        ("leakage", {"seeded": 2}, "another leakage of tier seeded"),
        ("quality", {"E": 9}, "another quality of tier E"),
        ("leakage", {"H": 20}, "another leakage of tier H"),
        ("change", {"M": 2}, "another change of tier M"),
        ("decoys", {"change": 12}, "another decoy of family change"),
    ],
)
def test_an_impossible_blueprint_says_what_has_no_room(
    family: str, counts: dict[str, int], said: str
) -> None:
    """More than the kinds and columns allow is refused, with the slot that could not be filled."""
    empty: dict[str, dict[str, int]] = {"leakage": {}, "change": {}, "quality": {}, "decoys": {}}
    with pytest.raises(SpecError, match=f"blueprint: found no room for {said}; expected fewer"):
        make_design(1, Blueprint.model_validate(empty | {family: counts}))
