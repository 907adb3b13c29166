"""A company's own plants: a real one from a folder, and one line about each that is broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import takehome
from data_generator.blueprint import Blueprint
from data_generator.errors import SpecError
from data_generator.plants.registry import SHIPPED, plants_by_kind
from data_generator.variant import make_variant
from data_generator.yardstick import repair

ROUNDING = '''
"""One region's session lengths arrive in whole minutes from a month on."""
import numpy as np
from data_generator import statistics
from data_generator.key import PlantKey, affected_rows, months_range
from data_generator.months import EXTRACTION_MONTH, month_index, month_name
from data_generator.plants.draft import months_of
from data_generator.plants.plant import Plant

KIND = "rounding_change"


def rounded(frame, place):
    host, (column, level) = frame[place.host], place.slice
    late = (months_of(frame) >= place.first) & (frame[column] == level)
    return np.where(late, np.round(host), host)


def apply(draft, place):
    column, level = place.slice
    changed = rounded(draft.public, place) != draft.public[place.host]
    planted = draft.with_public(place.host, rounded(draft.public, place))
    planted = planted.with_replay(place.host, rounded(draft.replay, place))
    return planted, PlantKey(
        id=KIND, family="quality", kind=KIND, columns=[place.host],
        months=months_range(month_name(place.first), month_name(EXTRACTION_MONTH)),
        severity=1, tier="E", inherent=False, seeded=False, equivalents=["schema_change"],
        affected_rows=affected_rows(draft.public, changed), at_scoring="continues",
        parameters={"where": {column: [level]}}, summary=f"{place.host} is rounded for {column} {level}.",
    )


def measure(frame, key):
    ((column, (level,)),) = key.parameters["where"].items()
    inside = (frame[column] == level) & (months_of(frame) >= month_index(key.months.first))
    host = frame[key.columns[0]][inside]
    return {"share": statistics.share(host == np.round(host))}


PLANT = Plant(
    kind=KIND, family="quality", tier="E", apply=apply, measure=measure,
    present=lambda frame, key: measure(frame, key)["share"] > 0.9,
    hosts=("session_minutes_avg",), choices=("region=B", "region=C"), onset=(8, 14),
    touches=lambda place, c: frozenset({place.host, place.slice[0]}),
)
'''
EASY = [plant for plant in SHIPPED if plant.family == "quality" and plant.tier == "E" and not plant.inherent]
# As many as there are, so that the private one is always among them.
ONLY_QUALITY = Blueprint.model_validate(
    {"leakage": {}, "change": {}, "quality": {"E": len(EASY) + 1}, "decoys": {}}
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a private folder with a working plant and a module that is not one by its name."""
    path = tmp_path / "plants"
    path.mkdir()
    (path / "rounding.py").write_text(ROUNDING)
    (path / "_notes.py").write_text("raise RuntimeError('never loaded')\n")
    monkeypatch.setenv("TAKEHOME_PLANTS", str(path))
    return path


def test_a_private_plant_joins_its_class(folder: Path) -> None:
    """It is drawn, planted, measured against the twin and entered in the key like any other."""
    variant = make_variant(3, 8_000, blueprint=ONLY_QUALITY)
    key = next(plant for plant in variant.plants if plant.kind == "rounding_change")
    (statistic,) = key.statistics
    assert statistic.value == 1.0
    assert statistic.null is not None
    assert statistic.null < 0.1
    assert "rounding_change" not in variant.unmeasurable
    assert len(repair(variant.replay, variant.plants)) == len(variant.replay)
    host = variant.replay["session_minutes_avg"]
    ((column, (level,)),) = key.parameters["where"].items()
    inside = variant.replay[column] == level
    assert np.array_equal(host[inside], np.round(host[inside]))


def test_without_the_setting_only_shipped_plants_are_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder counts only where it is named."""
    assert "rounding_change" in plants_by_kind()
    monkeypatch.delenv("TAKEHOME_PLANTS")
    assert "rounding_change" not in plants_by_kind()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (ROUNDING, "import nothing_of_the_sort\n", "does not load: ModuleNotFoundError"),
        (ROUNDING, "def (\n", "does not load: SyntaxError"),
        (ROUNDING, "x = 1\n", "PLANT: found NoneType, expected a Plant"),
        (ROUNDING, "PLANT = 'rounding'\n", "PLANT: found str, expected a Plant"),
        ('"rounding_change"', '"unit_change"', "kind 'unit_change' is taken, expected one of its own"),
        ('"rounding_change"', '"Rounding change"', "PLANT.kind: found 'Rounding change', expected lower-case"),
        ('PLANT = Plant(\n    kind=KIND, family="quality"', 'PLANT = Plant(\n    kind=KIND, family="odd"',
         "PLANT.family: found 'odd', expected one of leakage, change, quality"),
        ('hosts=("session_minutes_avg",)', 'hosts=("minutes",)', "PLANT.hosts: found 'minutes'"),
        ("onset=(8, 14)", "onset=(14, 40)", r"PLANT.onset: found \(14, 40\), expected first and last month"),
    ],
)  # fmt: skip
def test_a_broken_module_is_named(folder: Path, old: str, new: str, said: str) -> None:
    """File, place, found and expected, before anything is made."""
    (folder / "rounding.py").write_text(ROUNDING.replace(old, new))
    with pytest.raises(SpecError, match=said) as caught:
        plants_by_kind()
    assert str(folder) in str(caught.value)


def test_a_plant_that_fails_at_work_is_named(folder: Path) -> None:
    """An error inside its own code is one line with the module and the call."""
    (folder / "rounding.py").write_text(
        ROUNDING.replace("column, level = place.slice\n    changed", "changed")
    )
    with pytest.raises(SpecError, match=r"rounding\.py: apply: NameError"):
        make_variant(3, 8_000, blueprint=ONLY_QUALITY)


def test_a_missing_folder_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting must not silently issue shipped plants only."""
    monkeypatch.setenv("TAKEHOME_PLANTS", str(tmp_path / "nowhere"))
    options = ["generate", "--seed", "1", "--rows", "5000", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(takehome.app, options)
    assert done.exit_code == 2
    assert done.stderr.strip().splitlines()[-1].startswith("takehome generate: $TAKEHOME_PLANTS: ")
    assert not list(tmp_path.iterdir())
