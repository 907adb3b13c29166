"""The lines of `review.jsonl`: a level set, a level defended, a flag decided, a result declared final."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from grader.results import ProgramValue
from grader.types import Model

LONGEST = 2_000
"""Characters of a name or a reason."""
Words = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S")]


class Signed(Model):
    """Who, when (UTC, ISO 8601), on which submission; `previous` is the SHA-256 of the line before, or empty."""

    time: str
    reviewer: Words
    submission: str
    previous: str


class LevelSet(Signed):
    """A person's level of a criterion beside the program's."""

    kind: Literal["level"] = "level"
    criterion: str
    program: ProgramValue
    level: int = Field(ge=1, le=4)
    reason: Words


class LevelDefended(Signed):
    """The level that a dimension was defended at in the talk; it moves no point and no finality."""

    kind: Literal["defended"] = "defended"
    dimension: str
    level: int = Field(ge=1, le=4)
    reason: Words


class FlagDecided(Signed):
    """A red flag confirmed or dismissed."""

    kind: Literal["flag"] = "flag"
    flag: str
    state: Literal["confirmed", "dismissed"]
    reason: Words


class ResultFinalised(Signed):
    """A result declared final; it holds as long as rubric and total are what they were then."""

    kind: Literal["final"] = "final"
    rubric: str
    total: float
    reason: str = Field(default="", max_length=LONGEST)


AnyEntry = LevelSet | LevelDefended | FlagDecided | ResultFinalised
ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(Annotated[AnyEntry, Field(discriminator="kind")])
