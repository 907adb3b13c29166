"""What plants work on: the public frame on its way from the clean twin to the issued data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.months import EXTRACTION_MONTH
from data_generator.schema import KEYS, LABEL, Column, feature_names
from data_generator.world.truth import Truth


@dataclass(frozen=True)
class Placement:
    """Where a plant goes: host column, first and last month (indices), and a choice among guises or slices."""

    host: str = ""
    first: int = 0
    choice: str = ""
    last: int = EXTRACTION_MONTH

    @property
    def slice(self) -> tuple[str, str]:
        """The column and level of a choice `column=level`."""
        column, _, level = self.choice.partition("=")
        return column, level


@dataclass(frozen=True)
class Note:
    """A line of the dictionary's change log: when (a month or `every year`) and what."""

    when: str
    what: str


@dataclass(frozen=True)
class Draft:
    """The variant in the making; `public` keeps the order of the twin until rows are added.

    `strengths` holds what a first shard has settled, by plant. `order` is the sort value of each public row
    within its month, None for the customer's identifier; ties fall at random.
    """

    truth: Truth
    public: pd.DataFrame
    replay: pd.DataFrame
    columns: tuple[Column, ...]
    rows: int
    notes: tuple[Note, ...] = ()
    strengths: Mapping[str, float] = field(default_factory=dict)
    order: npt.NDArray[Any] | None = None

    @property
    def month(self) -> npt.NDArray[np.int64]:
        """Month index of each public row."""
        return np.asarray(self.public["snapshot_month"].cat.codes.to_numpy(), dtype=np.int64)

    @property
    def twin(self) -> pd.DataFrame:
        """The rows before anything was planted on them, in the order of `public` before rows were added."""
        return self.truth.twin

    def known_label(self) -> npt.NDArray[np.int64]:
        """The label of each twin row as far as cancellations are known at extraction."""
        return self.truth.panel.label(EXTRACTION_MONTH)[self.truth.public_rows]

    def with_public(self, name: str, values: npt.NDArray[Any]) -> Draft:
        """Return the draft with one public column set."""
        return replace(self, public=self.public.assign(**{name: values}))

    def with_replay(self, name: str, values: npt.NDArray[Any]) -> Draft:
        """Return the draft with one replay column set."""
        return replace(self, replay=self.replay.assign(**{name: values}))

    def with_note(self, when: str, what: str) -> Draft:
        """Return the draft with a line added to the dictionary's change log."""
        return replace(self, notes=(*self.notes, Note(when, what)))

    def settle(self, name: str, search: Callable[[], float]) -> tuple[float, Draft]:
        """Return the strength of `name`, searched for unless an earlier shard has settled it, and the draft with it."""
        value = self.strengths.get(name)
        value = search() if value is None else value
        return value, replace(self, strengths={**self.strengths, name: value})

    def ordered(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return keys, the 40 features in the dictionary's order, the label, and what follows it."""
        names = [*KEYS, *feature_names(self.columns), LABEL]
        return frame[[*names, *(["true_probability"] if "true_probability" in frame else [])]]


def months_of(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the month index of each row of a frame whose months are a categorical from 2023-01 on."""
    return np.asarray(frame["snapshot_month"].cat.codes.to_numpy(), dtype=np.int64)
