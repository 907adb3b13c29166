"""The interview kit as data: questions of three areas with anchors for each level, red flags, and the plans."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from grader.errors import UsageError
from grader.types import Model

DEFAULT = Path(__file__).with_name("kit.yaml")
WHOLE = 45
"""Minutes that a plan may take."""
Seniority = Literal["junior", "mid", "senior"]
Area = Literal["technical", "behavioural", "role_fit"]
SENIORITIES: tuple[Seniority, ...] = ("junior", "mid", "senior")
AREAS: tuple[Area, ...] = ("technical", "behavioural", "role_fit")
AREA_WORDS: dict[Area, str] = {"technical": "Technical", "behavioural": "Behavioural", "role_fit": "Role fit"}


class Anchors(Model):
    """What an answer of each level sounds like."""

    one: str = Field(alias="1", min_length=1)
    two: str = Field(alias="2", min_length=1)
    three: str = Field(alias="3", min_length=1)
    four: str = Field(alias="4", min_length=1)

    def lines(self) -> tuple[str, str, str, str]:
        """Return them from level 1 to 4."""
        return self.one, self.two, self.three, self.four


class Question(Model):
    """A question, what it follows up (the main criterion first), how it opens by the evidence, and its anchors."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str
    ask: str
    least: Seniority = Field(alias="from")
    criteria: tuple[str, ...] = Field(min_length=1)
    flags: tuple[str, ...] = ()
    missed: str = ""
    odd: dict[str, str] = Field(default_factory=dict)
    strong: str = ""
    listen_for: str
    levels: Anchors


class Flag(Model):
    """A red flag, how it shows in the talk, and what would clear it."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str
    sign: str
    cleared_by: str


class Minutes(Model):
    """Minutes of a question of each area, and of the opening and close together."""

    technical: int = Field(ge=1)
    behavioural: int = Field(ge=1)
    role_fit: int = Field(ge=1)
    open_and_close: int = Field(ge=0)


class Plan(Model):
    """How many questions of each area are asked."""

    technical: int = Field(ge=4, le=6)
    behavioural: int = Field(ge=2, le=3)
    role_fit: int = Field(ge=1, le=2)


class Kit(Model):
    """The whole kit; ids are unique and every plan fits its time."""

    minutes: Minutes
    plans: dict[Seniority, Plan]
    technical: tuple[Question, ...]
    behavioural: tuple[Question, ...]
    role_fit: tuple[Question, ...]
    red_flags: tuple[Flag, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Kit:
        ids = [one.id for area in AREAS for one in self.area(area)]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"given twice: {', '.join(twice)}")
        known = {flag.id for flag in self.red_flags}
        unknown = sorted({f for area in AREAS for one in self.area(area) for f in one.flags} - known)
        if unknown:
            raise ValueError(f"unknown red flags: {', '.join(unknown)}")
        for one in (q for area in AREAS for q in self.area(area)):
            stray = sorted(set(one.odd) - set(one.flags) - set(one.criteria))
            if stray:
                raise ValueError(f"{one.id}: odd: not among its flags and criteria: {', '.join(stray)}")
        for seniority in SENIORITIES:
            if seniority not in self.plans:
                raise ValueError(f"plans: {seniority} is missing")
            if self.planned_minutes(seniority) > WHOLE:
                raise ValueError(
                    f"plans: {seniority} takes {self.planned_minutes(seniority)} minutes, not {WHOLE}"
                )
        return self

    def area(self, area: Area) -> tuple[Question, ...]:
        """Return the questions of an area."""
        return {"technical": self.technical, "behavioural": self.behavioural, "role_fit": self.role_fit}[area]

    def fair(self, area: Area, seniority: Seniority) -> tuple[Question, ...]:
        """Return the questions of an area that are fair at a seniority."""
        rank = SENIORITIES.index(seniority)
        return tuple(one for one in self.area(area) if SENIORITIES.index(one.least) <= rank)

    def planned_minutes(self, seniority: Seniority) -> int:
        """Return the minutes that a plan takes."""
        plan, each = self.plans[seniority], self.minutes
        return (
            plan.technical * each.technical
            + plan.behavioural * each.behavioural
            + plan.role_fit * each.role_fit
            + each.open_and_close
        )

    def area_of(self, question: str) -> Area | None:
        """Return the area of a question; None where it is not of the kit."""
        return next((area for area in AREAS if any(one.id == question for one in self.area(area))), None)


@cache
def load_kit(path: Path = DEFAULT) -> Kit:
    """Read and check a kit; UsageError names the line that cannot be used."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Kit.model_validate(_texts(raw))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the kit"
        raise UsageError(f"{path}: {place}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: not readable as an interview kit: {error}") from error


def _texts(raw: object) -> object:
    """Return the value with all keys as text: YAML reads the levels as numbers."""
    if isinstance(raw, dict):
        return {str(key): _texts(value) for key, value in raw.items()}
    return [_texts(one) for one in raw] if isinstance(raw, list) else raw
