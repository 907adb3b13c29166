"""Plants that a company keeps to itself: Python modules in the folder `$TAKEHOME_PLANTS`.

Each module `NAME.py` defines `PLANT`, a `data_generator.plants.plant.Plant` of a kind of its own. It joins the
exchangeable class of its family and tier, so blueprints need not name it.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from data_generator.errors import SpecError
from data_generator.plants.plant import Plant

VARIABLE = "TAKEHOME_PLANTS"


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
    return plant
