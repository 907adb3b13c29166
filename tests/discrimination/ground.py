"""The ground of the proof: one variant, the reference's solution of it, and copies that recipes work on."""

from __future__ import annotations

import hashlib
import inspect
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end import tools
from tests.mutants.work import Work, findings_of, record_findings

ROOT = tools.ROOT


@dataclass(frozen=True)
class Ground:
    """A generated variant and its solution; `stamp` changes with whatever the two depend on."""

    folder: Path
    stamp: str

    @property
    def data(self) -> Path:
        """The folder with bundle and vault."""
        return self.folder / "data"

    @property
    def reference(self) -> Path:
        """The reference's solution."""
        return self.folder / "reference"

    def key(self) -> dict[str, Any]:
        """The variant's key."""
        return tools.key_of(self.data)

    def work(self, folder: Path) -> Work:
        """A folder as a recipe sees it."""
        return Work(folder, self.data / "bundle", self.key())


def hash_of(*places: Path) -> str:
    """Return a hash of the sources in these files and folders."""
    digest = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def prepare(folder: Path, rows: int, seed: int, say: Callable[[str], None]) -> Ground:
    """Generate and solve once below `folder`; what is there already is used where nothing has changed."""
    made = f"{seed} {rows} {hash_of(ROOT / 'data_generator')}"
    solved = f"{made} {hash_of(ROOT / 'reference_solution')}"
    ground = Ground(folder, solved)
    folder.mkdir(parents=True, exist_ok=True)
    for name, stamp, make in (
        ("data", made, lambda: tools.generate(ground.data, rows, seed)),
        ("reference", solved, lambda: tools.solve(ground.data / "bundle", ground.reference)),
    ):
        noted = folder / f"{name}.stamp"
        if not noted.is_file() or noted.read_text(encoding="utf-8") != stamp:
            say(f"making {name} ({rows:,} rows, seed {seed})")
            noted.unlink(missing_ok=True)
            shutil.rmtree(folder / name, ignore_errors=True)
            make()
            noted.write_text(stamp, encoding="utf-8")
    return ground


def copy_for(ground: Ground, target: Path, *, real_notebook: bool) -> Work:
    """A fresh copy of the reference; its notebook holds the findings as text unless the real one is wanted."""
    shutil.rmtree(target, ignore_errors=True)
    work = ground.work(tools.copy_of(ground.reference, target))
    if not real_notebook:
        record_findings(work, findings_of(work))
    return work


def recipe_stamp(apply: Callable[[Work], None]) -> str:
    """Return a hash of the module of a recipe and of the edits it uses."""
    module = sys.modules[apply.__module__]
    return hash_of(Path(inspect.getfile(module)), ROOT / "tests" / "mutants" / "work.py")
