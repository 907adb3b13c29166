"""The key of a data set in parts is that of the whole."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from data_generator.key import AffectedRows, PlantKey, Statistic
from data_generator.merged_key import merged_plants


def entry(count: int, digest: str, share: float, parameters: dict[str, Any], summary: str) -> PlantKey:
    """Return a key entry as one part measures it."""
    return PlantKey(
        id="duplicate_rows",
        family="quality",
        kind="duplicate_rows",
        columns=["customer_id"],
        months=None,
        statistics=[
            Statistic(name="count", value=count, null=0, column="customer_id"),
            Statistic(name="share", value=share, null=None, column="customer_id"),
        ],
        severity=2,
        tier="E",
        inherent=False,
        seeded=False,
        equivalents=[],
        affected_rows=AffectedRows(count=count, sha256=digest),
        at_scoring="honest",
        parameters=parameters,
        summary=summary,
    )


def test_counts_add_up_and_shares_are_weighted() -> None:
    """A share of a small part weighs less than that of a large one; fixed parameters stay as they are."""
    one = entry(
        10, "a" * 64, 0.1, {"exact": 10, "cap": 3, "monthly": [0.1, 0.2]}, "10 copies, 12.5% of region-7."
    )
    two = entry(
        20, "b" * 64, 0.4, {"exact": 20, "cap": 3, "monthly": [0.4, 0.2]}, "20 copies, 14.5% of region-7."
    )
    (merged,) = merged_plants([[one], [two]], [100, 50])
    assert [statistic.value for statistic in merged.statistics] == [30, pytest.approx(0.2)]
    assert [statistic.null for statistic in merged.statistics] == [0, None]
    assert merged.parameters["exact"] == 30
    assert merged.parameters["cap"] == 3
    assert merged.parameters["monthly"] == [pytest.approx(0.2), 0.2]
    assert merged.summary == "30 copies, 13.2% of region-7."


def test_the_hash_is_that_of_the_parts_hashes() -> None:
    """Others can recompute it part by part."""
    same = [entry(1, digit * 64, 0.1, {}, "text") for digit in "ab"]
    (merged,) = merged_plants([[one] for one in same], [1, 1])
    text = "a" * 64 + "\n" + "b" * 64 + "\n"
    assert merged.affected_rows == AffectedRows(count=2, sha256=hashlib.sha256(text.encode()).hexdigest())


def test_sentences_that_differ_in_words_are_not_mixed() -> None:
    """The first part's sentence stands where the parts disagree on more than numbers."""
    (merged,) = merged_plants(
        [[entry(1, "a" * 64, 0.1, {}, "up 3")], [entry(1, "b" * 64, 0.1, {}, "down 4")]], [1, 1]
    )
    assert merged.summary == "up 3"
