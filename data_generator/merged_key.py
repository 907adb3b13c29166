"""Key entries of a data set in several parts: each part measured its own rows, here they become one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from data_generator.key import AffectedRows, DecoyKey, PlantKey, Statistic

COUNTS = frozenset({"count"})  # statistics that add up over parts; all others are means or shares
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?%?(?![\w-])")


def merged_plants(parts: Sequence[Sequence[PlantKey]], rows: Sequence[int]) -> tuple[PlantKey, ...]:
    """Return one entry per plant: counts summed, shares and other statistics weighted by the parts' rows.

    Nulls are those of the first part, which alone has a twin; counts among them are scaled to all rows. Affected
    rows are counted over all parts; their hash is that of the parts' hashes, in order.
    """
    return tuple(_merged(entries, rows) for entries in zip(*parts, strict=True))


def merged_decoys(parts: Sequence[Sequence[DecoyKey]], rows: Sequence[int]) -> tuple[DecoyKey, ...]:
    """Return one entry per decoy."""
    return tuple(
        entries[0].model_copy(update={"summary": _text([entry.summary for entry in entries], rows)})
        for entries in zip(*parts, strict=True)
    )


def _merged(entries: Sequence[PlantKey], rows: Sequence[int]) -> PlantKey:
    first = entries[0]
    digests = "".join(f"{entry.affected_rows.sha256}\n" for entry in entries)
    affected = AffectedRows(
        count=sum(entry.affected_rows.count for entry in entries),
        sha256=hashlib.sha256(digests.encode()).hexdigest(),
    )
    statistics = [
        _statistic(same, rows) for same in zip(*(entry.statistics for entry in entries), strict=True)
    ]
    return first.model_copy(
        update={
            "affected_rows": affected,
            "statistics": statistics,
            "parameters": _value([entry.parameters for entry in entries], rows),
            "onset_latest": max(entry.onset_latest or "" for entry in entries) or None,
            "summary": _text([entry.summary for entry in entries], rows),
        }
    )


def _statistic(same: Sequence[Statistic], rows: Sequence[int]) -> Statistic:
    first = same[0]

    def over(values: Sequence[float]) -> float:
        return float(np.sum(values) if first.name in COUNTS else np.average(values, weights=rows))

    scale = sum(rows) / rows[0] if first.name in COUNTS else 1.0
    null = None if first.null is None else first.null * scale
    return first.model_copy(update={"value": over([entry.value for entry in same]), "null": null})


def _value(values: Sequence[Any], rows: Sequence[int]) -> Any:
    """Return a parameter of the whole: what the parts agree on, the sum of whole numbers, the mean of others."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if isinstance(first, dict):
        return {name: _value([value.get(name) for value in values], rows) for name in first}
    if isinstance(first, list) and all(len(value) == len(first) for value in values):
        return [_value(list(same), rows) for same in zip(*values, strict=True)]
    if all(type(value) is int for value in values):
        return sum(values)
    if all(isinstance(value, int | float) for value in values):
        return float(np.average(values, weights=rows))
    return first


def _text(texts: Sequence[str], rows: Sequence[int]) -> str:
    """Return the first sentence with its numbers merged like parameters, where only numbers differ."""
    if len({NUMBER.sub("#", text) for text in texts}) > 1:
        return texts[0]
    merged = iter(
        _number(list(same), rows) for same in zip(*(NUMBER.findall(text) for text in texts), strict=True)
    )
    return NUMBER.sub(lambda found: next(merged), texts[0])


def _number(same: list[str], rows: Sequence[int]) -> str:
    first = same[0]
    if len(set(same)) == 1:
        return first
    if first.isdigit():
        return str(sum(int(number) for number in same))
    decimals = len(first.rstrip("%").partition(".")[2])
    mean = np.average([float(number.rstrip("%")) for number in same], weights=rows)
    return f"{mean:.{decimals}f}{'%' if first.endswith('%') else ''}"
