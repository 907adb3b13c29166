"""Blueprints: how many defects of each family and tier a variant holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from data_generator.errors import SpecError

SHIPPED = Path(__file__).with_name("blueprints.yaml")
DEFAULT = "hiring"
TIERS = ("E", "M", "H")
SEEDED = "seeded"
MOST = 40  # of a kind of slot: there are 40 columns


def _range(value: int | tuple[int, int]) -> tuple[int, int]:
    low, high = (value, value) if isinstance(value, int) else value
    if not 0 <= low <= high:
        raise ValueError(f"found {value}, expected a number or [low, high] with 0 <= low <= high")
    if high > MOST:
        raise ValueError(f"found {value}, expected at most {MOST}")
    return low, high


def _tiers(counts: dict[str, Any]) -> dict[str, Any]:
    for name in counts:
        if name != SEEDED and not set(name.split("|")) <= set(TIERS):
            raise ValueError(
                f"found {name!r}, expected a tier of {', '.join(TIERS)}, joined by |, or {SEEDED}"
            )
    return counts


Number = Annotated[int | tuple[int, int], AfterValidator(_range)]
Tiers = Annotated[dict[str, Number], AfterValidator(_tiers)]


class DecoyCounts(BaseModel):
    """How many decoys of each family."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    leakage: Number = (0, 0)
    change: Number = (0, 0)
    quality: Number = (0, 0)


class Counts(BaseModel):
    """Number of plants by family and tier: `E`, `M|H` for one of either, `seeded`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    leakage: Tiers = {}
    change: Tiers = {}
    quality: Tiers = {}

    def slots(self, rng: np.random.Generator) -> list[tuple[str, frozenset[str]]]:
        """Draw the slots of a variant: a family and the tiers (or `seeded`) that may fill it."""
        return [
            (family, frozenset(tiers.split("|")))
            for family in ("leakage", "change", "quality")
            for tiers, (low, high) in getattr(self, family).items()
            for _ in range(int(rng.integers(low, high + 1)))
        ]


class Blueprint(Counts):
    """Number of plants by family and tier, and of decoys by family; one set of `either` comes to them."""

    leakage: Tiers
    change: Tiers
    quality: Tiers
    decoys: DecoyCounts
    either: tuple[Counts, ...] = ()

    def slots(self, rng: np.random.Generator) -> list[tuple[str, frozenset[str]]]:
        """Draw the slots of a variant, those of one set of `either` included."""
        further = [self.either[int(rng.integers(len(self.either)))]] if self.either else []
        return [*super().slots(rng), *(slot for counts in further for slot in counts.slots(rng))]

    def decoy_slots(self, rng: np.random.Generator) -> list[str]:
        """Draw the families of the variant's decoys."""
        return [
            family for family, (low, high) in self.decoys for _ in range(int(rng.integers(low, high + 1)))
        ]


def load_blueprint(name: str) -> Blueprint:
    """Return a shipped blueprint by its name, or the one in a YAML file of that path.

    Raises SpecError naming file, place, found and expected.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return _parse(_read(path), path)
    shipped = _read(SHIPPED)
    if name not in shipped:
        raise SpecError(f"blueprint: found {name!r}, expected one of {', '.join(shipped)} or a .yaml file")
    return _parse(shipped[name], SHIPPED)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SpecError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise SpecError(f"{path}: found {type(content).__name__}, expected a mapping of families")
    return content


def _parse(content: Any, path: Path) -> Blueprint:
    try:
        return Blueprint.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "blueprint"
        raise SpecError(f"{path}: {place}: {first['msg']}") from error
