"""The commands of a page, and the folder they run in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "journeys"
SMALLER = {
    "takehome issue": "--rows 20000",
    "takehome practice": "--rows 5000",
    "takehome grade": "--executor local",
    "takehome batch": "--local",
}
"""What a test adds to a command, for speed: the pages' own commands take the full size, and Docker."""


def commands(page: Path) -> list[str]:
    """The lines of all `sh` blocks of a page."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def smaller(command: str) -> str:
    """The command with what makes it fast."""
    for start, more in SMALLER.items():
        if command.startswith(f"{start} "):
            return f"{command} {more}"
    return command


def run(script: list[str], folder: Path, private: Path) -> subprocess.CompletedProcess[str]:
    """Run commands one after another in a folder; the first that fails ends it. `private` holds settings and caches."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TAKEHOME_SECRET_FILE": str(private / "secret"),
        "XDG_CONFIG_HOME": str(private / "config"),
        "XDG_CACHE_HOME": str(private / "cache"),
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
