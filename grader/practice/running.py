"""Run a look on a bundle's data: the lines that the page prints are the ones that made its plot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from grader.practice.lines import Look

PATH = '"data/snapshots.parquet"'
GROUPS, SERIES = 14, 4
"""As many groups and series as a plot can tell apart; those that differ most are kept."""


@dataclass(frozen=True)
class Table:
    """What a look printed, as a plot takes it: labels of the rows, and a name with its values per series."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


def run_look(look: Look, snapshots: Path) -> Table:
    """Run the three lines; the path in them is replaced by where the data lies, and nothing else is changed."""
    space: dict[str, Any] = {"pd": pd}
    for line in look.before:
        exec(line.replace(PATH, repr(str(snapshots))), space)  # noqa: S102  # our own lines; names in them are quoted
    return table_of(eval(look.expression, space), look)  # noqa: S307  # as above


def table_of(found: pd.Series | pd.DataFrame, look: Look) -> Table:
    """Return the printed values; of many groups or series those with the widest spread, in their order."""
    frame = found.to_frame(look.axis) if isinstance(found, pd.Series) else found
    if look.kind == "groups" and len(frame) > GROUPS:
        apart = (frame.iloc[:, 0] - frame.iloc[:, 0].median()).abs().nlargest(GROUPS).index
        frame = frame[frame.index.isin(apart)]
    if frame.shape[1] > SERIES:
        spread = (frame.max() - frame.min()).nlargest(SERIES).index
        frame = frame[[name for name in frame.columns if name in spread]]
    series = tuple(
        (_name(name), tuple(float(v) if math.isfinite(v) else math.nan for v in frame[name].astype(float)))
        for name in frame.columns
    )
    return Table(tuple(str(label) for label in frame.index), series)


def _name(name: Any) -> str:
    quartiles = {0.25: "lower quartile", 0.5: "median", 0.75: "upper quartile"}
    return quartiles.get(name, str(name)) if isinstance(name, float) else str(name)
