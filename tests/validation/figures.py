"""Figures over the records of many seeds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grader.evidence.notebook import FindingClaim
from grader.truth import Key, Truth
from tests.validation.audit import MONEY, worth

Record = dict[str, Any]
CUT_OFFS = {"psi": (0.10, 0.20, 0.25), "auc": (0.70, 0.75, 0.80, 0.90, 0.95)}
TARGETED_SPREAD = 0.03  # relative SD below which a statistic was evidently set
FEWEST = 3


@dataclass(frozen=True)
class Group:
    """The values of one statistic of one kind (at one target, where it has several), with those on the twins."""

    kind: str
    name: str
    target: float | None
    values: tuple[float, ...]
    nulls: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over seeds."""
        return float(np.mean(self.values))

    @property
    def sd(self) -> float:
        """Standard deviation over seeds."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else 0.0

    @property
    def targeted(self) -> bool:
        """Whether the plant is set by this statistic, so that its values lie close together."""
        return len(self.values) >= FEWEST and self.sd <= TARGETED_SPREAD * abs(self.mean)


def made(records: list[Record]) -> list[Record]:
    """Return the records of seeds that gave a variant."""
    return [r for r in records if "failed" not in r]


def accepted(records: list[Record]) -> list[Record]:
    """Return the records of variants that would be issued."""
    return [r for r in made(records) if not r["objections"]]


def values(records: list[Record], *path: str) -> list[float]:
    """Return one figure of every record."""
    result = []
    for record in records:
        value: Any = record
        for name in path:
            value = value[name]
        result.append(float(value))
    return result


def spread(numbers: list[float]) -> str:
    """Return mean and standard deviation in words."""
    sd = np.std(numbers, ddof=1) if len(numbers) > 1 else 0.0
    return f"mean {np.mean(numbers):.2f}, SD {sd:.2f}"


def statistic_groups(records: list[Record]) -> list[Group]:
    """Return every statistic of every kind that was planted, in the order of kinds."""
    table: dict[tuple[str, str, float | None], list[tuple[float, float | None]]] = {}
    for record in records:
        for plant in record["plants"]:
            for s in plant["statistics"]:
                target = (
                    plant["target"] if s["name"] == "auc" and isinstance(plant["target"], float) else None
                )
                table.setdefault((plant["kind"], s["name"], target), []).append((s["value"], s["null"]))
    return [
        Group(kind, name, target, tuple(v for v, _ in pairs), tuple(n for _, n in pairs if n is not None))
        for (kind, name, target), pairs in sorted(table.items(), key=lambda entry: str(entry[0]))
    ]


def clearance(group: Group, cut_offs: tuple[float, ...]) -> float | None:
    """Return the distance of the mean to the nearest cut-off in standard deviations over seeds; None without any."""
    if not cut_offs or len(group.values) < FEWEST:
        return None
    gap = min(abs(group.mean - cut) for cut in cut_offs)
    return float(gap / group.sd) if group.sd > 0 else float("inf")


def transfers(records: list[Record]) -> list[float]:
    """Return the audit points of every variant's perfect findings handed in for the next variant.

    Quoted statistics are left out of account: they would have to agree on data that is not there any more.
    """
    points = []
    for given, target in pairwise(records):
        truth = Truth(Key.model_validate(target["auditors"]["truth"]), EMPTY, EMPTY, MONEY, {}, Path("vault"))
        claims = [
            FindingClaim.model_validate({**c, "statistic": None}) for c in given["auditors"]["key findings"]
        ]
        points.append(worth(truth, claims).points)
    return points


EMPTY = pd.DataFrame(
    {"snapshot_month": pd.Series([], dtype=object), "customer_id": pd.Series([], dtype="int64")}
)
