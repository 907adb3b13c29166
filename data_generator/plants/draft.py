"""What plants work on: the public frame on its way from the clean twin to the issued data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_generator.months import EXTRACTION_MONTH
from data_generator.schema import KEYS, LABEL, Column, feature_names
from data_generator.world.truth import Truth


@dataclass(frozen=True)
class Placement:
    """Where a plant goes: its host column, its first month (an index), and a choice among its guises."""

    host: str = ""
    first: int = 0
    choice: str = ""


@dataclass(frozen=True)
class Note:
    """A line of the dictionary's change log: when (a month or `every year`) and what."""

    when: str
    what: str


@dataclass(frozen=True)
class Draft:
    """The variant in the making; `public` keeps the order of the twin until duplicates are added."""

    truth: Truth
    public: pd.DataFrame
    replay: pd.DataFrame
    columns: tuple[Column, ...]
    rows: int
    notes: tuple[Note, ...] = ()

    @property
    def month(self) -> npt.NDArray[np.int64]:
        """Month index of each public row."""
        return np.asarray(self.public["snapshot_month"].cat.codes.to_numpy(), dtype=np.int64)

    @property
    def twin(self) -> pd.DataFrame:
        """The clean rows, in the order of `public` before duplicates."""
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

    def ordered(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return keys, the 40 features in the dictionary's order, the label, and what follows it."""
        names = [*KEYS, *feature_names(self.columns), LABEL]
        return frame[[*names, *(["true_probability"] if "true_probability" in frame else [])]]


def months_of(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the month index of each row of a frame whose months are a categorical from 2023-01 on."""
    return np.asarray(frame["snapshot_month"].cat.codes.to_numpy(), dtype=np.int64)
