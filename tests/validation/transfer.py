"""Findings that are right for one variant, handed in for another."""

from __future__ import annotations

from grader.evidence.notebook import FindingClaim, StatisticClaim
from grader.truth import Plant, Truth
from tests.validation.audit import claim

PUBLISHED = (
    "auc",
    "psi",
    "ks",
    "null_rate",
    "rate",
    "median_ratio",
    "count",
    "share",
    "correlation",
    "match_rate",
)
"""The statistics of the brief that a finding may quote."""


def perfect_findings(truth: Truth) -> tuple[FindingClaim, ...]:
    """Return the findings of somebody who has read the key: kind, columns, months and a statistic of each plant."""
    return tuple(_finding(plant) for plant in truth.key.plants)


def planted_findings(truth: Truth) -> tuple[FindingClaim, ...]:
    """Return the same without the facts of every variant."""
    return tuple(_finding(plant) for plant in truth.key.plants if not plant.inherent)


def _finding(plant: Plant) -> FindingClaim:
    quoted = next((s for s in plant.statistics if s.name in PUBLISHED and s.value is not None), None)
    parameters = plant.parameters
    windows = {
        name: f"{parameters[name]['from']}..{parameters[name]['to']}"
        for name in ("reference", "current")
        if isinstance(parameters.get(name), dict)
    }
    where = parameters.get("where") or {}
    return claim(
        plant.kind,
        *plant.columns,
        from_month=plant.months.from_month if plant.months else None,
        to_month=plant.months.to_month if plant.months else None,
        where={column: tuple(map(str, levels)) for column, levels in where.items()},
        statistic=StatisticClaim(name=quoted.name, value=quoted.value, **windows) if quoted else None,
    )
