"""Blueprints: counts by family and tier, and one line about what is wrong with a bad one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_generator.blueprint import load_blueprint
from data_generator.errors import SpecError

GOOD = "leakage: {seeded: 1}\nchange: {E: 1}\nquality: {E|M: [0, 2]}\ndecoys: {}\n"


@pytest.mark.parametrize("name", ["hiring", "practice", "hard"])
def test_shipped_blueprints_load(name: str) -> None:
    """Each holds exactly one seeded leak, whatever is drawn."""
    blueprint = load_blueprint(name)
    for seed in range(20):
        slots = blueprint.slots(np.random.default_rng(seed))
        assert sum("seeded" in tiers for _, tiers in slots) == 1
        assert all(
            blueprint.decoy_slots(np.random.default_rng(seed)).count(f) >= 1 for f in ("leakage", "change")
        )


def test_hiring_is_fit_for_six_hours() -> None:
    """The seeded leak, two further ones of which one is hard, three changes, two quality defects."""
    for seed in range(40):
        slots = load_blueprint("hiring").slots(np.random.default_rng(seed))
        families = [family for family, _ in slots]
        assert [families.count(name) for name in ("leakage", "change", "quality")] == [3, 3, 2]
        assert ("leakage", frozenset({"H"})) in slots


def test_every_set_of_hiring_shows_as_much_to_simple_tools() -> None:
    """Whatever is drawn, four defects of the lowest tier stand beside the seeded leak."""
    drawn = set()
    for seed in range(40):
        slots = load_blueprint("hiring").slots(np.random.default_rng(seed))
        drawn.add(tuple(sorted((family, *sorted(tiers)) for family, tiers in slots)))
        assert sum(tiers == {"E"} for _, tiers in slots) == 4
    assert len(drawn) == 3


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """A range is drawn, both ends included."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    drawn = [load_blueprint(str(path)).slots(np.random.default_rng(seed)) for seed in range(40)]
    assert {len(slots) for slots in drawn} == {2, 3, 4}
    assert ("quality", frozenset({"E", "M"})) in max(drawn, key=len)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("E: 1", "X: 1"), r"mine\.yaml: change: .*found 'X', expected a tier of E, M, H"),
        (GOOD.replace("[0, 2]", "[2, 0]"), r"quality.*found \(2, 0\), expected a number or \[low, high\]"),
        (GOOD.replace("[0, 2]", "-1"), r"quality.*found -1, expected a number"),
        (GOOD.replace("[0, 2]", "many"), r"mine\.yaml: quality"),
        (GOOD.replace("E: 1", "E: 1000"), r"change\.E.*found 1000, expected at most 40"),
        (GOOD + "extra: 1\n", r"mine\.yaml: extra: Extra inputs are not permitted"),
        (GOOD.replace("decoys: {}", "decoys: {other: 1}"), r"decoys\.other"),
        ("leakage: {seeded: 1}\n", r"mine\.yaml: change: Field required"),
        ("- a list\n", r"mine\.yaml: found list, expected a mapping"),
        ("", r"mine\.yaml: found NoneType, expected a mapping"),
        ("a: [", r"mine\.yaml: not readable as YAML"),
    ],
)
def test_a_bad_file_is_named_with_place_and_reason(tmp_path: Path, text: str, said: str) -> None:
    """The message names file, place, what was found and what is expected, in one line."""
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(SpecError, match=said) as caught:
        load_blueprint(str(path))
    assert "\n" not in str(caught.value)


def test_unknown_names_and_missing_files(tmp_path: Path) -> None:
    """The message lists what there is."""
    with pytest.raises(
        SpecError, match=r"found .easy., expected one of hiring, practice, hard or a \.yaml file"
    ):
        load_blueprint("easy")
    with pytest.raises(SpecError, match=r"none\.yaml: not readable"):
        load_blueprint(str(tmp_path / "none.yaml"))
