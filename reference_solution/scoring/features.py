"""Raw columns to the model's matrix, decided from the row alone: no history, no other rows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

Columns = Mapping[str, Sequence | np.ndarray]


@dataclass(frozen=True)
class UnitRepair:
    """Divide `column` by `factor` from month `start` on where column `by` holds one of `levels` (all rows if None).

    Values up to `above` are left alone: they are in the old unit already, so the rule stays right on the day
    the feed is put right.
    """

    column: str
    start: str
    factor: float
    above: float
    by: str | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeatureSpec:
    """What the matrix is made of: numbers as they are, one column per known level, and the repairs before.

    `aliases` maps, per category, a renamed level to the one that stands for both; `codes` lists, per number,
    the values that mean missing.
    """

    numbers: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    ratios: tuple[tuple[str, str], ...]
    repairs: tuple[UnitRepair, ...]
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Return the names of the matrix' columns in order."""
        one_hot = [f"{column}={level}" for column, levels in self.levels.items() for level in levels]
        return [*self.numbers, *(f"{top}/{bottom}" for top, bottom in self.ratios), *one_hot]

    @property
    def raw_columns(self) -> list[str]:
        """Return the raw features that have an influence."""
        return [*self.numbers, *self.levels]

    def to_json(self) -> dict:
        """Return the spec as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "FeatureSpec":
        """Read what `to_json` wrote."""
        return cls(
            numbers=tuple(data["numbers"]),
            levels={column: tuple(levels) for column, levels in data["levels"].items()},
            ratios=tuple((top, bottom) for top, bottom in data["ratios"]),
            repairs=tuple(UnitRepair(**{**one, "levels": tuple(one["levels"])}) for one in data["repairs"]),
            aliases=data.get("aliases", {}),
            codes={name: tuple(values) for name, values in data.get("codes", {}).items()},
        )


def encode(columns: Columns, spec: FeatureSpec) -> np.ndarray:
    """Return the matrix (rows, len(spec.names)) of float64; nulls are NaN, an unknown level has no 1 anywhere.

    columns: the raw columns by name, plus `snapshot_month`; None and NaN both mean null.
    """
    rows = len(columns["snapshot_month"])
    matrix = np.zeros((rows, len(spec.names)))
    place = {name: index for index, name in enumerate(spec.numbers)}
    for name, index in place.items():
        matrix[:, index] = np.asarray(columns[name], dtype=float)
    for repair in spec.repairs:
        if repair.column in place:
            values = matrix[:, place[repair.column]]
            values[_in_new_unit(columns, repair) & (values > repair.above)] /= repair.factor
    for name, values in spec.codes.items():
        if name in place:
            coded = np.isin(matrix[:, place[name]], values)
            matrix[coded, place[name]] = np.nan
    at = len(spec.numbers)
    for top, bottom in spec.ratios:
        below = matrix[:, place[bottom]]
        matrix[:, at] = np.divide(matrix[:, place[top]], below, out=np.full(rows, np.nan), where=below > 0)
        at += 1
    for column, levels in spec.levels.items():
        code = {level: number for number, level in enumerate(levels, start=at)}
        for renamed, level in spec.aliases.get(column, {}).items():
            if level in code:
                code[renamed] = code[level]
        values = columns[column]
        if isinstance(values, np.ndarray):
            values = values.tolist()
        for row, value in enumerate(values):
            index = code.get(value)
            if index is not None:
                matrix[row, index] = 1.0
        at += len(levels)
    return matrix


def _in_new_unit(columns: Columns, repair: UnitRepair) -> np.ndarray:
    hit = np.array([month >= repair.start for month in columns["snapshot_month"]])
    if repair.by is not None:
        hit &= np.array([value in repair.levels for value in columns[repair.by]])
    return hit
