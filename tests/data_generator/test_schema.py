"""The column list: 40 features, all described."""

from __future__ import annotations

from data_generator.plants.post_outcome_column import GUISES
from data_generator.schema import FEATURES, NOISE, RESERVE, feature_names, replace_column


def test_forty_described_features() -> None:
    """Every column has a meaning of one sentence, a source and a time of recording."""
    assert len(FEATURES) == len(set(feature_names())) == 40
    for column in FEATURES:
        assert column.meaning.endswith(".")
        assert column.source
        assert column.recorded


def test_reserve_columns_are_noise() -> None:
    """A leak may only take the place of a column that honest models do not need."""
    assert set(RESERVE) <= set(NOISE)
    assert len(NOISE) == 8


def test_replacing_keeps_the_width_and_the_place() -> None:
    """Neither the number of columns nor their order says that one was exchanged."""
    new = FEATURES[0].__class__("x", "account", "real", "", "s", "r", "M.")
    replaced = feature_names(replace_column(FEATURES, "owner_age", new))
    assert replaced.index("x") == feature_names().index("owner_age")
    assert len(replaced) == 40


def test_a_column_of_another_block_joins_its_own() -> None:
    """The file has the order of the dictionary, which goes by blocks, so no column stands out of place."""
    new = FEATURES[0].__class__("x", "service", "real", "", "s", "r", "M.")
    blocks = [column.block for column in replace_column(FEATURES, "owner_age", new)]
    assert blocks == sorted(blocks, key=[column.block for column in FEATURES].index)
    assert blocks.count("service") == 7


def test_guises_differ_in_name_meaning_and_source() -> None:
    """What is right about one variant's leak must not be found by searching for another's words."""
    assert len(GUISES) >= 3
    for attribute in ("column", "meaning", "source", "recorded"):
        assert len({getattr(guise, attribute) for guise in GUISES.values()}) == len(GUISES)
    assert not set(GUISES) & set(feature_names())
