"""What the grader knows of a submission when it judges the text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from grader.readme.months import months_apart

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])")]
"""``YYYY-MM``; a day behind it is not looked at."""


SHOWN = 120
"""Characters of a value that is told; one may be a file long."""
Finite = Annotated[float, Field(allow_inf_nan=False)]


class FactsError(ValueError):
    """The facts file cannot be read; the message names the file, the place and what was expected."""


class _Part(BaseModel):
    # Unknown parts are allowed by the contract: the evidence grows faster than this judge.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, protected_namespaces=())


class LabelFact(_Part):
    """The label column and the days until it is known."""

    column: str | None = None
    horizon_days: int | None = Field(default=None, gt=0)


class MonthRange(_Part):
    """First and last month of the data as ``YYYY-MM``."""

    first: Month | None = None
    last: Month | None = None


class Defect(_Part):
    """One thing that really is wrong or changed in the data, with inclusive months ``YYYY-MM``.

    Without an end it lasts, without a start it is in all months. A slow change may be seen later than it began, and
    labels show one earlier: its start may rightly be told from ``onset_earliest`` to ``onset_latest``.
    """

    kind: str
    columns: tuple[str, ...] = ()
    start: Month | None = Field(default=None, alias="from")
    end: Month | None = Field(default=None, alias="to")
    onset_earliest: Month | None = None
    onset_latest: Month | None = None

    @property
    def onset(self) -> tuple[str, str] | None:
        """The first and the last month to which its start may rightly be dated; nothing without a start."""
        if self.start is None:
            return None
        return self.onset_earliest or self.start, self.onset_latest or self.start

    def may_begin(self, month: str) -> bool:
        """Whether its start may be told so, give or take a month."""
        if self.onset is None:
            return False
        first, last = self.onset
        return months_apart(month, first) >= -1 and months_apart(last, month) >= -1

    def holds(self, month: str) -> bool:
        """Whether it is known to be there in a month, or to have ended with the one before."""
        if self.start is None or self.end is None:
            return False
        return months_apart(month, self.start) >= 0 and months_apart(self.end, month) >= -1

    def touches(self, month: str, last: str | None) -> bool:
        """Whether a month lies within it or beside it; without an end it lasts until ``last``, else for its start.

        What is there in all months touches any.
        """
        if self.onset is None:
            return True
        first, latest = self.onset
        end = max(self.end or last or latest, latest)
        return months_apart(month, first) >= -1 and months_apart(end, month) >= -1


class Decision(_Part):
    """The cut-off of the scores and the share of customers the call team can reach (0..1)."""

    threshold: float | None = Field(default=None, ge=0, le=1)
    capacity_share: float | None = Field(default=None, gt=0, le=1)


class ServiceFact(_Part):
    """What the probe saw of the served model: 99th percentile in milliseconds and the version."""

    p99_ms: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    model_version: str | None = None


class Facts(_Part):
    """Everything a README may be checked against; every part may be missing, unknown parts are ignored."""

    columns: tuple[str, ...] = ()
    label: LabelFact = LabelFact()
    months: MonthRange = MonthRange()
    test_months: MonthRange = MonthRange()
    """First and last month of the test: what is told of just these is told of the whole test."""
    defects: tuple[Defect, ...] = ()
    decoys: tuple[Defect, ...] = ()
    """What looks like a defect and is none: announced changes, documented nulls, honest strong features."""
    metrics: dict[str, Finite] = Field(default_factory=dict)
    other_figures: dict[str, tuple[Finite, ...]] = Field(default_factory=dict)
    """Figures of the same metrics known of another model, or as the submission rounds its own: no contradiction."""
    decision: Decision = Decision()
    service: ServiceFact = ServiceFact()

    @property
    def defective(self) -> frozenset[str]:
        """The columns that have a defect."""
        return frozenset(column for defect in self.defects for column in defect.columns)

    @property
    def harmless(self) -> frozenset[str]:
        """The columns that look as if they had a defect and have none."""
        return frozenset(column for decoy in self.decoys for column in decoy.columns) - self.defective

    @property
    def names(self) -> tuple[str, ...]:
        """All column names a text may use: the features, the label and the columns of defects and decoys."""
        known = [*self.columns, *(c for d in (*self.defects, *self.decoys) for c in d.columns)]
        if self.label.column:
            known.append(self.label.column)
        return tuple(dict.fromkeys(known))


def unknown_parts(given: object, part: type[_Part] = Facts, place: str = "") -> list[str]:
    """Return the places in given facts that nothing here reads, as `label.colum`; a misspelt part is among them."""
    if not isinstance(given, dict):
        return []
    fields = {field.alias or name: name for name, field in part.model_fields.items()}
    found = []
    for key, value in given.items():
        here = f"{place}{key}"
        if key not in fields:
            found.append(here)
        elif part is Facts and key in {"defects", "decoys"} and isinstance(value, list):
            for number, one in enumerate(value):
                found += unknown_parts(one, Defect, f"{here}.{number}.")
        elif isinstance(inner := getattr(Facts(), key, None), _Part):
            found += unknown_parts(value, type(inner), f"{here}.")
    return found


def read_facts(path: Path, note: Callable[[str], None] = lambda said: None) -> Facts:
    """Read facts from a JSON file; raises FactsError naming the file and the place.

    Parts may be missing, but not all. Parts that are not known are passed over, and told to `note`.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FactsError(f"{path}: cannot be read ({error.strerror}), expected a JSON object") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, brackets or digits without end
        raise FactsError(f"{path}: expected a JSON object, found {error}") from error
    if not isinstance(raw, dict):
        raise FactsError(f"{path}: expected a JSON object, found {type(raw).__name__}")
    parts = ", ".join(Facts.model_fields)
    if not raw.keys() & Facts.model_fields.keys():
        found = ", ".join(map(repr, list(raw)[:5])) or "an empty object"
        raise FactsError(f"{path}: found {found}, expected at least one of {parts}")
    if unknown := unknown_parts(raw):
        note(f"{path}: not read: {', '.join(unknown[:5])}; the parts are {parts}")
    # A part given as null means "not known", the same as a missing part.
    present = {key: value for key, value in raw.items() if value is not None}
    try:
        return Facts.model_validate(present)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        found = repr(first["input"])
        shown = found if len(found) <= SHOWN else f"{found[:SHOWN]}..."
        raise FactsError(f"{path}: {place}: {first['msg']}, found {shown}") from error
