"""Make the parts of the engine script importable; the script itself has no suffix."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docker"))
