"""The one clock: month indices counted from 2023-01 and their names `YYYY-MM`."""

from __future__ import annotations

PUBLIC_MONTHS = 24
REPLAY_MONTHS = 3
HORIZON_MONTHS = 3
HORIZON_DAYS = 90
SIMULATED_MONTHS = PUBLIC_MONTHS + REPLAY_MONTHS + HORIZON_MONTHS
FIRST_YEAR = 2023
EXTRACTION_MONTH = PUBLIC_MONTHS - 1
LAST_MATURE_MONTH = EXTRACTION_MONTH - HORIZON_MONTHS
FIRST_REPLAY_MONTH = PUBLIC_MONTHS


def month_name(index: int) -> str:
    """Return `YYYY-MM` of a month index.

    >>> month_name(0), month_name(23), month_name(24)
    ('2023-01', '2024-12', '2025-01')
    """
    return f"{FIRST_YEAR + index // 12:04d}-{index % 12 + 1:02d}"


def month_index(name: str) -> int:
    """Return the month index of `YYYY-MM`.

    >>> month_index("2024-09")
    20
    """
    year, month = name.split("-")
    return (int(year) - FIRST_YEAR) * 12 + int(month) - 1


def month_names(first: int, last: int) -> list[str]:
    """Return the names of the months `first` to `last`, both included."""
    return [month_name(index) for index in range(first, last + 1)]
