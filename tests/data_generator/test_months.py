"""Month indices and names: one clock for data, labels and key."""

from __future__ import annotations

from data_generator import months


def test_names_and_indices_are_inverse() -> None:
    """A month survives the way to its name and back, across years."""
    assert [months.month_index(months.month_name(i)) for i in range(40)] == list(range(40))
    assert months.month_names(11, 13) == ["2023-12", "2024-01", "2024-02"]


def test_the_clock_of_the_brief() -> None:
    """Label maturity, extraction and replay are where the brief says they are."""
    assert months.month_name(months.EXTRACTION_MONTH) == "2024-12"
    assert months.month_name(months.LAST_MATURE_MONTH) == "2024-09"
    assert months.month_name(months.FIRST_REPLAY_MONTH) == "2025-01"
