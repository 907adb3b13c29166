"""Plants that a company keeps to itself: Python modules in the folder `$TAKEHOME_PLANTS`.

Each module `NAME.py` defines `PLANT`, a `data_generator.plants.plant.Plant` of a kind of its own. It joins the
exchangeable class of its family and tier, so blueprints need not name it.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from data_generator.errors import GeneratorError, SpecError
from data_generator.months import EXTRACTION_MONTH
from data_generator.plants.plant import Family, Plant, Tier
from data_generator.schema import KEYS, LABEL, feature_names

VARIABLE = "TAKEHOME_PLANTS"
CALLS = ("apply", "measure", "present", "touches", "hazard", "gap", "gap_share", "repair", "unfit")


def private_plants(shipped: frozenset[str]) -> list[Plant]:
    """Return the plants of the private folder, none where the variable is not set.

    Raises SpecError for a folder that is not there and for a module that does not load, defines no plant, or
    takes a kind of the `shipped` ones.
    """
    setting = os.environ.get(VARIABLE, "")
    if not setting:
        return []
    folder = Path(setting)
    if not folder.is_dir():
        raise SpecError(f"${VARIABLE}: {folder} is not a folder, expected one with modules that define PLANT")
    plants = [_load(path) for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
    kinds = [plant.kind for plant in plants]
    for kind in kinds:
        if kind in shipped or kinds.count(kind) > 1:
            raise SpecError(f"${VARIABLE}: {folder}: kind {kind!r} is taken, expected one of its own")
    return plants


def _load(path: Path) -> Plant:
    spec = importlib.util.spec_from_file_location(f"takehome_private_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{path}: cannot be loaded as a Python module")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a private module raises is said in one line
        raise SpecError(f"{path}: does not load: {type(error).__name__}: {error}") from error
    plant = getattr(module, "PLANT", None)
    if not isinstance(plant, Plant):
        raise SpecError(f"{path}: PLANT: found {type(plant).__name__}, expected a Plant")
    _check(path, plant)
    guarded: dict[str, Any] = {
        name: _explained(path, name, call) for name in CALLS if (call := getattr(plant, name)) is not None
    }
    return replace(plant, **guarded)


def _check(path: Path, plant: Plant) -> None:
    """Raise SpecError for what the planner could not work with."""
    columns = {*feature_names(), *KEYS, LABEL, ""}
    wrong: list[tuple[str, object, str]] = []
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(plant.kind)):
        wrong.append(("kind", plant.kind, "lower-case letters, digits and underscores"))
    for name, value, known in (
        ("family", plant.family, get_args(Family)),
        ("tier", plant.tier, get_args(Tier)),
        ("stage", plant.stage, range(5)),
    ):
        if value not in known:
            wrong.append((name, value, f"one of {', '.join(str(entry) for entry in known)}"))
    for host in plant.hosts:
        if host not in columns:
            wrong.append(("hosts", host, "columns of the dictionary"))
    if not 0 <= plant.onset[0] <= plant.onset[1] <= EXTRACTION_MONTH:
        wrong.append(("onset", plant.onset, f"first and last month index inside 0 to {EXTRACTION_MONTH}"))
    if plant.length is not None and not 1 <= plant.length[0] <= plant.length[1]:
        wrong.append(("length", plant.length, "least and greatest number of months, from 1 on"))
    if wrong:
        place, found, expected = wrong[0]
        raise SpecError(f"{path}: PLANT.{place}: found {found!r}, expected {expected}")


def _explained(path: Path, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the call with whatever goes wrong in it said in one line that names the module."""

    def explained(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except GeneratorError:
            raise
        except Exception as error:  # whatever a private module raises is said in one line
            raise SpecError(f"{path}: {name}: {type(error).__name__}: {error}") from error

    return explained
