"""A writable copy of the submission for the notebook to work in."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

COPY_FILE, COPY_TOTAL = 8 << 20, 128 << 20


def copy_submission(root: Path, files: Mapping[str, int], target: Path) -> None:
    """Copy small files and link large ones, so that a notebook can write beside itself; no findings.json."""
    spent = 0
    for path, size in files.items():
        place = target / path
        if place.name == "findings.json":
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if size <= COPY_FILE and spent + size <= COPY_TOTAL:
            with contextlib.suppress(OSError):
                shutil.copyfile(root / path, place, follow_symlinks=False)
                spent += size
        else:
            place.symlink_to(root / path)
