"""Random streams: keyed by seed and name, independent of one another."""

from __future__ import annotations

from data_generator.streams import stream, variant_id


def test_a_stream_depends_on_seed_and_name_only() -> None:
    """Adding a plant must not change the draws of the others."""
    first = stream(7, "a").random(4).tolist()
    stream(7, "b").random(4)
    assert stream(7, "a").random(4).tolist() == first
    assert stream(7, "b").random(4).tolist() != first
    assert stream(8, "a").random(4).tolist() != first


def test_seeds_of_256_bits_are_taken_whole() -> None:
    """A derived seed is a long hash; none of its bits may be cut off."""
    assert stream(2**255, "a").random() != stream(2**255 + 1, "a").random()
    assert stream(2**255, "a").random() != stream(0, "a").random()


def test_variant_id_is_twelve_hex_digits_and_hides_the_seed() -> None:
    """The public name of a variant must not be its seed."""
    assert variant_id(7) == "7902699be42c"
    assert variant_id(7) != variant_id(8)
