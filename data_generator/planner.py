"""Which defect goes where: hosts, months and guises drawn per seed inside exchangeable classes."""

from __future__ import annotations

import numpy as np

from data_generator.plants import (
    covariate_drift,
    duplicate_rows,
    inherent,
    label_immaturity,
    look_ahead_window,
    post_outcome_column,
    unit_change,
)
from data_generator.plants.draft import Placement
from data_generator.schema import RESERVE
from data_generator.streams import stream
from data_generator.world.coefficients import Coefficients

# Columns that are made of one another: two defects never meet in one family, or one would hide the other.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"data_usage_gb", "usage_avg_3m", "usage_trend_3m"}),
    frozenset({"logins_30d", "logins_avg_3m"}),
    frozenset({"monthly_charge", "total_charges"}),
)
UNIT_ONSET = (13, 17)  # 2024-02 to 2024-06: visible inside training and before the last mature month
DRIFT_ONSET = (9, 13)  # 2023-10 to 2024-02: the ramp is over before the last mature month


def plan(seed: int, c: Coefficients) -> dict[str, Placement]:
    """Return the placement of every plant of a variant; no two share a family of columns or meet a decoy."""
    taken = family(c.dip_column) | family(c.strong_column)
    places: dict[str, Placement] = {}

    def place(
        kind: str, hosts: list[str], onset: tuple[int, int] = (0, 0), choices: list[str] | None = None
    ) -> None:
        nonlocal taken
        rng = stream(seed, f"plan:{kind}")
        host = _pick(rng, [name for name in hosts if name not in taken])
        first = int(rng.integers(onset[0], onset[1] + 1))
        places[kind] = Placement(host, first, _pick(rng, choices) if choices else "")
        taken = taken | family(host)

    place(post_outcome_column.KIND, list(RESERVE), choices=list(post_outcome_column.GUISES))
    place(look_ahead_window.KIND, list(look_ahead_window.HOSTS))
    place(unit_change.KIND, list(unit_change.FACTORS), UNIT_ONSET, list(unit_change.SLICES))
    place(covariate_drift.KIND, list(covariate_drift.HOSTS), DRIFT_ONSET)
    place(duplicate_rows.KIND, list(duplicate_rows.NEAR_COLUMNS))
    for kind in (label_immaturity.KIND, *inherent.FACTS):
        places[kind] = Placement()
    return places


def family(column: str) -> frozenset[str]:
    """Return the columns that are made of the same readings as `column`, itself included."""
    return next((members for members in FAMILIES if column in members), frozenset({column}))


def _pick(rng: np.random.Generator, names: list[str]) -> str:
    return names[int(rng.integers(len(names)))]
