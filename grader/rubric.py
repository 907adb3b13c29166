"""The rubric as data: dimensions, criteria and the checks they name; anything inconsistent is refused."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from grader.checks.case import Case
from grader.errors import RubricError, said_by_yaml
from grader.types import Finding, Model

DEFAULT = Path(__file__).with_name("rubric.yaml")
TOPICS = ("audit", "evaluation", "calibration", "decisions", "serving", "readme")
"""The modules of grader.checks that a rubric may name."""

Check = Callable[[Case], Finding]
Need = Literal["intake", "notebook", "probes", "build", "service", "latency", "image", "findings"]
"""A phase, or `findings`: a findings file, for which the notebook has to run only where none was submitted.

`image` has a record only where we failed to look into it.
"""


class Criterion(Model):
    """A line of the rubric."""

    id: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    title: str
    points: float = Field(gt=0)
    check: str
    needs: tuple[Need, ...] = ()


class Dimension(Model):
    """A group of criteria whose points add up to `max`."""

    id: Literal["audit", "evaluation", "serving", "readme"]
    title: str
    max: float
    criteria: tuple[Criterion, ...]


class BonusRule(Model):
    """Points shown apart."""

    points: float = Field(ge=0)
    check: str
    needs: tuple[Need, ...] = ()


class PassRule(Model):
    """When the verdict is `pass`: the total, and the level no dimension may be below."""

    total: float = Field(ge=0, le=100)
    lowest_level: int = Field(ge=1, le=4)


class RubricFile(Model):
    """rubric.yaml as written."""

    version: str
    pass_rule: PassRule = Field(alias="pass")
    bonus: BonusRule
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True)
class Rubric:
    """A rubric that has been checked, with the functions its lines name."""

    file: RubricFile
    sha256: str
    checks: dict[str, Check]

    @property
    def max(self) -> float:
        """Return the points of all dimensions together."""
        return sum(d.max for d in self.file.dimensions)

    def criteria(self) -> dict[str, Criterion]:
        """Return every criterion by id."""
        return {c.id: c for d in self.file.dimensions for c in d.criteria}


def load_rubric(path: Path = DEFAULT) -> Rubric:
    """Read and check a rubric; RubricError names the line that cannot be used."""
    try:
        raw = path.read_bytes()
        file = RubricFile.model_validate(yaml.safe_load(raw))
    except ValidationError as error:
        first = error.errors()[0]
        found = f"; found {first['input']!r}" if isinstance(first["input"], str | int | float) else ""
        raise RubricError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}{found}") from error
    except yaml.YAMLError as error:
        raise RubricError(f"{path}: not readable as a rubric: {said_by_yaml(error)}") from error
    except OSError as error:
        raise RubricError(f"{path}: not readable as a rubric: {error.strerror}") from error
    seen: set[str] = set()
    checks: dict[str, Check] = {file.bonus.check: find_check(file.bonus.check, path, "bonus")}
    for dimension in file.dimensions:
        total = sum(c.points for c in dimension.criteria)
        if abs(total - dimension.max) > 1e-9:
            raise RubricError(
                f"{path}: {dimension.id}: criteria add up to {total:g}, max is {dimension.max:g}"
            )
        for criterion in dimension.criteria:
            if criterion.id in seen:
                raise RubricError(f"{path}: {criterion.id}: given twice")
            seen.add(criterion.id)
            checks[criterion.check] = find_check(criterion.check, path, criterion.id)
    total = sum(d.max for d in file.dimensions)
    if abs(total - 100) > 1e-9:
        raise RubricError(f"{path}: dimensions add up to {total:g}, expected 100")
    if len({d.id for d in file.dimensions}) != len(file.dimensions):
        raise RubricError(f"{path}: a dimension is given twice")
    return Rubric(file, hashlib.sha256(raw).hexdigest(), checks)


def find_check(name: str, path: Path, line: str) -> Check:
    """Return the function of grader.checks that a rubric line names; RubricError where there is none."""
    topic, _, function = name.partition(".")
    found = None
    if topic in TOPICS and function and not function.startswith("_"):
        module = importlib.import_module(f"grader.checks.{topic}")
        found = getattr(module, function, None)
        ours = inspect.isfunction(found) and found.__module__ == module.__name__
        if found is None or not ours or inspect.signature(found).return_annotation != "Finding":
            found = None
    if found is None:
        raise RubricError(
            f"{path}: {line}: unknown check {name!r}; expected topic.function, topic one of {TOPICS}"
        )
    check: Check = found
    return check
