"""The snapshots as a panel: months as numbers, one row per key, and when each customer was last seen."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from audit.statistics import is_categorical

KEYS = ("customer_id", "snapshot_month")
LABEL = "churned_90d"
HORIZON_MONTHS = 3


@dataclass(frozen=True)
class Panel:
    """The issued rows as they came (`raw`) and the panel with one row per customer and month (`rows`)."""

    raw: pd.DataFrame
    rows: pd.DataFrame

    @cached_property
    def months(self) -> list[str]:
        """Return the snapshot months in order."""
        return sorted(self.rows["snapshot_month"].unique())

    @cached_property
    def month_number(self) -> np.ndarray:
        """Return, per row, how many months it lies after the first one."""
        first = ordinal(self.months[0])
        numbers = {month: ordinal(month) - first for month in self.months}
        return self.rows["snapshot_month"].map(numbers).to_numpy(dtype=int)

    @property
    def features(self) -> list[str]:
        """Return the 40 feature columns in file order."""
        return [name for name in self.rows.columns if name not in (*KEYS, LABEL)]

    @cached_property
    def numeric(self) -> list[str]:
        """Return the features that hold numbers."""
        return [name for name in self.features if not is_categorical(self.rows[name])]

    @cached_property
    def categorical(self) -> list[str]:
        """Return the features that hold levels."""
        return [name for name in self.features if is_categorical(self.rows[name])]

    @cached_property
    def label(self) -> np.ndarray:
        """Return the label of each row."""
        return self.rows[LABEL].to_numpy(dtype=int)

    @cached_property
    def last_mature_month(self) -> str:
        """Return the last month whose label window had closed when the extract ends."""
        return self.months[-1 - HORIZON_MONTHS]

    @cached_property
    def mature(self) -> np.ndarray:
        """Return which rows have a complete label window."""
        return (self.rows["snapshot_month"] <= self.last_mature_month).to_numpy()

    @cached_property
    def months_until_gone(self) -> np.ndarray:
        """Return, per row, the months until the customer is no longer listed; 999 when still there at the end."""
        month = pd.Series(self.month_number)
        last = month.groupby(self.rows["customer_id"].to_numpy()).transform("max").to_numpy()
        return np.where(last == self.month_number.max(), 999, last + 1 - self.month_number)


def load_panel(data_dir: Path) -> Panel:
    """Read snapshots.parquet or snapshots.csv.gz of a folder, and keep the first row of each key for the panel."""
    parquet, table = data_dir / "snapshots.parquet", data_dir / "snapshots.csv.gz"
    if parquet.exists():
        raw = pd.read_parquet(parquet)
    elif table.exists():
        raw = pd.read_csv(table)
    else:
        raise FileNotFoundError(f"{data_dir}: expected snapshots.parquet or snapshots.csv.gz, found neither")
    levels = {name: "category" for name in raw.columns if name not in KEYS and is_categorical(raw[name])}
    raw = raw.astype({"snapshot_month": "str", **levels})
    rows = raw.drop_duplicates(list(KEYS)).reset_index(drop=True)
    return Panel(raw=raw, rows=rows)


def customer_months(rows: pd.DataFrame, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay values out as a customers x months table with nulls in the gaps.

    Returns the table and, for each row, its position in it. rows: one row per customer and month.
    """
    _, customer = np.unique(rows["customer_id"].to_numpy(), return_inverse=True)
    month = (
        rows["snapshot_month"]
        .map({name: ordinal(name) for name in rows["snapshot_month"].unique()})
        .to_numpy(int)
    )
    month = month - month.min()
    table = np.full((customer.max() + 1, month.max() + 1), np.nan)
    table[customer, month] = values
    return table, customer, month


def ordinal(month: str) -> int:
    """Return a month as a number that grows by one each month.

    >>> ordinal("2024-01") - ordinal("2023-12")
    1
    """
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def span(months: list[str]) -> str:
    """Return months as "first..last", the form statistics use."""
    return f"{months[0]}..{months[-1]}"
