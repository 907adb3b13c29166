"""The data dictionary: one row per column, honest about the leak, without saying that it is one."""

from __future__ import annotations

import re

from data_generator.dictionary import render
from data_generator.schema import KEYS, LABEL, feature_names
from data_generator.variant import Variant


def test_every_column_is_described_once(variant: Variant) -> None:
    """Dictionary and data agree on the columns."""
    described = re.findall(r"^\| `(\w+)` \|", render(variant.columns, variant.notes), flags=re.MULTILINE)
    assert sorted(described) == sorted([*KEYS, LABEL, *feature_names(variant.columns)])


def test_the_leak_has_its_honest_source(variant: Variant) -> None:
    """The clue is in the source and the time of recording; no word of the key is."""
    page = render(variant.columns, variant.notes)
    leak = next(plant.columns[0] for plant in variant.plants if plant.seeded)
    column = next(entry for entry in variant.columns if entry.name == leak)
    assert f"{column.source} | {column.recorded} |" in page
    assert not re.search(r"leak|defect|plant(?!_)|decoy|twin", page, flags=re.IGNORECASE)


def test_the_general_page_needs_no_variant() -> None:
    """The documentation shows the page without any variant's secrets."""
    assert render().count("| `") == 43
