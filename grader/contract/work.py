"""The folder that is looked at: its files, and the issued data where it is near."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.probes.shared.files import list_files

SNAPSHOTS = "snapshots.parquet"


@dataclass(frozen=True)
class Work:
    """A submission being written: folder, sizes by path, and the folder of the issued data or None."""

    root: Path
    files: dict[str, int]
    data: Path | None

    def columns(self) -> tuple[str, ...]:
        """Return the names of the data's columns; empty without the data, or without what reads Parquet."""
        if self.data is None:
            return ()
        try:
            from grader.probes.predictions.tables import parquet
        except ImportError:
            return ()
        return tuple(parquet.read_schema(first_part(self.data)).names)


def first_part(data: Path) -> Path:
    """Return the file of the data in a folder, or where large data are a folder of parts, the first of them."""
    path = data / SNAPSHOTS
    return next(iter(sorted(path.glob("*.parquet"))), path) if path.is_dir() else path


def look_at(root: Path) -> Work:
    """List a folder, and find the data: $DATA_DIR, `data` in it or beside it, or the bundle of a practice folder."""
    given = os.environ.get("DATA_DIR")
    places = ([Path(given)] if given else []) + [
        root / "data",
        root.resolve().parent / "data",
        root.resolve().parent / "bundle" / "data",
    ]
    data = next((place for place in places if first_part(place).is_file()), None)
    return Work(root, list_files(root), data)
