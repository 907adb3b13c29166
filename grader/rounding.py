"""Sums and rounding as people do them: in decimal, halves up. Binary sums of 91.15 fall on either side of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal


def decimal_sum(values: Iterable[float]) -> float:
    """Add up what the figures say, not what their binary forms hold.

    >>> sum([0.1, 0.1, 0.1]), decimal_sum([0.1, 0.1, 0.1])
    (0.30000000000000004, 0.3)
    """
    return float(sum((_exact(value) for value in values), Decimal()))


def half_up(value: float, digits: int) -> float:
    """Round to so many decimals; a half goes away from zero.

    >>> half_up(28.15, 1), round(28.15, 1), half_up(2.25, 1), round(2.25, 1)
    (28.2, 28.1, 2.3, 2.2)
    """
    return float(_exact(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def is_rounded(said: float, measured: float) -> bool:
    """Whether a figure is ours rounded to two decimals or fewer, as the brief's examples write them.

    >>> is_rounded(0.06, 0.0638), is_rounded(0.07, 0.0638), is_rounded(0.0602, 0.0638)
    (True, False, False)
    """
    return abs(said - measured) <= 0.005 + 1e-9 and abs(100 * said - round(100 * said)) < 1e-6


def _exact(value: float) -> Decimal:
    return Decimal(str(float(value)))
