"""The answer key of a variant, `key.json`: the strict shape the grader reads."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from data_generator.files import sha256_of_lines

MONTHS_PER_KEY = 64  # so that a customer and a month fit one 64-bit number


class Frozen(BaseModel):
    """A file's part: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Months(Frozen):
    """A range of months `YYYY-MM`, both ends included."""

    first: str = Field(alias="from", pattern=r"^\d{4}-\d{2}$")
    last: str = Field(alias="to", pattern=r"^\d{4}-\d{2}$")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Statistic(Frozen):
    """A statistic on the issued data and the same on the un-planted twin; no null where the twin shares the fact."""

    name: str
    value: float
    null: float | None
    column: str


class AffectedRows(Frozen):
    """How many rows a plant touched; SHA-256 of their sorted `customer_id|snapshot_month` lines, each ended by LF.

    For data in several parts the SHA-256 of the parts' hashes, in the order of the parts, each ended by LF.
    """

    count: int = Field(ge=0)
    sha256: str


class PlantKey(Frozen):
    """One defect: what it is, where and when, how strong, and what the replay shows of it."""

    id: str
    family: Literal["leakage", "change", "quality"]
    kind: str
    columns: list[str]
    months: Months | None
    label_months: Months | None = None
    onset_latest: str | None = None
    statistics: list[Statistic] = []
    severity: int = Field(ge=1, le=3)
    tier: Literal["E", "M", "H"]
    inherent: bool
    seeded: bool
    equivalents: list[str]
    affected_rows: AffectedRows
    at_scoring: Literal["null", "honest", "continues"]
    parameters: dict[str, Any]
    summary: str


class DecoyKey(Frozen):
    """Something that looks like a defect and is none."""

    id: str
    columns: list[str]
    months: Months | None
    trap_kinds: list[str]
    summary: str


class Label(Frozen):
    """The label's column, horizon and the last month whose horizon had passed at extraction."""

    column: str
    horizon_days: int
    horizon_months: int
    last_mature_month: str


class TestFigures(Frozen):
    """The yardstick on the last mature public months."""

    pr_auc: float
    roc_auc: float
    months: Months


class ReplayFigures(Frozen):
    """The yardstick on the replay; `pr_auc_se` is a customer bootstrap, `expected_pr_auc` uses true probabilities."""

    pr_auc: float
    pr_auc_se: float
    roc_auc: float
    expected_pr_auc: float


class Reference(Frozen):
    """An independent fixed model trained on repaired data."""

    test: TestFigures
    replay: ReplayFigures


class OracleReplay(Frozen):
    """Ranking the replay by the true probability."""

    pr_auc: float
    roc_auc: float


class Oracle(Frozen):
    """The best any model can do."""

    replay: OracleReplay


class DummyReplay(Frozen):
    """The prevalence of the replay."""

    pr_auc: float


class Dummy(Frozen):
    """The worst an honest model can do."""

    replay: DummyReplay


class Naive(Frozen):
    """A random split over all issued columns: flattered at home, poor on the replay."""

    random_split_pr_auc: float
    replay_pr_auc: float


class Key(Frozen):
    """Everything the grader may know of a variant."""

    schema_version: Literal[1] = 1
    variant: str = Field(pattern=r"^[0-9a-f]{12}$")
    seed: int = Field(ge=0)
    generator_version: str
    origin: Literal["practice", "issued"]
    canary: str | None
    rows: int
    columns: list[str] = Field(min_length=40, max_length=40)
    months: Months
    replay_months: Months
    label: Label
    plants: list[PlantKey]
    decoys: list[DecoyKey]
    reference: Reference
    oracle: Oracle
    dummy: Dummy
    naive: Naive

    def to_json(self) -> str:
        """Return the file's text, keys as the grader expects them."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


def months_range(first: str, last: str) -> Months:
    """Return the range `first` to `last`."""
    return Months.model_validate({"from": first, "to": last})


def affected_rows(frame: pd.DataFrame, mask: Any) -> AffectedRows:
    """Return number and hash of the masked rows' keys; a key that occurs twice counts twice."""
    rows = np.flatnonzero(np.asarray(mask))
    ids = frame["customer_id"].to_numpy()[rows]
    codes = frame["snapshot_month"].cat.codes.to_numpy()[rows]
    names = list(frame["snapshot_month"].cat.categories)
    # All ids have sixteen digits, so the order of the numbers is that of the lines.
    keys: npt.NDArray[np.int64] = np.sort(ids * MONTHS_PER_KEY + codes)
    digest = sha256_of_lines(keys // MONTHS_PER_KEY, names, keys % MONTHS_PER_KEY)
    return AffectedRows(count=len(rows), sha256=digest)
