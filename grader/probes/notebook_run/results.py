"""Keep what the notebook produced, written whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from grader.probes.shared.files import read_file
from grader.probes.shared.text import decode_text


def write_whole(folder: Path, name: str, text: str) -> None:
    """Write a file under a new random name and rename it over whatever is there."""
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as opened:
        opened.write(text)
    Path(temporary).chmod(0o644)
    target = folder / name
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)
    Path(temporary).replace(target)


def keep_findings(places: Collection[Path], output: Path) -> None:
    """Take findings.json from where the notebook wrote it if it ignored OUTPUT_DIR."""
    if os.path.lexists(output / "findings.json"):
        return
    for place in places:
        try:
            write_whole(output, "findings.json", decode_text(read_file(place, "findings.json", 8 << 20)))
        except (ValueError, OSError):
            continue
        return
